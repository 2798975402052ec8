#!/usr/bin/env bash
# An alarm of CloudWatch compares the value of each period with its threshold. MiniStack, which replaces LocalStack, takes all periods as
# one and all dimensions together: an alarm for more than 10 errors a minute, three minutes in a row, goes off at 4 errors a minute, and
# with it the alarm of another service that has no data at all.
set -euo pipefail

folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106

cat >probe.py <<'PROBE'
import sys
from datetime import datetime, timedelta, timezone

import boto3

port = sys.argv[1]
keys = {"region_name": "us-east-1", "aws_access_key_id": "probe", "aws_secret_access_key": "probe"}
cloudwatch = boto3.client("cloudwatch", endpoint_url=f"http://127.0.0.1:{port}", **keys)
now = datetime.now(timezone.utc)


def metric(service):
    return {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": service}]}


alarm = {"Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3, "Threshold": 10, "ComparisonOperator": "GreaterThanThreshold"}
for service in ["likes", "mysfits"]:
    cloudwatch.put_metric_alarm(AlarmName=service, **metric(service), **alarm)
times = [now - timedelta(seconds=seconds) for seconds in [130, 70, 10]]
data = [{"MetricName": "Errors", "Dimensions": metric("likes")["Dimensions"], "Timestamp": time, "Value": 4} for time in times]
cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
results = []
for service in ["likes", "mysfits"]:
    span = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=1), "Period": 60, "Statistics": ["Sum"]}
    sums = [point["Sum"] for point in cloudwatch.get_metric_statistics(**metric(service), **span)["Datapoints"]]
    state = cloudwatch.describe_alarms(AlarmNames=[service])["MetricAlarms"][0]["StateValue"]
    results.append((f"at most {max(sums):g} in {len(sums)} minutes" if sums else "no data", state))
for column in zip(*results):
    print(*column, sep=", ")
PROBE
port=$(venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BIND_HOST=127.0.0.1 GATEWAY_PORT=$port venv/bin/ministack >server.log 2>&1 &
server=$!
for _ in $(seq 100); do
  (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.2
done
results=$(venv/bin/python probe.py "$port")
sums=$(head -n 1 <<<"$results")
states=$(tail -n 1 <<<"$results")
echo "version:  ministack 1.5.33, alarms for more than 10 errors in each of three minutes; two services have $sums"
echo "expected: OK, INSUFFICIENT_DATA"
echo "observed: $states"
echo "source:   AWS's documentation of PutMetricAlarm in boto3, EvaluationPeriods: \"The number of periods over which data is compared to the"
echo "          specified threshold\", Dimensions: \"The dimensions for the metric specified in MetricName\", and \"the alarm state is"
echo "          immediately set to INSUFFICIENT_DATA\""
[ "$sums" = "at most 4 in 3 minutes, no data" ] && [ "$states" = "ALARM, ALARM" ]
