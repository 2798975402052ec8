#!/usr/bin/env bash
# In a log of HdrHistogram, the column Interval_Max is the maximum divided by 1,000,000 by default: nanoseconds become milliseconds.
# hdr-histogram-js, a port of the Java original, divides by 1,000. A reader that plots the column shows 100 seconds for 100 ms, while
# the histogram beside it is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent hdr-histogram-js@3.0.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hdrhistogram==0.10.8

cat >write.mjs <<'PROBE'
import { build, HistogramLogWriter } from "hdr-histogram-js";

const histogram = build({ bitBucketSize: 64 });
histogram.recordValue(100_000_000);
const writer = new HistogramLogWriter((text) => process.stdout.write(text));
writer.outputIntervalHistogram(histogram, 1_700_000_000, 1_700_000_010);
PROBE
cat >write.py <<'PROBE'
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogWriter

histogram = HdrHistogram(1, 3_600_000_000_000, 3)
histogram.record_value(100_000_000)
HistogramLogWriter(sys.stdout).output_interval_histogram(histogram, 1_700_000_000, 1_700_000_010)
PROBE
cat >read.mjs <<'PROBE'
import { readFileSync } from "node:fs";
import { HistogramLogReader } from "hdr-histogram-js";

const line = readFileSync(0, "utf8");
const histogram = new HistogramLogReader(line, 64).nextIntervalHistogram();
console.log(`${Math.round(line.split(",")[2])} for ${Math.floor(histogram.maxValue / 1_000_000)} ms`);
PROBE

javascript=$(node write.mjs | node read.mjs)
python=$(venv/bin/python write.py | node read.mjs)
echo "version:  hdr-histogram-js 3.0.1, Interval_Max of a histogram with a value of 100,000,000 ns"
echo "expected: as from hdrhistogram 0.10.8 (PyPI): $python"
echo "observed: $javascript"
echo "source:   https://github.com/HdrHistogram/HdrHistogram, HistogramLogWriter.outputIntervalHistogram (maxValueUnitRatio 1000000.0),"
echo "          and https://github.com/HdrHistogram/HdrHistogramJS, src/HistogramLogWriter.ts (maxValueUnitRatio = 1000)"
[ "$python" = "100 for 100 ms" ] && [ "$javascript" = "100000 for 100 ms" ]
