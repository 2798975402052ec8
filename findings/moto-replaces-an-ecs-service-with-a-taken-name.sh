#!/usr/bin/env bash
# Amazon ECS rejects CreateService with the name of an active service and other parameters ("Creation of service was not
# idempotent."). moto replaces the service without an error, so a Terraform replacement that creates before it destroys passes
# against moto and fails on AWS.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check moto==5.2.1 boto3==1.44.8

cat >probe.py <<'PROBE'
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

with mock_aws():
    ecs = boto3.client("ecs", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "like", "image": "like", "memory": 128}
    ecs.register_task_definition(family="like", containerDefinitions=[container])

    def create(controller, desired_count):
        ecs.create_service(
            cluster="shop",
            serviceName="like",
            taskDefinition="like",
            deploymentController={"type": controller},
            desiredCount=desired_count,
        )

    create("ECS", 2)
    try:
        create("CODE_DEPLOY", 1)
        outcome = "accepted"
    except ClientError as error:
        outcome = error.response["Error"]["Code"]
    services = ecs.describe_services(cluster="shop", services=["like"])["services"]
    print(outcome, *(f"{service['deploymentController']['type']} {service['desiredCount']}" for service in services))
PROBE

observed=$(venv/bin/python probe.py)
echo "version:  moto 5.2.1, CreateService (controller ECS, 2 tasks), then with the same name (controller CODE_DEPLOY, 1 task)"
echo "expected: InvalidParameterException ECS 2"
echo "observed: $observed"
echo "source:   https://github.com/hashicorp/terraform-provider-aws/issues/2283 (the error of AWS) and"
echo "          https://github.com/getmoto/moto, moto/ecs/models.py, create_service"
[ "$observed" = "accepted CODE_DEPLOY 1" ]
