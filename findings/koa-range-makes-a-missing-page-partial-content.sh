#!/usr/bin/env bash
# koa-range cuts the requested bytes out of any body and sets the status to 206, also for an answer that says 404: a client that resumes a
# download appends the error message to its file. The end of a file (bytes=-3), with which a reader of ZIP or Parquet files starts, is
# refused with 416.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent koa@3.3.0 koa-range@0.3.0 send@1.2.1

printf "0123456789" >digits.txt
cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const Koa = require("koa");
const range = require("koa-range");
const send = require("send");

const app = new Koa().use(range).use((context) => {
  context.status = context.path === "/digits.txt" ? 200 : 404;
  context.body = context.status === 200 ? "0123456789" : "Not Found";
});
const servers = {
  koa: () => createServer(app.callback()),
  send: () => createServer((request, response) => send(request, request.url, { root: __dirname }).pipe(response)),
};

(async () => {
  const server = servers[process.argv[2]]().listen(0, "127.0.0.1");
  await once(server, "listening");
  const answers = [];
  for (const [path, bytes] of [["digits.txt", "0-3"], ["digits.txt", "-3"], ["missing.txt", "0-3"]]) {
    const headers = { Range: `bytes=${bytes}` };
    const response = await fetch(`http://127.0.0.1:${server.address().port}/${path}`, { headers });
    const body = await response.text();
    answers.push(response.status === 206 ? `206 ${body}` : response.status);
  }
  console.log(answers.join(", "));
  process.exit();
})();
PROBE

koa=$(node --no-deprecation probe.cjs koa)
send=$(node probe.cjs send)
echo "version:  koa-range 0.3.0 with koa 3.3.0, bytes 0-3 and -3 of a file with ten digits, and bytes 0-3 of a missing one"
echo "expected: as from send 1.2.1: $send"
echo "observed: $koa"
echo "source:   https://www.rfc-editor.org/rfc/rfc9110.html#section-14.2: \"only if the result in absence of the Range header field would be"
echo "          a 200 (OK) response\"; section 14.1.2 on the suffix -3"
[ "$send" = "206 0123, 206 789, 404" ] && [ "$koa" = "206 0123, 416, 206 Not " ]
