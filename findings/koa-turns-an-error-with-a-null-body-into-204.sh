#!/usr/bin/env bash
# Koa replaces a status that is already set with 204 No Content as soon as the body is null, so an error is answered as a success.
# The 204 even outlasts the null: a body that is set afterwards is not sent.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent koa@3.3.0

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import Koa from "koa";

const answers = {
  "status-first": (context) => {
    context.status = 503;
    context.body = null;
  },
  "body-first": (context) => {
    context.body = null;
    context.status = 503;
  },
  "another-body": (context) => {
    context.status = 503;
    context.body = null;
    context.body = "try again later";
  },
};
const server = new Koa().use(answers[process.argv[2]]).listen(0, "127.0.0.1");
await once(server, "listening");
const response = await fetch(`http://127.0.0.1:${server.address().port}/`);
console.log(`${response.status} "${await response.text()}"`);
server.close();
server.closeAllConnections();
PROBE

status_first=$(node probe.mjs status-first)
body_first=$(node probe.mjs body-first)
another_body=$(node probe.mjs another-body)
echo "version:  Koa 3.3.0, status 503 and then a null body"
echo "expected: the status that is set, as with the null body first: $body_first"
echo "observed: $status_first; with \"try again later\" after the null body: $another_body"
echo "source:   https://github.com/koajs/koa, set body in lib/response.js, issues 1317 and 1446; docs/api/response.md changes the"
echo "          status only \"if response.status has not been set\""
[ "$body_first" = '503 ""' ] && [ "$status_first" = '204 ""' ] && [ "$another_body" = '204 ""' ]
