#!/usr/bin/env bash
# A client of StatsD that sends 60 % of its timers adds @0.6, so that the server counts each of them 1 / 0.6 times. statsd_exporter does
# so for counters, but drops the fraction for timers: at 0.6, each counts once. Unless 1 / rate is a whole number, up to half of the
# timed requests are missing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
go mod init probe 2>/dev/null

cat >main.go <<'PROBE'
package main

import (
	"fmt"
	"log/slog"
	"math"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/statsd_exporter/pkg/event"
	"github.com/prometheus/statsd_exporter/pkg/exporter"
	"github.com/prometheus/statsd_exporter/pkg/line"
	"github.com/prometheus/statsd_exporter/pkg/mapper"
)

func counter(name string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name})
}

func counters(name, label string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name}, []string{label})
}

// Sends a metric 600 times at a sample rate and prints the count that Prometheus reads.
func main() {
	value, rate := os.Args[1], os.Args[2]
	registry := prometheus.NewRegistry()
	logger := slog.New(slog.DiscardHandler)
	events := make(chan event.Events)
	go func() {
		parser := line.NewParser()
		for range 600 {
			events <- parser.LineToEvents("requests:"+value+"|@"+rate, *counters("errors", "reason"), counter("samples"),
				counter("tag_errors"), counter("tags"), logger)
		}
		close(events)
	}()
	exporter.NewExporter(registry, &mapper.MetricMapper{Logger: logger}, logger, counters("actions", "action"), counter("unmapped"),
		counters("error_events", "reason"), counters("events", "type"), counters("conflicts", "type"),
		prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "metrics"}, []string{"type"})).Listen(events)
	families, _ := registry.Gather()
	for _, family := range families {
		metric := family.GetMetric()[0]
		fmt.Println(math.Round(metric.GetCounter().GetValue()) + float64(metric.GetSummary().GetSampleCount()))
	}
}
PROBE
go get github.com/prometheus/statsd_exporter@v0.31.0 2>/dev/null
go mod tidy 2>/dev/null
go build -o probe .

counters="$(./probe "1|c" 0.5), $(./probe "1|c" 0.6), $(./probe "1|c" 0.3)"
timers="$(./probe "20|ms" 0.5), $(./probe "20|ms" 0.6), $(./probe "20|ms" 0.3)"
echo "version:  statsd_exporter 0.31.0, the count of 600 timers that are sampled at 0.5, at 0.6, and at 0.3"
echo "expected: as of 600 counters with these rates: $counters"
echo "observed: $timers"
echo "source:   https://github.com/statsd/statsd/blob/master/docs/metric_types.md: \"Statsd also maintains a counter for each timer metric."
echo "          The 3rd field specifies the sample rate for this counter\""
[ "$counters" = "1200, 1000, 2000" ] && [ "$timers" = "1200, 600, 1800" ]
