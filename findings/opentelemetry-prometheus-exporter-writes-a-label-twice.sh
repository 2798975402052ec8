#!/usr/bin/env bash
# The attributes http.route and http_route have the same name in Prometheus. OpenTelemetry's specification asks for one label with both
# values. The Prometheus exporter for Node.js writes the label twice, and Prometheus rejects all metrics of the service because of it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @opentelemetry/exporter-prometheus@0.301.0 @opentelemetry/sdk-metrics@3.1.1 @opentelemetry/api@1.10.0
go mod init probe 2>/dev/null

cat >probe.cjs <<'PROBE'
const { PrometheusExporter, PrometheusSerializer } = require("@opentelemetry/exporter-prometheus");
const { MeterProvider } = require("@opentelemetry/sdk-metrics");

const exporter = new PrometheusExporter({ preventServer: true });
const meter = new MeterProvider({ readers: [exporter] }).getMeter("probe");
meter.createCounter("requests").add(1, { "http.route": "/likes", http_route: "likes" });
meter.createCounter("errors").add(1);
exporter.collect().then(({ resourceMetrics }) => process.stdout.write(new PrometheusSerializer().serialize(resourceMetrics)));
PROBE
mkdir write read
cat >write/main.go <<'PROBE'
package main

import (
	"context"
	"os"

	"github.com/prometheus/common/expfmt"

	client "github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/prometheus"
	api "go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric"
)

func main() {
	registry := client.NewRegistry()
	exporter, _ := prometheus.New(prometheus.WithRegisterer(registry))
	meter := metric.NewMeterProvider(metric.WithReader(exporter)).Meter("probe")
	requests, _ := meter.Int64Counter("requests")
	requests.Add(context.Background(), 1, api.WithAttributes(attribute.String("http.route", "/likes"), attribute.String("http_route", "likes")))
	failures, _ := meter.Int64Counter("errors")
	failures.Add(context.Background(), 1)
	families, _ := registry.Gather()
	for _, family := range families {
		_, _ = expfmt.MetricFamilyToText(os.Stdout, family)
	}
}
PROBE
# The parser of Prometheus's own libraries.
cat >read/main.go <<'PROBE'
package main

import (
	"fmt"
	"os"
	"regexp"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(os.Stdin)
	if err != nil {
		fmt.Println(regexp.MustCompile("duplicate label names").FindString(err.Error()))
		return
	}
	for _, label := range families["requests_total"].GetMetric()[0].GetLabel() {
		if label.GetName() == "http_route" {
			fmt.Printf("%d metrics, http_route %s\n", len(families), label.GetValue())
		}
	}
}
PROBE
go get go.opentelemetry.io/otel/exporters/prometheus@v0.69.0 github.com/prometheus/common@v0.74.0 2>/dev/null
go mod tidy 2>/dev/null
go build -o bin/ ./write ./read

node=$(node probe.cjs | bin/read)
go=$(bin/write | bin/read)
echo "version:  @opentelemetry/exporter-prometheus 0.301.0, a counter with http.route and http_route, read with prometheus/common 0.74.0"
echo "expected: as from OpenTelemetry's exporter for Go 0.69.0: $go"
echo "observed: an error: $node"
echo "source:   https://github.com/open-telemetry/opentelemetry-specification, specification/compatibility/prometheus_and_openmetrics.md,"
echo "          Metric Attributes: \"the values MUST be concatenated together, separated by \`;\`\""
[ "$go" = "3 metrics, http_route /likes;likes" ] && [ "$node" = "duplicate label names" ]
