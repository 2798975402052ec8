#!/usr/bin/env bash
# prom-client sums the metrics of all workers of a cluster, including the quantiles of a summary: with four workers whose
# p99 is 100 ms, /metrics reports a p99 of 400 ms. More workers look like a slower service.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent prom-client@15.1.3

cat >probe.cjs <<'PROBE'
const cluster = require("node:cluster");
const { AggregatorRegistry, Summary } = require("prom-client");

const workers = Number(process.argv[2]);
if (cluster.isPrimary) {
  const registry = new AggregatorRegistry();
  let ready = 0;
  const report = async () => {
    const metrics = await registry.clusterMetrics();
    const [, p99] = metrics.match(/quantile="0.99"} (.*)/);
    const [, count] = metrics.match(/latency_count (.*)/);
    console.log(`${p99} ms of ${count} requests`);
    process.exit();
  };
  cluster.on("message", (worker, message) => {
    if (message === "ready") ready += 1;
    if (message === "ready" && ready === workers) report();
  });
  for (let worker = 0; worker < workers; worker += 1) cluster.fork();
} else {
  new AggregatorRegistry();
  const summary = new Summary({ name: "latency", help: "Latency in milliseconds", percentiles: [0.99] });
  for (let request = 0; request < 100; request += 1) summary.observe(100);
  process.send("ready");
}
PROBE

one=$(node probe.cjs 1)
four=$(node probe.cjs 4)
echo "version:  prom-client 15.1.3, a cluster of four workers, each with 100 requests of 100 ms, p99 of a summary"
echo "expected: the p99 of one worker: $one"
echo "observed: $four"
echo "source:   https://github.com/prometheus/client_js/issues/225 and lib/cluster.js, aggregate;"
echo "          https://prometheus.io/docs/practices/histograms/#quantiles: aggregating quantiles \"rarely makes sense\""
[ "$one" = "100 ms of 100 requests" ] && [ "$four" = "400 ms of 400 requests" ]
