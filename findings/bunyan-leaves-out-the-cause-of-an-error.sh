#!/usr/bin/env bash
# bunyan's error serializer follows cause() of the verror package, but not the standard property cause of errors. The log of a
# failed fetch() says "fetch failed" and not that the connection was refused. pino logs both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent bunyan@2.0.5 pino@10.3.1 verror@1.10.1

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:net";
import bunyan from "bunyan";
import pino from "pino";
import VError from "verror";

const [library, kind] = process.argv.slice(2);
const log = {
  bunyan: () => bunyan.createLogger({ name: "like", serializers: bunyan.stdSerializers }),
  pino: () => pino({ base: { name: "like" } }, pino.destination({ sync: true })),
}[library]();
const errors = {
  // A port on which nothing listens any more.
  fetch: async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    await once(server.close(), "close");
    return fetch(`http://127.0.0.1:${port}/`).catch((error) => error);
  },
  verror: () => new VError(new Error("connect ECONNREFUSED 127.0.0.1"), "fetch failed"),
};
log.error({ err: await errors[kind]() }, "the like was not stored");
PROBE

logs() {
  node probe.mjs "$1" "$2" | grep -q ECONNREFUSED && echo "ECONNREFUSED" || echo "no cause"
}
bunyan=$(logs bunyan fetch)
verror=$(logs bunyan verror)
pino=$(logs pino fetch)
echo "version:  bunyan 2.0.5, the error of a fetch() from a closed port"
echo "expected: ECONNREFUSED in the log, as from pino 10.3.1: $pino, and for an error of verror 1.10.1: $verror"
echo "observed: $bunyan"
echo "source:   https://github.com/trentm/node-bunyan/issues/711 and lib/bunyan.js, getFullErrorStack"
[ "$pino" = ECONNREFUSED ] && [ "$verror" = ECONNREFUSED ] && [ "$bunyan" = "no cause" ]
