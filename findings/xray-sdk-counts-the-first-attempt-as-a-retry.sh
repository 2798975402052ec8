#!/usr/bin/env bash
# With version 3 of the AWS SDK, the X-Ray SDK records the number of attempts as the number of retries: in a trace, a call that
# succeeds at once has one retry, as if every call had been throttled once. With version 2, it recorded none.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NODE_NO_WARNINGS=1 # The SDK warns about Node.js versions that it will not support.
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-xray-sdk-core@3.12.0 @aws-sdk/client-dynamodb@3.1164.0 aws-sdk@2.1693.0

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
const { DynamoDB } = require("aws-sdk");
const xray = require("aws-xray-sdk-core");

const [version, failures] = process.argv.slice(2);
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume();
  response.writeHead(requests > failures ? 200 : 500, { "content-type": "application/x-amz-json-1.0" });
  response.end(requests > failures ? '{"TableNames":[]}' : '{"__type":"InternalServerError"}');
});

(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  xray.enableManualMode();
  const segment = new xray.Segment("like");
  const settings = {
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  };
  const listTables = {
    2: () => xray.captureAWSClient(new DynamoDB(settings)).listTables({ XRaySegment: segment }).promise(),
    3: () => xray.captureAWSv3Client(new DynamoDBClient(settings), segment).send(new ListTablesCommand({})),
  };
  await listTables[version]();
  const [{ aws }] = JSON.parse(segment.format()).subsegments;
  console.log(`${requests === 1 ? "1 request" : `${requests} requests`}, ${aws.retries} retries`);
  process.exit();
})();
PROBE

older="$(node probe.cjs 2 0); $(node probe.cjs 2 1)"
newer="$(node probe.cjs 3 0); $(node probe.cjs 3 1)"
echo "version:  aws-xray-sdk-core 3.12.0, @aws-sdk/client-dynamodb 3.1164.0, a call without failures and one that fails once"
echo "expected: as with aws-sdk 2.1693.0: $older"
echo "observed: $newer"
echo "source:   https://github.com/aws/aws-xray-sdk-node, packages/core/lib/patchers/aws3_p.ts (retryCount: attempts), and"
echo "          https://github.com/smithy-lang/smithy-typescript, ResponseMetadata.attempts in @smithy/types"
[ "$older" = "1 request, 0 retries; 2 requests, 1 retries" ] && [ "$newer" = "1 request, 1 retries; 2 requests, 2 retries" ]
