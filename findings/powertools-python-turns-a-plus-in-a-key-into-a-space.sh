#!/usr/bin/env bash
# In its own notifications, S3 writes a space in the key of an object as "+". In events that it sends to EventBridge, "+" is a plus. The
# event class of Powertools for AWS Lambda (Python) decodes both alike: for "a+b.csv" from EventBridge, a function reads "a b.csv", which
# does not exist or is another object. The parser of the same package keeps the plus.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "aws-lambda-powertools[parser]==3.37.0"

cat >probe.py <<'PROBE'
import sys

from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent
from aws_lambda_powertools.utilities.parser.models import S3EventNotificationEventBridgeModel


def event(key):
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-02T08:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:s3:::reports"],
        "detail": {
            "version": "0",
            "bucket": {"name": "reports"},
            "object": {"key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", "sequencer": "00617F08299329D189"},
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "192.0.2.1",
            "reason": "PutObject",
        },
    }


read = {
    "class": lambda key: S3EventBridgeNotificationEvent(event(key)).detail.object.key,
    "parser": lambda key: S3EventNotificationEventBridgeModel.model_validate(event(key)).detail.object.key,
}[sys.argv[1]]
print(read("a+b.csv"))
PROBE

class=$(venv/bin/python probe.py class)
parser=$(venv/bin/python probe.py parser)
echo "version:  aws-lambda-powertools 3.37.0, the key a+b.csv in an event that S3 sends to EventBridge"
echo "expected: as from the parser of the package: $parser"
echo "observed: $class"
echo "source:   https://github.com/aws-solutions-library-samples/guidance-for-medialake-on-aws/pull/21, which was tested with test+b.png:"
echo "          \"Files containing + characters in their names were failing\", \"EventBridge events: ... plus signs stay as +\""
[ "$parser" = "a+b.csv" ] && [ "$class" = "a b.csv" ]
