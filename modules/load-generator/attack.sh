#!/bin/bash
# Sends the requests step by step, then stores the report. The unit load-test runs this with its settings in the
# environment. Contains no dollar sign before a brace, because Terraform would interpolate it.
set -euo pipefail

begun=$(date --utc +%Y-%m-%dT%H-%M-%SZ)
cd "$STATE_DIRECTORY"
rm -rf -- *.gob reports
mkdir reports

# Hundredths of a second since boot, because the wall clock may be adjusted during a load test.
now() {
  local seconds hundredths
  IFS='. ' read -r seconds hundredths _ </proc/uptime
  echo "$((seconds * 100 + 10#$hundredths))"
}

sleep_until() {
  local remaining=$(($1 - $(now)))
  if [ "$remaining" -gt 0 ]; then
    sleep "$(printf '%d.%02d' "$((remaining / 100))" "$((remaining % 100))")"
  fi
}

# Prints the targets, starting after the given number of requests. Vegeta always starts with the first target it reads.
targets_after() {
  local first=$(($1 % $(wc -l <"$LOAD_TEST/targets")))
  tail -n "+$((first + 1))" "$LOAD_TEST/targets"
  head -n "$first" "$LOAD_TEST/targets"
}

stop_attacks() {
  for attack in $(jobs -pr); do
    kill "$attack" || true
  done
}
trap stop_attacks EXIT

# Each step starts when it is due, even if responses of the step before are outstanding. Vegeta exits at the latest 10 seconds
# after its last request, so at most three steps overlap.
step=0
due=$(now)
sent=0
attacks=
while read -r requests seconds; do
  step=$((step + 1))
  sleep_until "$due"
  echo "step $step: $requests requests in $seconds s"
  if [ "$requests" -gt 0 ]; then
    # The load balancer changes its addresses as it grows, and Vegeta would keep the first one forever.
    vegeta attack -rate="$requests/$seconds"s -duration="$seconds"s -timeout=10s -dns-ttl=60s -max-body=0 \
      -output="$(printf 'step-%04d.gob' "$step")" < <(targets_after "$sent") &
    attacks="$attacks $!"
  fi
  due=$((due + 100 * seconds))
  sent=$((sent + requests))
done <"$LOAD_TEST/steps"
for attack in $attacks; do
  wait "$attack"
done

vegeta report step-*.gob >reports/report.txt
vegeta report -type=json step-*.gob >reports/report.json
vegeta report -type='hist[0,25ms,50ms,100ms,250ms,500ms,1s,2500ms,5s]' step-*.gob >reports/histogram.txt
cat reports/report.txt reports/histogram.txt

aws s3 cp --recursive --only-show-errors reports "$REPORTS/$begun"
# Amazon Linux has Python for its package manager, but not always jq.
python3 - reports/report.txt reports/histogram.txt reports/report.json >events.json <<'PYTHON'
import json, pathlib, sys, time

now = int(time.time() * 1000)
print(json.dumps([{"timestamp": now, "message": pathlib.Path(name).read_text()} for name in sys.argv[1:]]))
PYTHON
aws logs create-log-stream --log-group-name "$LOG_GROUP" --log-stream-name "$begun"
aws logs put-log-events --log-group-name "$LOG_GROUP" --log-stream-name "$begun" --log-events file://events.json >/dev/null
echo "report in $REPORTS/$begun and in log stream $begun"
