#!/usr/bin/env bash
# A log line in CloudWatch's embedded metric format holds up to 100 values of a metric. Powertools for TypeScript writes the line when a
# metric has that many, and puts later values into a line without the custom dimensions and metadata: in a batch of 150
# records, the last 50 latencies belong to another metric, and an alarm on the tenant's metric never sees them.
# Powertools for Python keeps the dimensions.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @aws-lambda-powertools/metrics@2.36.0
python3 -m venv packages
packages/bin/pip install --quiet --disable-pip-version-check aws-lambda-powertools==3.37.0

cat >probe.mjs <<'PROBE'
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

const metrics = new Metrics({ namespace: "mysfits", serviceName: "likes" });
metrics.addDimension("tenant", "a");
for (let record = 0; record < 150; record += 1) {
  metrics.addMetric("Latency", MetricUnit.Milliseconds, record);
}
metrics.publishStoredMetrics();
PROBE
cat >probe.py <<'PROBE'
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics(namespace="mysfits", service="likes")
metrics.add_dimension(name="tenant", value="a")
for record in range(150):
    metrics.add_metric(name="Latency", unit=MetricUnit.Milliseconds, value=record)
metrics.flush_metrics()
PROBE
cat >lines.mjs <<'LINES'
import { text } from "node:stream/consumers";

const lines = (await text(process.stdin)).trim().split("\n").map(JSON.parse);
const dimensionsOf = (line) => line._aws.CloudWatchMetrics[0].Dimensions[0].toSorted().join(" and ");
console.log(lines.map((line) => `${line.Latency.length} by ${dimensionsOf(line)}`).join(", "));
LINES

typescript=$(node probe.mjs | node lines.mjs)
python=$(packages/bin/python probe.py | node lines.mjs)
echo "version:  @aws-lambda-powertools/metrics 2.36.0, the dimension tenant and 150 values"
echo "expected: $python, as from aws-lambda-powertools 3.37.0 for Python"
echo "observed: $typescript"
echo "source:   https://docs.aws.amazon.com/powertools/typescript/latest/features/metrics/, Metrics overflow: \"Subsequent metrics, e.g."
echo "          101th, will be aggregated into a new EMF object, for your convenience\""
[ "$python" = "100 by service and tenant, 50 by service and tenant" ] &&
  [ "$typescript" = "100 by service and tenant, 50 by service" ]
