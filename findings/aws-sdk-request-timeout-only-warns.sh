#!/usr/bin/env bash
# The AWS SDK for JavaScript goes on waiting after requestTimeout on Node.js: it logs a warning, and the call succeeds as late as the
# service answers. Only throwOnRequestTimeout makes it a timeout. The option of the same name ends the request in the SDK's fetch
# handler.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NODE_NO_WARNINGS=1 # The SDK warns about Node.js versions that it will not support.
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @aws-sdk/client-dynamodb@3.1164.0 @smithy/node-http-handler@4.14.2 @smithy/fetch-http-handler@5.8.1

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const server = createServer((request, response) => {
  request.resume();
  const answer = () => response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"TableNames":["likes"]}');
  setTimeout(answer, 2000);
});
await once(server.listen(0, "127.0.0.1"), "listening");
const warnings = [];
const logger = { ...console, warn: (text) => warnings.push(text) };
const client = new DynamoDBClient({
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  maxAttempts: 1,
  requestHandler: {
    node: () => new NodeHttpHandler({ requestTimeout: 200, logger }),
    throwing: () => new NodeHttpHandler({ requestTimeout: 200, throwOnRequestTimeout: true, logger }),
    fetch: () => new FetchHttpHandler({ requestTimeout: 200 }),
  }[process.argv[2]](),
});
await client.send(new ListTablesCommand({})).then(
  ({ TableNames }) => console.log(`${TableNames} and ${warnings.length} warning`),
  (error) => console.log(error.name),
);
server.close();
server.closeAllConnections();
PROBE

node=$(node probe.mjs node)
throwing=$(node probe.mjs throwing)
fetch=$(node probe.mjs fetch)
echo "version:  @smithy/node-http-handler 4.14.2, a requestTimeout of 200 ms and an answer after 2 s"
echo "expected: TimeoutError, as from @smithy/fetch-http-handler 5.8.1: $fetch"
echo "observed: $node; with throwOnRequestTimeout: $throwing"
echo "source:   https://github.com/smithy-lang/smithy-typescript, packages/node-http-handler/src/set-request-timeout.ts and"
echo "          NodeHttpHandlerOptions in @smithy/types (\"users must also opt-in for request timeout thrown errors\")"
[ "$fetch" = TimeoutError ] && [ "$throwing" = TimeoutError ] && [ "$node" = "likes and 1 warning" ]
