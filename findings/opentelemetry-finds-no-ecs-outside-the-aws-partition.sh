#!/usr/bin/env bash
# The ECS detector of OpenTelemetry reads region and account from the task's ARN, and knows only the partition "aws". In GovCloud and
# China it finds nothing: traces and metrics of a task have no cluster, task, container, or log group, not even the platform, and
# no warning says so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @opentelemetry/api@1.9.1 @opentelemetry/resource-detector-aws@3.0.0 \
  @opentelemetry/resources@2.12.1

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { awsEcsDetector } = require("@opentelemetry/resource-detector-aws");
const { detectResources } = require("@opentelemetry/resources");

const [partition, region] = process.argv.slice(2);
const arn = `arn:${partition}:ecs:${region}:111122223333`;
/** Responses of the task metadata endpoint, version 4, shortened from its documentation. */
const RESPONSES = {
  "/v4/id": { Name: "like", ContainerARN: `${arn}:container/05966557-f16c-49cb-9352-24b3a0dcd0e1`, LogDriver: "awslogs",
    LogOptions: { "awslogs-group": "/like", "awslogs-region": region, "awslogs-stream": "like/like/cd189a93" } },
  "/v4/id/task": { Cluster: `${arn}:cluster/default`, TaskARN: `${arn}:task/default/cd189a933e5849daa93386466019ab50`,
    Family: "like", Revision: "2", LaunchType: "FARGATE", AvailabilityZone: `${region}a` },
};

(async () => {
  const server = createServer(({ url }, response) => response.end(JSON.stringify(RESPONSES[url])));
  await once(server.listen(0, "127.0.0.1"), "listening");
  process.env.ECS_CONTAINER_METADATA_URI_V4 = `http://127.0.0.1:${server.address().port}/v4/id`;
  const resource = detectResources({ detectors: [awsEcsDetector] });
  await resource.waitForAsyncAttributes();
  const found = ["cloud.platform", "cloud.region", "aws.log.group.arns"].map((name) => resource.attributes[name]);
  console.log(found.join(" ").trim() || "nothing");
  process.exit();
})();
PROBE

aws=$(node probe.cjs aws us-west-2)
gov=$(node probe.cjs aws-us-gov us-gov-west-1)
china=$(node probe.cjs aws-cn cn-north-1)
expected="aws_ecs us-gov-west-1 arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/like"
echo "version:  @opentelemetry/resource-detector-aws 3.0.0; platform, region, and log group of a task"
echo "expected: $expected, as in us-west-2: $aws"
echo "observed: in us-gov-west-1 $gov, in cn-north-1 $china"
echo "source:   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: a partition is a group of Regions, aws, aws-cn, or"
echo "          aws-us-gov; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-examples.html"
[ "$aws" = "aws_ecs us-west-2 arn:aws:logs:us-west-2:111122223333:log-group:/like" ] && [ "$gov" = nothing ] && [ "$china" = nothing ]
