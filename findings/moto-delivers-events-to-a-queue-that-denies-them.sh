#!/usr/bin/env bash
# EventBridge sends an event to a queue only if the queue's policy (or a role of the target) allows it. moto does not read the
# policy: a queue without one and a queue that denies SendMessage get the event too, so a missing or wrong policy passes against
# moto and loses events on AWS.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[events]==5.2.1" boto3==1.44.8

cat >probe.py <<'PROBE'
import json

import boto3
from moto import mock_aws

with mock_aws():
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    sqs, events = session.client("sqs"), session.client("events")
    events.put_rule(Name="deployments", EventPattern=json.dumps({"source": ["like"]}))

    def create_queue(name, effect):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if effect:
            service = {"Service": "events.amazonaws.com"}
            statement = {"Effect": effect, "Principal": service, "Action": "sqs:SendMessage", "Resource": arn}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        events.put_targets(Rule="deployments", Targets=[{"Id": name, "Arn": arn}])
        return url

    queues = [create_queue("allows", "Allow"), create_queue("denies", "Deny"), create_queue("silent", None)]
    events.put_events(Entries=[{"Source": "like", "DetailType": "deployment", "Detail": "{}"}])
    print(*(len(sqs.receive_message(QueueUrl=queue).get("Messages", [])) for queue in queues))
PROBE

observed=$(venv/bin/python probe.py)
echo "version:  moto 5.2.1, events in a queue that allows EventBridge, one that denies it, and one without a policy"
echo "expected: 1 0 0"
echo "observed: $observed"
echo "source:   https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html, Amazon SQS permissions, and"
echo "          https://github.com/getmoto/moto, moto/events/models.py, _send_to_sqs_queue"
[ "$observed" = "1 1 1" ]
