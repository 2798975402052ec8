#!/usr/bin/env bash
# In the protocol of StatsD, a gauge with a sign is a change. hot-shots sends gauge("offset", -5) as it is, so a StatsD server subtracts
# 5 from the previous value, although its own gaugeDelta() is for that. The client for Python sets such a gauge to 0 first.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent hot-shots@17.1.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsd==4.0.1
# Prometheus's server for StatsD.
export GOBIN="$folder/bin"
go install github.com/prometheus/statsd_exporter@v0.31.0 2>/dev/null

cat >hot-shots.cjs <<'PROBE'
const StatsD = require("hot-shots");

const client = new StatsD({ host: "127.0.0.1", port: Number(process.argv[2]) });
client.gauge("offset", 10);
client.gauge("offset", -5);
client.close();
PROBE
cat >client.py <<'PROBE'
import sys

from statsd import StatsClient

client = StatsClient("127.0.0.1", int(sys.argv[1]))
client.gauge("offset", 10)
client.gauge("offset", -5)
PROBE
# Starts the server, runs a client that gets the port as its last argument, and prints the gauge.
cat >probe.mjs <<'PROBE'
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
};
const web = `127.0.0.1:${await freePort()}`;
const port = await freePort();
const metrics = () => fetch(`http://${web}/metrics`).then((response) => response.text(), () => "");

const address = `--statsd.listen-udp=127.0.0.1:${port}`;
const server = spawn("bin/statsd_exporter", [`--web.listen-address=${web}`, address, "--statsd.listen-tcp="]);
while (!(await metrics())) await sleep(100);
spawnSync(process.argv[2], [...process.argv.slice(3), port]);
// Both gauges have arrived after a flush, which is every 200 ms.
await sleep(1000);
console.log((await metrics()).match(/^offset (.+)$/m)?.[1] ?? "none");
server.kill();
PROBE

python=$(node probe.mjs venv/bin/python client.py)
hot_shots=$(node probe.mjs node hot-shots.cjs)
echo "version:  hot-shots 17.1.1, a gauge of 10 and then of -5, in statsd_exporter 0.31.0"
echo "expected: as from statsd 4.0.1 (PyPI): $python"
echo "observed: $hot_shots"
echo "source:   https://github.com/statsd/statsd, docs/metric_types.md, Gauges: \"Adding a sign to the gauge value will change the value,"
echo "          rather than setting it\"; README.md of hot-shots, which names StatsD's server and changes gauges with gaugeDelta()"
[ "$python" = "-5" ] && [ "$hot_shots" = "5" ]
