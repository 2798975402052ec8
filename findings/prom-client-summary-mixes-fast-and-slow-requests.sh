#!/usr/bin/env bash
# A summary of prom-client draws a straight line between two latencies: if 99 of 100 requests take 10 ms and one takes 5 seconds, its
# median is 60 ms and its p90 is 4 seconds. It keeps all requests of the same latency as one point (of the package tdigest), in the
# middle of their ranks, and counts the ranks above that as slower. More requests change nothing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent prom-client@15.1.3 tdigest@0.1.3
cat >go.mod <<'MOD'
module probe

go 1.24

require github.com/prometheus/client_golang v1.23.2
MOD

cat >probe.cjs <<'PROBE'
const { Summary } = require("prom-client");

const summary = new Summary({ name: "latency", help: "Milliseconds", percentiles: [0.5, 0.9] });
for (let request = 1; request <= Number(process.argv[2]); request += 1) summary.observe(request % 100 === 0 ? 5000 : 10);
summary.get().then(({ values }) => {
  const quantiles = values.filter(({ labels }) => labels.quantile);
  console.log(quantiles.map(({ labels, value }) => `p${labels.quantile * 100} ${Math.round(value)}`).join(", "));
});
PROBE
cat >main.go <<'PROBE'
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func main() {
	summary := prometheus.NewSummary(prometheus.SummaryOpts{Name: "latency", Objectives: map[float64]float64{0.5: 0.01, 0.9: 0.01}})
	requests, _ := strconv.Atoi(os.Args[1])
	for request := 1; request <= requests; request++ {
		if request%100 == 0 {
			summary.Observe(5000)
		} else {
			summary.Observe(10)
		}
	}
	metric := &dto.Metric{}
	_ = summary.Write(metric)
	quantiles := metric.GetSummary().GetQuantile()
	fmt.Printf("p50 %.0f, p90 %.0f\n", quantiles[0].GetValue(), quantiles[1].GetValue())
}
PROBE
go mod tidy 2>/dev/null

javascript=$(node probe.cjs 100)
many=$(node probe.cjs 10000)
go=$(go run . 100)
echo "version:  prom-client 15.1.3 with tdigest 0.1.3, a summary of 99 values of 10 and one of 5,000"
echo "expected: as from github.com/prometheus/client_golang 1.23.2: $go"
echo "observed: $javascript; of 10,000 values, of which 100 are 5,000: $many"
echo "source:   https://prometheus.io/docs/concepts/metric_types/, Summary; tdigest.js of the package tdigest, percentile: \"the"
echo "          smallest data value q at which at least p percent of the observations <= q\", and _percentile, which interpolates"
[ "$go" = "p50 10, p90 10" ] && [ "$javascript" = "p50 60, p90 4052" ] && [ "$many" = "$javascript" ]
