#!/usr/bin/env bash
# States.StringSplit() of AWS Step Functions splits a text at each character of its second argument. aws-local-stepfunctions splits only
# where all of these characters follow one another, so the example in AWS's documentation returns the whole text as one part.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-local-stepfunctions@3.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "moto[iam,stepfunctions]==5.2.1" boto3==1.44.8

cat >definition.json <<'JSON'
{
  "StartAt": "Split",
  "States": {
    "Split": {
      "Type": "Pass",
      "Parameters": { "parts.$": "States.StringSplit($.inputString, $.splitter)" },
      "OutputPath": "$.parts",
      "End": true
    }
  }
}
JSON
echo '{ "inputString": "This.is+a,test=string", "splitter": ".+,=" }' >input.json
cat >probe.mjs <<'PROBE'
import { readFileSync } from "node:fs";
import { StateMachine } from "aws-local-stepfunctions";

const [definition, input] = ["definition.json", "input.json"].map((file) => JSON.parse(readFileSync(file, "utf8")));
const parts = await new StateMachine(definition).run(input).result;
console.log(parts.join(" "));
PROBE
cat >probe.py <<'PROBE'
import json
import time

import boto3
from moto import mock_aws

keys = {"region_name": "us-east-1", "aws_access_key_id": "probe", "aws_secret_access_key": "probe"}
with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    role = boto3.client("iam", **keys).create_role(RoleName="probe", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("stepfunctions", **keys)
    machine = client.create_state_machine(name="split", definition=open("definition.json").read(), roleArn=role)
    execution = client.start_execution(stateMachineArn=machine["stateMachineArn"], input=open("input.json").read())
    while (result := client.describe_execution(executionArn=execution["executionArn"]))["status"] == "RUNNING":
        time.sleep(0.1)
    print(" ".join(json.loads(result["output"])))
PROBE

local=$(node probe.mjs)
moto=$(venv/bin/python probe.py)
echo "version:  aws-local-stepfunctions 3.0.0, States.StringSplit() of \"This.is+a,test=string\" with \".+,=\""
echo "expected: as documented and as from moto 5.2.1: $moto"
echo "observed: $local"
echo "source:   https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html, States.StringSplit: \"Split an input"
echo "          string using multiple delimiting characters\""
[ "$moto" = "This is a test string" ] && [ "$local" = "This.is+a,test=string" ]
