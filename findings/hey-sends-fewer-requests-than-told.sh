#!/usr/bin/env bash
# hey divides the number of requests (-n) among its workers (-c) and drops the remainder without a message: with -n 100 -c 40, it sends
# 80. With its default of 50 workers, -n 99 sends 50.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOBIN="$folder/bin"
go install github.com/rakyll/hey@v0.1.5 2>/dev/null
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent autocannon@9.0.0

cat >probe.mjs <<'PROBE'
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { promisify } from "node:util";

const [tool, requests, workers] = process.argv.slice(2);
let received = 0;
const server = createServer((_, response) => {
  received += 1;
  response.end();
});
await once(server.listen(0, "127.0.0.1"), "listening");
const url = `http://127.0.0.1:${server.address().port}/`;
const [command, amount] = { hey: ["bin/hey", "-n"], autocannon: ["node_modules/.bin/autocannon", "-a"] }[tool];
await promisify(execFile)(command, [amount, requests, "-c", workers, url]);
console.log(received);
server.close();
server.closeAllConnections();
PROBE

hey="$(node probe.mjs hey 100 40) and $(node probe.mjs hey 99 50)"
autocannon="$(node probe.mjs autocannon 100 40) and $(node probe.mjs autocannon 99 50)"
divisible=$(node probe.mjs hey 100 50)
echo "version:  hey 0.1.5, 100 requests with 40 workers, and 99 with 50"
echo "expected: as from autocannon 9.0.0: $autocannon (100 with 50 workers, also here: $divisible)"
echo "observed: $hey"
echo "source:   https://github.com/rakyll/hey, README.md: \"-n  Number of requests to run\"; requester/requester.go, runWorkers (b.N / b.C)"
[ "$autocannon" = "100 and 99" ] && [ "$divisible" = 100 ] && [ "$hey" = "80 and 50" ]
