#!/bin/bash
# Sends the requests step by step, then hands in the report. The unit load-test runs this, with its settings in the
# environment. Terraform takes a dollar sign before a brace for its own, so there is none in here.
set -euo pipefail

begun=$(date --utc +%Y-%m-%dT%H-%M-%SZ)
cd "$STATE_DIRECTORY"
rm -rf -- *.gob reports
mkdir reports

step=0
while read -r requests seconds; do
  step=$((step + 1))
  echo "step $step: $requests requests in $seconds s"
  if [ "$requests" -eq 0 ]; then
    sleep "$seconds"
  else
    # The load balancer changes its addresses as it grows, and Vegeta would keep the first for good.
    vegeta attack -targets="$LOAD_TEST/targets" -rate="$requests/$seconds"s -duration="$seconds"s \
      -timeout=10s -dns-ttl=60s -max-body=0 -output="$(printf 'step-%04d.gob' "$step")"
  fi
done <"$LOAD_TEST/steps"

vegeta report step-*.gob >reports/report.txt
vegeta report -type=json step-*.gob >reports/report.json
vegeta report -type='hist[0,25ms,50ms,100ms,250ms,500ms,1s,2500ms,5s]' step-*.gob >reports/histogram.txt
cat reports/report.txt reports/histogram.txt

aws s3 cp --recursive --only-show-errors reports "$REPORTS/$begun"
# Amazon Linux has a Python for its package manager, and need not have jq.
python3 - reports/report.txt reports/histogram.txt reports/report.json >events.json <<'PYTHON'
import json, pathlib, sys, time

now = int(time.time() * 1000)
print(json.dumps([{"timestamp": now, "message": pathlib.Path(name).read_text()} for name in sys.argv[1:]]))
PYTHON
aws logs create-log-stream --log-group-name "$LOG_GROUP" --log-stream-name "$begun"
aws logs put-log-events --log-group-name "$LOG_GROUP" --log-stream-name "$begun" --log-events file://events.json >/dev/null
echo "report in $REPORTS/$begun and in log stream $begun"
