#!/usr/bin/env bash
# In DynamoDB's JSON, S, N, M, and L name the type of a value, but an attribute may have such a name too: a stock by size has S, M, and
# L. dynamodb-json looks for types also in a map that it has converted, so of that stock only the count of size S is left, as text. An
# item that has an attribute with the name S becomes this attribute.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dynamodb-json==1.4.2 boto3==1.43.106

cat >probe.py <<'PROBE'
import json
import sys

from boto3.dynamodb.types import TypeDeserializer
from dynamodb_json import json_util

sizes = {"S": {"N": "3"}, "M": {"N": "5"}, "L": {"N": "2"}, "XL": {"N": "1"}}
item = {"id": {"S": "shirt"}, "stock": {"M": sizes}}
stock = {
    "boto3": lambda: {size: int(count) for size, count in TypeDeserializer().deserialize(item["stock"]).items()},
    "json": lambda: json_util.loads(json.dumps(item))["stock"],
}[sys.argv[1]]()
print(json.dumps(stock))
PROBE

boto3=$(venv/bin/python probe.py boto3)
json=$(venv/bin/python probe.py json)
echo "version:  dynamodb-json 1.4.2, a map of a stock by size"
echo "expected: as from boto3 1.43.106: $boto3"
echo "observed: $json"
echo "source:   README.md of dynamodb-json: \"DynamoDB json util to load and dump strings of Dynamodb json format to python object\";"
echo "          https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html, Data type descriptors"
[ "$boto3" = '{"S": 3, "M": 5, "L": 2, "XL": 1}' ] && [ "$json" = '"3"' ]
