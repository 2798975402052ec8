import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import test from "ava";
import dynalite from "dynalite";
import { LOCAL_CREDENTIALS, openTable } from "../../../../laptop/system/table/table.ts";
import { parseTableMetrics, TableMeter, type TableMetrics } from "../../../../laptop/system/table/table-meter.ts";
import { Metrics } from "../../../../laptop/telemetry/metrics/metrics.ts";
import { recordTableMetrics } from "../../../../laptop/telemetry/metrics/table-metrics.ts";
import type { Metric } from "../../../../model/monitoring/metric.ts";
import { monitorTable } from "../../../../model/monitoring/table.ts";
import { MYSFITS, MYSFITS_TABLE } from "../../../../model/mysfits.ts";

/** A full hour, in seconds since 1970. */
const NOON = 1_767_268_800;

const { metrics: formulas } = monitorTable("mysfits");

function record(line: string, metrics: Metrics): void {
  recordTableMetrics(parseTableMetrics(line) as TableMetrics, metrics, NOON * 1000);
}

function latest(metrics: Metrics, metric: Metric | undefined): number | undefined {
  return metric && metrics.values(metric, NOON, NOON + 60).at(-1)?.value;
}

test("requests to the embedded DynamoDB appear under CloudWatch's metric names", async (t) => {
  const server = dynalite({ createTableMs: 0 });
  const meter = new TableMeter(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await openTable({ name: "mysfits", endpoint, region: "us-west-2" });
  const client = new DynamoDBClient({ endpoint, region: "us-west-2", credentials: LOCAL_CREDENTIALS });
  const Key = { [MYSFITS_TABLE.key]: { S: MYSFITS[0]?.id ?? "" } };
  await client.send(new GetItemCommand({ TableName: "mysfits", Key }));
  await client.send(new GetItemCommand({ TableName: "mysfits", Key }));
  await t.throwsAsync(client.send(new GetItemCommand({ TableName: "nowhere", Key })));
  await fetch(endpoint);

  const metrics = new Metrics();
  record(meter.line("mysfits"), metrics);
  const [gets] = formulas.latency;
  t.is(gets?.dimensions.Operation, "GetItem");
  t.is(latest(metrics, gets && { ...gets, statistic: "SampleCount" }), 2, "only successful requests");
  const milliseconds = latest(metrics, gets) ?? t.fail();
  t.true(milliseconds > 0 && milliseconds < 10_000, String(milliseconds));
  t.deepEqual(
    formulas.errors.of.map((metric) => latest(metrics, metric)),
    [0, 0, 0, 0],
  );
  t.deepEqual(
    formulas.throttles.of.map((metric) => latest(metrics, metric)),
    [0, 0, 0, 0],
  );

  await client.send(new ListTablesCommand());
  record(meter.line("mysfits"), metrics);
  t.is(latest(metrics, gets && { ...gets, statistic: "SampleCount" }), 2, "no request is reported twice");
  client.destroy();
  server.close();
});

test("5xx responses of the database count as system errors", async (t) => {
  const server = createServer((_, response) => response.writeHead(500).end());
  const meter = new TableMeter(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  for (const operation of ["UpdateItem", "UpdateItem", "Query"]) {
    const headers = { "x-amz-target": `DynamoDB_20120810.${operation}` };
    await (await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers })).body?.cancel();
  }
  const metrics = new Metrics();
  record(meter.line("mysfits"), metrics);
  t.deepEqual(
    formulas.errors.of.map((metric) => latest(metrics, metric)),
    [0, 1, 0, 2],
  );
  server.close();
});

test("a log line is not a line of figures", (t) => {
  t.is(parseTableMetrics('{"name":"monolith","level":30,"msg":"{\\"table\\":"}'), undefined);
});
