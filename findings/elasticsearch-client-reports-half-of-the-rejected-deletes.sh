#!/usr/bin/env bash
# The bulk helper of the Elasticsearch client reports documents that are still rejected with 429 after its retries. It takes two lines
# for every operation, but a delete has one, so it reports every second delete: onDrop() is not called for the others, and they are
# missing from all totals. The client of OpenSearch, a fork, reports all of them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @elastic/elasticsearch@9.4.3 @opensearch-project/opensearch@3.9.0

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

// Rejects every delete, as a cluster whose write queue is full.
const error = { type: "es_rejected_execution_exception", reason: "rejected execution" };
const server = createServer(async (request, response) => {
  const operations = (await text(request)).trim().split("\n");
  const items = operations.map((line) => ({ delete: { ...JSON.parse(line).delete, status: 429, error } }));
  response.writeHead(200, { "content-type": "application/json", "x-elastic-product": "Elasticsearch" });
  response.end(JSON.stringify({ took: 1, errors: true, items }));
});
await once(server.listen(0, "127.0.0.1"), "listening");
const { Client } = await import(process.argv[2]);
const client = new Client({ node: `http://127.0.0.1:${server.address().port}` });
const dropped = [];
const { total, successful, failed } = await client.helpers.bulk({
  datasource: [{ id: "1" }, { id: "2" }, { id: "3" }, { id: "4" }],
  onDocument: ({ id }) => ({ delete: { _index: "likes", _id: id } }),
  onDrop: ({ operation }) => dropped.push(operation.delete._id),
  retries: 1,
  wait: 10,
});
console.log(`${total} operations, ${successful} successful, ${failed} failed: ${dropped.join(", ")}`);
process.exit();
PROBE

elasticsearch=$(node probe.mjs @elastic/elasticsearch)
opensearch=$(node probe.mjs @opensearch-project/opensearch)
echo "version:  @elastic/elasticsearch 9.4.3, a bulk of four deletes, all of them rejected with 429"
echo "expected: as from @opensearch-project/opensearch 3.9.0: $opensearch"
echo "observed: $elasticsearch"
echo "source:   https://github.com/elastic/elasticsearch-js, src/helpers.ts, retryDocuments (i = i + 2; issue 1751 fixed it elsewhere)"
echo "          and https://www.elastic.co/docs/reference/elasticsearch/clients/javascript/client-helpers, onDrop"
[ "$opensearch" = "4 operations, 0 successful, 4 failed: 1, 2, 3, 4" ] &&
  [ "$elasticsearch" = "2 operations, 0 successful, 2 failed: 1, 3" ]
