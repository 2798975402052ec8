#!/usr/bin/env bash
# loadtest reports every HTTP error with the code -1, which is also that of a connection that failed: the report does not tell an
# overloaded service (503) from a missing page (404) or a server that is down. With a callback that does nothing, the codes are right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent loadtest@8.2.1

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { loadTest } from "loadtest";

const STATUSES = [200, 503, 503, 404];
let requests = 0;
const server = createServer((_, response) => response.writeHead(STATUSES[requests++ % STATUSES.length]).end("ok"));
await once(server.listen(0, "127.0.0.1"), "listening");
const options = { url: `http://127.0.0.1:${server.address().port}/`, maxRequests: 20, concurrency: 1, cores: 1, quiet: true };
const callback = process.argv[2] === "callback" ? { statusCallback: () => {} } : {};
const { totalErrors, errorCodes } = await loadTest({ ...options, ...callback });
console.log(`${totalErrors} errors ${JSON.stringify(errorCodes)}`);
process.exit();
PROBE

plain=$(node --no-deprecation probe.mjs)
callback=$(node --no-deprecation probe.mjs callback)
echo "version:  loadtest 8.2.1, 20 requests, of which ten get a 503 and five a 404"
echo "expected: as with a statusCallback that does nothing: $callback"
echo "observed: $plain"
echo "source:   https://github.com/alexfernandez/loadtest/blob/main/doc/api.md: errorCodes is \"a map with all"
echo "          status codes received\", in the example '500': 2"
[ "$callback" = '15 errors {"404":5,"503":10}' ] && [ "$plain" = '15 errors {"-1":15}' ]
