#!/usr/bin/env bash
# parse-prometheus-text-format returns one histogram per name even if its labels differ: the buckets of the last labels replace those
# of the others, and sum, count, and labels are missing. A service that measures its latency by route appears to have one route.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent parse-prometheus-text-format@1.1.1 prom-client@15.1.3
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check prometheus-client==0.26.0

cat >write.cjs <<'PROBE'
const { Histogram, register } = require("prom-client");

const latency = new Histogram({ name: "latency", help: "Latency in seconds", labelNames: ["route"], buckets: [0.1] });
const requests = process.argv[2] === "labels" ? { "/likes": 3, "/health": 1 } : { "": 4 };
for (const [route, count] of Object.entries(requests)) {
  for (let request = 0; request < count; request += 1) latency.observe(route ? { route } : {}, 0.05);
}
register.metrics().then((text) => process.stdout.write(text));
PROBE
cat >parse.mjs <<'PROBE'
import { readFileSync } from "node:fs";
import parse from "parse-prometheus-text-format";

const [{ metrics }] = parse(readFileSync(0, "utf8"));
console.log(metrics.map(({ labels, count, buckets }) => `${labels?.route ?? "all"} ${count ?? "unknown"} (${buckets["+Inf"]})`).join(", "));
PROBE
cat >parse.py <<'PROBE'
import sys

from prometheus_client.parser import text_string_to_metric_families

[family] = text_string_to_metric_families(sys.stdin.read())
totals = {"latency_count": {}, "latency_bucket": {}, "latency_sum": {}}
for sample in family.samples:
    totals[sample.name][sample.labels["route"]] = sample.value
counts, buckets = totals["latency_count"], totals["latency_bucket"]
print(", ".join(f"{route} {counts[route]:g} ({buckets[route]:g})" for route in counts))
PROBE

labels=$(node write.cjs labels | node parse.mjs)
plain=$(node write.cjs plain | node parse.mjs)
python=$(node write.cjs labels | venv/bin/python parse.py)
echo "version:  parse-prometheus-text-format 1.1.1, a histogram of prom-client 15.1.3: route, count, and (last bucket)"
echo "expected: as from prometheus_client 0.26.0: $python (without labels, also here: $plain)"
echo "observed: $labels"
echo "source:   https://prometheus.io/docs/instrumenting/exposition_formats/, Histograms and summaries; README.md of the package:"
echo "          \"aims to be compatible with\" prom2json, which keeps one histogram per set of labels"
[ "$python" = "/likes 3 (3), /health 1 (1)" ] && [ "$plain" = "all 4 (4)" ] && [ "$labels" = "all unknown (1)" ]
