#!/usr/bin/env bash
# A trust policy may name several services in one list, and IAM treats them alike. moto's CodePipeline compares the whole list
# with its own name, so that it rejects the role of a pipeline which another service may assume, too. Another statement, for an
# account instead of a service, ends in an internal error (KeyError).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check moto==5.2.1 boto3==1.44.8

cat >probe.py <<'PROBE'
import json

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
PIPELINE = "codepipeline.amazonaws.com"
ACCOUNT = {"AWS": "123456789012"}


def action(name, category, provider, **artifacts):
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actions": [{"name": name, "actionTypeId": kind, **artifacts}]}


def outcome(*principals):
    with mock_aws():
        statements = [{"Effect": "Allow", "Principal": one, "Action": "sts:AssumeRole"} for one in principals]
        trust = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam = boto3.client("iam", "us-east-1", **KEYS)
        role = iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        stages = [
            action("source", "Source", "CodeCommit", outputArtifacts=[{"name": "code"}]),
            action("build", "Build", "CodeBuild", inputArtifacts=[{"name": "code"}]),
        ]
        store = {"type": "S3", "location": "artifacts"}
        pipeline = {"name": "delivery", "roleArn": role, "artifactStore": store, "stages": stages}
        try:
            boto3.client("codepipeline", "us-east-1", **KEYS).create_pipeline(pipeline=pipeline)
            return "accepted"
        except (ClientError, KeyError) as error:
            return type(error).__name__


print(
    outcome({"Service": PIPELINE}),
    outcome({"Service": [PIPELINE, "events.amazonaws.com"]}),
    outcome({"Service": PIPELINE}, ACCOUNT),
)
PROBE

observed=$(venv/bin/python probe.py)
echo "version:  moto 5.2.1, CreatePipeline with a role for CodePipeline; for it and EventBridge; for it and an account"
echo "expected: accepted accepted accepted"
echo "observed: $observed"
echo "source:   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html (several services)"
echo "          and https://github.com/getmoto/moto, moto/codepipeline/models.py, create_pipeline"
[ "$observed" = "accepted InvalidStructureException KeyError" ]
