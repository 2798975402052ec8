#!/usr/bin/env bash
# ElectroDB writes the sort key of an index from attributes, and again when one of them changes. After add({ likes: 1 }), the key says 1
# and not the sum: the item with the most likes becomes the last one of an index by likes, and each further like leaves it there. After
# set({ likes: 42 }), the index is right.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent electrodb@3.9.3 dynalite@4.0.0 @aws-sdk/client-dynamodb@3.1169.0

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { CreateTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const dynalite = require("dynalite");
const { Entity } = require("electrodb");

const keys = (pk, sk) => [
  { AttributeName: pk, KeyType: "HASH" },
  { AttributeName: sk, KeyType: "RANGE" },
];
const definition = {
  TableName: "shop",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
  KeySchema: keys("pk", "sk"),
  GlobalSecondaryIndexes: [{ IndexName: "gsi1", KeySchema: keys("gsi1pk", "gsi1sk"), Projection: { ProjectionType: "ALL" } }],
};
const model = {
  model: { entity: "mysfit", service: "shop", version: "1" },
  attributes: {
    id: { type: "string" },
    island: { type: "string" },
    likes: { type: "number", padding: { length: 6, char: "0" } },
  },
  indexes: {
    mysfit: { pk: { field: "pk", composite: ["id"] }, sk: { field: "sk", composite: [] } },
    popular: { index: "gsi1", pk: { field: "gsi1pk", composite: ["island"] }, sk: { field: "gsi1sk", composite: ["likes"] } },
  },
};

(async () => {
  const server = dynalite({ createTableMs: 0 }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${server.address().port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "probe", secretAccessKey: "probe" },
  });
  await client.send(new CreateTableCommand(definition));
  const mysfits = new Entity(model, { client, table: "shop" });
  await mysfits.create({ id: "evangeline", island: "one", likes: 41 }).go();
  await mysfits.create({ id: "leon", island: "one", likes: 7 }).go();
  const update = mysfits.update({ id: "evangeline" });
  await { add: () => update.add({ likes: 1 }), set: () => update.set({ likes: 42 }) }[process.argv[2]]().go();
  const { data } = await mysfits.query.popular({ island: "one" }).go({ order: "desc" });
  console.log(data.map(({ id, likes }) => `${id} ${likes}`).join(", "));
  process.exit();
})();
PROBE

add=$(node probe.cjs add)
set=$(node probe.cjs set)
echo "version:  electrodb 3.9.3 with dynalite 4.0.0, an index by likes, read from the most likes, after one more than 41"
echo "expected: as if 42 is set: $set"
echo "observed: $add"
echo "source:   https://github.com/tywalch/electrodb/issues/406, a maintainer: \"one of ElectroDB's most important responsibilities is"
echo "          keeping indexes accurate\"; https://electrodb.dev/en/mutations/update/, Add, which names no exception"
[ "$set" = "evangeline 42, leon 7" ] && [ "$add" = "leon 7, evangeline 42" ]
