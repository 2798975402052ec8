#!/usr/bin/env bash
# A parameter of CloudFormation with the type CommaDelimitedList is a list, also if it has its default value. moto splits only a value that
# is passed, so the default stays a text: Fn::Select returns one of its characters, and Fn::Join joins them all.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[cloudformation,ssm]==5.2.1" boto3==1.44.8

cat >probe.py <<'PROBE'
import json
import sys

import boto3
from moto import mock_aws

keys = {"region_name": "us-east-1", "aws_access_key_id": "probe", "aws_secret_access_key": "probe"}
values = {"select": {"Fn::Select": ["1", {"Ref": "Zones"}]}, "join": {"Fn::Join": [" ", {"Ref": "Zones"}]}}
template = {
    "Parameters": {"Zones": {"Type": "CommaDelimitedList", "Default": "a1,b2"}},
    "Resources": {
        name: {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}}
        for name, value in values.items()
    },
}
parameters = {"default": [], "passed": [{"ParameterKey": "Zones", "ParameterValue": "a1,b2"}]}[sys.argv[1]]
with mock_aws():
    stack = {"StackName": "network", "TemplateBody": json.dumps(template), "Parameters": parameters}
    boto3.client("cloudformation", **keys).create_stack(**stack)
    ssm = boto3.client("ssm", **keys)
    print(", ".join(ssm.get_parameter(Name=name)["Parameter"]["Value"] for name in values))
PROBE

default=$(venv/bin/python probe.py default)
passed=$(venv/bin/python probe.py passed)
echo "version:  moto 5.2.1, Fn::Select of item 1 and Fn::Join of a CommaDelimitedList with the default \"a1,b2\""
echo "expected: as if the same value is passed: $passed"
echo "observed: $default"
echo "source:   https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html, CommaDelimitedList, and"
echo "          moto/cloudformation/parsing.py of the package, load_parameters"
[ "$passed" = "b2, a1 b2" ] && [ "$default" = "1, a 1 , b 2" ]
