#!/usr/bin/env bash
# A namespace, a name, and dimensions identify a metric. moto's GetMetricData ignores the namespace if there are dimensions, so its sums
# include other namespaces, and a query for the wrong namespace finds data. GetMetricStatistics keeps them apart.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check moto==5.2.1 boto3==1.44.8

cat >probe.py <<'PROBE'
from datetime import datetime, timedelta, timezone

import boto3
from moto import mock_aws

minute = datetime.now(timezone.utc).replace(second=0, microsecond=0)
period = {"StartTime": minute, "EndTime": minute + timedelta(minutes=1)}


def tasks(dimensions):
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        metric = {"MetricName": "Tasks", "Dimensions": dimensions}
        for namespace, value in ("Production", 4), ("Staging", 1):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{**metric, "Timestamp": minute, "Value": value}])
        production = {"Namespace": "Production", **metric}
        query = {"Id": "tasks", "MetricStat": {"Metric": production, "Period": 60, "Stat": "Sum"}}
        data = cloudwatch.get_metric_data(**period, MetricDataQueries=[query])["MetricDataResults"][0]["Values"][0]
        statistics = cloudwatch.get_metric_statistics(**period, **production, Period=60, Statistics=["Sum"])["Datapoints"][0]
        return f"{data:g} {statistics['Sum']:g}"


print(tasks([]), tasks([{"Name": "Service", "Value": "like"}]))
PROBE

read -r data statistics data_of_service statistics_of_service < <(venv/bin/python probe.py)
echo "version:  moto 5.2.1, 4 tasks in the namespace Production and 1 in Staging, GetMetricData for Production"
echo "expected: 4, as from GetMetricStatistics: $statistics_of_service, and without dimensions: $data and $statistics"
echo "observed: $data_of_service"
echo "source:   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html, Metrics: \"uniquely defined by"
echo "          a name, a namespace, and zero or more dimensions\"; https://github.com/getmoto/moto, moto/cloudwatch/models.py, get_metric_data"
[ "$data $statistics $statistics_of_service" = "4 4 4" ] && [ "$data_of_service" = 5 ]
