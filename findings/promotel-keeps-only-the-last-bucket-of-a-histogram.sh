#!/usr/bin/env bash
# promotel sends the metrics of prom-client to OpenTelemetry. Of a histogram it keeps only the bucket +Inf: each bucket that it reads
# replaces the one before. Count and sum stay right, so nothing looks wrong until a percentile is drawn, which has no boundary left to be
# computed from.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @platformatic/promotel@0.2.2 prom-client@15.1.3 @opentelemetry/sdk-metrics@3.1.1

cat >probe.mjs <<'PROBE'
import { convert, getFromRegistry } from "@platformatic/promotel";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { Histogram, Registry } from "prom-client";

const latencies = [0.05, 0.2, 0.3, 0.7, 3];
const boundaries = [0.1, 0.5, 1];

async function fromPromotel() {
  const registry = new Registry();
  const histogram = new Histogram({ name: "latency", help: "Latency", buckets: boundaries, registers: [registry] });
  for (const latency of latencies) histogram.observe(latency);
  const [{ scope_metrics }] = convert(await getFromRegistry({ registry })).resource_metrics;
  const [{ count, sum, explicit_bounds, bucket_counts }] = scope_metrics[0].metrics[0].histogram.data_points;
  return { count, sum, bounds: explicit_bounds, counts: bucket_counts };
}

async function fromSdk() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const histogram = provider.getMeter("probe").createHistogram("latency", { advice: { explicitBucketBoundaries: boundaries } });
  for (const latency of latencies) histogram.record(latency);
  await provider.forceFlush();
  const { value } = exporter.getMetrics()[0].scopeMetrics[0].metrics[0].dataPoints[0];
  await provider.shutdown();
  return { count: value.count, sum: value.sum, bounds: value.buckets.boundaries, counts: value.buckets.counts };
}

const read = { promotel: fromPromotel, sdk: fromSdk }[process.argv[2]];
const { count, sum, bounds, counts } = await read();
console.log(`${count} values, sum ${sum}, boundaries [${bounds}], counts [${counts}]`);
PROBE

sdk=$(node probe.mjs sdk)
promotel=$(node probe.mjs promotel)
echo "version:  @platformatic/promotel 0.2.2, a histogram of five latencies with the buckets 0.1, 0.5, and 1"
echo "expected: as from OpenTelemetry's SDK for the same latencies: $sdk"
echo "observed: $promotel"
echo "source:   https://github.com/open-telemetry/opentelemetry-specification, specification/compatibility/prometheus_and_openmetrics.md,"
echo "          Histograms: \"Each value for the le label except +Inf produces one bucket boundary\"; README.md of promotel: \"Complete"
echo "          Metric Support: Counters, gauges, histograms, and summaries\""
[ "$sdk" = "5 values, sum 4.25, boundaries [0.1,0.5,1], counts [1,2,1,1]" ] &&
  [ "$promotel" = "5 values, sum 4.25, boundaries [], counts [5]" ]
