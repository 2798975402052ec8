#!/usr/bin/env bash
# CloudWatch has no unit for nanoseconds. opentelemetry-exporter-cloudwatch-emf therefore labels such metrics Microseconds, but leaves the
# numbers as they are: a latency of 2 ms is 2 s on the dashboard, and an alarm on it fires. AWS's own exporter sends these metrics without
# a unit instead.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-sdk==1.44.0 packaging==26.0
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-exporter-cloudwatch-emf==0.2.5
# Without its dependencies, which are mostly instrumentations.
venv/bin/pip install --quiet --disable-pip-version-check --no-deps aws-opentelemetry-distro==0.21.0

cat >probe.py <<'PROBE'
import contextlib
import io
import json
import sys

from amazon.opentelemetry.distro.exporter.aws.metrics.console_emf_exporter import ConsoleEmfExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry_exporter_cloudwatch_emf import CloudWatchEMFExporter

library, unit, latency = sys.argv[1:]
with contextlib.redirect_stdout(io.StringIO()) as output:
    exporter = ConsoleEmfExporter("Shop") if library == "aws" else CloudWatchEMFExporter("Shop", output=output)
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=float("inf"))
    meter = MeterProvider([reader], shutdown_on_exit=False).get_meter("probe")
    meter.create_gauge("latency", unit=unit).set(int(latency))
    reader.collect()
document = json.loads(output.getvalue())
[metric] = document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
print(document["latency"], metric.get("Unit") or "without a unit")
PROBE
export_latency() {
  venv/bin/python probe.py "$@" 2>/dev/null
}

microseconds=$(export_latency community us 2000)
nanoseconds=$(export_latency community ns 2000000)
aws=$(export_latency aws ns 2000000)
echo "version:  opentelemetry-exporter-cloudwatch-emf 0.2.5, a latency of 2 ms that is recorded in nanoseconds"
echo "expected: as from AWS's exporter, aws-opentelemetry-distro 0.21.0: $aws; or as if recorded in microseconds: $microseconds"
echo "observed: $nanoseconds"
echo "source:   https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html, Unit, whose smallest unit of time is"
echo "          Microseconds; units.py of the exporter: \"CloudWatch doesn't have nanoseconds\""
[ "$microseconds" = "2000 Microseconds" ] && [ "$aws" = "2000000 without a unit" ] && [ "$nanoseconds" = "2000000 Microseconds" ]
