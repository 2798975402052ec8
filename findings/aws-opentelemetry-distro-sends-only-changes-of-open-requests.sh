#!/usr/bin/env bash
# An up-down counter, such as http.server.active_requests, says how many requests are open. AWS's OpenTelemetry distribution for Python
# writes only its change in each interval to CloudWatch: while 5 requests stay open, the metric is 5 once and then 0, and when they end,
# it is -5. Alarms and scaling by such a metric see an idle service. A gauge keeps its value.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-sdk==1.44.0 packaging==26.0
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

reader = PeriodicExportingMetricReader(ConsoleEmfExporter("Shop"), export_interval_millis=float("inf"))
meter = MeterProvider([reader], shutdown_on_exit=False).get_meter("probe")
up_down_counter = meter.create_up_down_counter("open", unit="1")
gauge = meter.create_gauge("open", unit="1")
sent = []
open_requests = 0
for change in [5, 0, -5]:
    open_requests += change
    if sys.argv[1] == "gauge":
        gauge.set(open_requests)
    else:
        up_down_counter.add(change)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        reader.collect()
    sent += [json.loads(line)["open"] for line in output.getvalue().splitlines()]
print(*sent, sep=", ")
PROBE

counter=$(venv/bin/python probe.py counter 2>/dev/null)
gauge=$(venv/bin/python probe.py gauge 2>/dev/null)
echo "version:  aws-opentelemetry-distro 0.21.0, values in three intervals: 5 requests start, all stay open, all end"
echo "expected: as from a gauge of the same number: $gauge"
echo "observed: $counter"
echo "source:   https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/, also for a preference of delta: \"choose Cumulative"
echo "          aggregation for UpDownCounter and Asynchronous UpDownCounter instrument kinds\""
[ "$gauge" = "5, 5, 0" ] && [ "$counter" = "5, 0, -5" ]
