#!/usr/bin/env bash
# pino offers ISO 8601 and epoch seconds for the time of a log record. pino-opentelemetry-transport passes the time on as it is, and
# OpenTelemetry's SDK takes neither for that: with isoTime, the collector receives no record, and no error appears; with unixTime, it
# receives records that are dated weeks ahead.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent pino@10.4.0 pino-opentelemetry-transport@4.0.2

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { json } = require("node:stream/consumers");
const { setTimeout } = require("node:timers/promises");
const pino = require("pino");

const start = Date.now();
const received = [];
const collector = createServer(async (request, response) => {
  const { resourceLogs } = await json(request);
  received.push(...resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)));
  response.setHeader("Content-Type", "application/json").end("{}");
});

(async () => {
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  const exporterOptions = { protocol: "http", httpExporterOptions: { url: `http://127.0.0.1:${collector.address().port}/v1/logs` } };
  const logRecordProcessorOptions = { recordProcessorType: "simple", exporterOptions };
  const transport = pino.transport({ target: "pino-opentelemetry-transport", options: { logRecordProcessorOptions } });
  const log = pino({ timestamp: pino.stdTimeFunctions[process.argv[2]] }, transport);
  log.info("table is full");
  for (let wait = 0; wait < 50 && received.length === 0; wait++) {
    await setTimeout(100);
  }
  const days = received.map(({ timeUnixNano }) => (Number(timeUnixNano) / 1e6 - start) / 86_400_000);
  console.log(`${received.length} of 1${days.some((day) => day > 7) ? ", dated weeks ahead" : ""}`);
  process.exit();
})();
PROBE

epoch=$(node probe.cjs epochTime)
iso=$(node probe.cjs isoTime)
unix=$(node probe.cjs unixTime)
echo "version:  pino-opentelemetry-transport 4.0.2 with pino 10.4.0, records that a collector receives with isoTime and with unixTime"
echo "expected: as with epochTime, the default: $epoch"
echo "observed: $iso; $unix"
echo "source:   docs/api.md of pino, pino.stdTimeFunctions: \"isoTime: ISO 8601-formatted time in UTC\", \"unixTime: Seconds since Unix"
echo "          epoch\"; the README.md of the transport names no exception"
[ "$epoch" = "1 of 1" ] && [ "$iso" = "0 of 1" ] && [ "$unix" = "1 of 1, dated weeks ahead" ]
