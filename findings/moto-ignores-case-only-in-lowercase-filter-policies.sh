#!/usr/bin/env bash
# With equals-ignore-case, a filter policy of Amazon SNS matches a text in any case. moto converts the value of the message to lowercase but
# not that of the policy: one with a capital letter, such as {"equals-ignore-case": "Gold"}, matches no message, not even with "Gold".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[sns,sqs]==5.2.1" boto3==1.44.8

cat >probe.py <<'PROBE'
import json
import sys

import boto3
from moto import mock_aws

keys = {"region_name": "us-east-1", "aws_access_key_id": "probe", "aws_secret_access_key": "probe"}
policy, *tiers = sys.argv[1:]
with mock_aws():
    sns, sqs = boto3.client("sns", **keys), boto3.client("sqs", **keys)
    topic = sns.create_topic(Name="orders")["TopicArn"]
    queue = sqs.create_queue(QueueName="gold")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    filters = {"FilterPolicy": json.dumps({"tier": [{"equals-ignore-case": policy}]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=filters)
    for tier in tiers:
        sns.publish(TopicArn=topic, Message=tier, MessageAttributes={"tier": {"DataType": "String", "StringValue": tier}})
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    print(" ".join(json.loads(message["Body"])["Message"] for message in messages) or "none")
PROBE

capital=$(venv/bin/python probe.py Gold gold Gold GOLD silver)
lowercase=$(venv/bin/python probe.py gold gold Gold GOLD silver)
echo "version:  moto 5.2.1, messages with the attributes gold, Gold, GOLD, and silver, and the policy {\"equals-ignore-case\": \"Gold\"}"
echo "expected: as with \"gold\": $lowercase"
echo "observed: $capital"
echo "source:   https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html, Equals-ignore-case matching; equals-ignore-case in"
echo "          moto/sns/utils.py of the package, which converts only one side with lower()"
[ "$lowercase" = "gold Gold GOLD" ] && [ "$capital" = "none" ]
