#!/usr/bin/env bash
# DynamoDB may answer a BatchGetItem in part and list the rest as UnprocessedKeys, for example when it throttles or above 16 MB.
# dynamodb-onetable looks for UnprocessedItems there, the name in BatchWriteItem, so it asks once, and the other items are missing as
# if they did not exist. Its batchWrite() sends unprocessed items again.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent dynamodb-onetable@2.7.7 @aws-sdk/client-dynamodb@3.1169.0

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { json } = require("node:stream/consumers");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { Table } = require("dynamodb-onetable");

// Processes one key or item of each request, as a table that is throttled.
let processed = 0;
const answers = {
  BatchGetItem: ({ Keys: [key, ...rest] }) => ({
    Responses: { likes: [{ ...key, _type: { S: "Like" }, id: { S: key.pk.S } }] },
    UnprocessedKeys: rest.length ? { likes: { Keys: rest } } : {},
  }),
  BatchWriteItem: ([, ...rest]) => ({ UnprocessedItems: rest.length ? { likes: rest } : {} }),
};
const server = createServer(async (request, response) => {
  const [, operation] = request.headers["x-amz-target"].split(".");
  const { RequestItems } = await json(request);
  processed += 1;
  response.end(JSON.stringify(answers[operation](RequestItems.likes)));
});

(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${server.address().port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "probe", secretAccessKey: "probe" },
  });
  const schema = {
    version: "1.0.0",
    indexes: { primary: { hash: "pk" } },
    models: { Like: { pk: { type: String, value: "${id}" }, id: { type: String, required: true } } },
  };
  const table = new Table({ client, name: "likes", partial: false, schema });
  const likes = table.getModel("Like");
  const [method] = process.argv.slice(2);
  const batch = {};
  for (const id of ["1", "2", "3"]) await (method === "batchGet" ? likes.get({ id }, { batch }) : likes.create({ id }, { batch }));
  const result = await table[method](batch, { parse: true });
  console.log(method === "batchGet" ? result.map(({ id }) => id).join(", ") : `${processed} processed`);
  process.exit();
})();
PROBE

reads=$(node probe.cjs batchGet)
writes=$(node probe.cjs batchWrite)
echo "version:  dynamodb-onetable 2.7.7, a batch of the keys 1, 2, and 3, of which DynamoDB processes one per request"
echo "expected: 1, 2, 3, as a batch of three writes: $writes"
echo "observed: $reads"
echo "source:   https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html, UnprocessedKeys, and"
echo "          https://github.com/sensedeep/dynamodb-onetable/issues/311, closed as fixed; batchGet in dist/cjs/Table.js of the package"
[ "$writes" = "3 processed" ] && [ "$reads" = "1" ]
