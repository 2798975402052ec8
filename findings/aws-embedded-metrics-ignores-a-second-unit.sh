#!/usr/bin/env bash
# aws-embedded-metrics keeps the unit of a metric's first value and ignores the units of later ones: 5 milliseconds and then
# 2 seconds are sent as 5 and 2 milliseconds, so CloudWatch shows the slowest request as the fastest. A second storage resolution is
# an error, and so is a second unit in Powertools for AWS Lambda.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-embedded-metrics@4.2.1 @aws-lambda-powertools/metrics@2.36.0

cat >probe.cjs <<'PROBE'
const { Metrics } = require("@aws-lambda-powertools/metrics");
const { metricScope } = require("aws-embedded-metrics");

const libraries = {
  embedded: metricScope((metrics) => async () => {
    metrics.putMetric("latency", 5, "Milliseconds");
    metrics.putMetric("latency", 2, "Seconds");
  }),
  powertools: async () => {
    const metrics = new Metrics({ namespace: "shop", serviceName: "like" });
    metrics.addMetric("latency", "Milliseconds", 5);
    metrics.addMetric("latency", "Seconds", 2);
    metrics.publishStoredMetrics();
  },
};
const lines = [];
console.log = (line) => lines.push(line);
libraries[process.argv[2]]().then(
  () => {
    const [{ latency, _aws }] = lines.map((line) => JSON.parse(line));
    console.info(`${[latency].flat().join(" and ")} ${_aws.CloudWatchMetrics[0].Metrics[0].Unit}`);
  },
  (error) => console.info(error.message.match(/already been added with unit "Milliseconds"/)?.[0] ?? error.message),
);
PROBE

export AWS_EMF_ENVIRONMENT=Local
embedded=$(node probe.cjs embedded)
powertools=$(node probe.cjs powertools)
echo "version:  aws-embedded-metrics 4.2.1, a latency of 5 Milliseconds and another of 2 Seconds"
echo "expected: an error, as from @aws-lambda-powertools/metrics 2.36.0: $powertools"
echo "observed: $embedded"
echo "source:   https://github.com/awslabs/aws-embedded-metrics-node, src/logger/MetricsContext.ts, putMetric, and"
echo "          https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html,"
echo "          MetricDefinition: one Unit for all values of a metric"
[ "$powertools" = 'already been added with unit "Milliseconds"' ] && [ "$embedded" = "5 and 2 Milliseconds" ]
