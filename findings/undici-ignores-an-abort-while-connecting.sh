#!/usr/bin/env bash
# undici's request() notices an aborted signal only once its socket is connected. A deadline set with AbortSignal.timeout()
# has no effect on a host that does not answer: the request fails at the connect timeout (10 s by default). fetch() aborts on time.
# Linux only: the kernel drops the handshake of a connection beyond a full backlog.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent node@26.10.0 undici@8.12.4
export PATH="$folder/node_modules/.bin:$PATH"

cat >probe.mjs <<'PROBE'
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Agent, fetch, request } from "undici";

// A server whose thread sleeps, so that it accepts no connection and its backlog stays full.
const worker = new Worker(
  `const { parentPort } = require("node:worker_threads");
   const server = require("node:net").createServer();
   server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
     parentPort.postMessage(server.address().port);
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
   });`,
  { eval: true },
);
const [port] = await once(worker, "message");
for (let client = 0; client < 8; client += 1) connect(port, "127.0.0.1");
await sleep(1000);

const send = { fetch, request }[process.argv[2]];
const dispatcher = new Agent({ connect: { timeout: 5000 } });
await send(`http://127.0.0.1:${port}/`, { dispatcher, signal: AbortSignal.timeout(500) }).catch((error) => console.log(error.name));
process.exit();
PROBE

fetched=$(node probe.mjs fetch)
requested=$(node probe.mjs request)
echo "version:  undici 8.12.4, an abort after 500 ms and a connect timeout of 5 s"
echo "expected: TimeoutError from the signal, as from fetch(): $fetched"
echo "observed: $requested from request()"
echo "source:   https://github.com/nodejs/undici/issues/386 and docs/docs/api/Dispatcher.md, RequestOptions.signal"
[ "$fetched" = TimeoutError ] && [ "$requested" = ConnectTimeoutError ]
