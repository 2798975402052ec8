#!/usr/bin/env bash
# A DDSketch returns the value at rank quantile * (count - 1), rounded down, so below 100 values its p99 is never the slowest one.
# HdrHistogram uses the nearest rank: one slow request in 50 is its p99.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @datadog/sketches-js@2.1.1 hdr-histogram-js@3.0.1

cat >probe.cjs <<'PROBE'
const { DDSketch } = require("@datadog/sketches-js");
const { build } = require("hdr-histogram-js");

// Milliseconds: every request takes 10 except for the last one, which takes 5,000.
const p99 = (count) => {
  const sketch = new DDSketch({ relativeAccuracy: 0.01 });
  const histogram = build({ numberOfSignificantValueDigits: 3 });
  for (let request = 1; request <= count; request += 1) {
    const latency = request < count ? 10 : 5000;
    sketch.accept(latency);
    histogram.recordValue(latency);
  }
  const isSlow = (latency) => (latency > 4900 ? "slow" : "fast");
  return { sketch: isSlow(sketch.getValueAtQuantile(0.99)), histogram: isSlow(histogram.getValueAtPercentile(99)) };
};
const counts = [2, 50, 99];
console.log(counts.map((count) => p99(count)[process.argv[2]]).join(" "));
PROBE

sketch=$(node probe.cjs sketch)
histogram=$(node probe.cjs histogram)
echo "version:  @datadog/sketches-js 2.1.1, 2, 50, and 99 values of which one is slow"
echo "expected: a slow p99 of all three, as from HdrHistogram (hdr-histogram-js 3.0.1): $histogram"
echo "observed: $sketch"
echo "source:   https://github.com/DataDog/sketches-js, getValueAtQuantile in dist/ddsketch/DDSketch.js of the package"
[ "$histogram" = "slow slow slow" ] && [ "$sketch" = "fast fast fast" ]
