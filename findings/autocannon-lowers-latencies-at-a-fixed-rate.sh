#!/usr/bin/env bash
# With a rate, autocannon adds a latency for every request that it should have sent while it waited. It uses Math.ceil(1 /
# rate) as their interval, which is 1 ms at any rate, so a latency of 500 ms adds 499 shorter ones: a server that always
# takes 500 ms gets a median of little more than half of that.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent autocannon@9.0.0 hdr-histogram-js@3.0.1

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import hdr from "hdr-histogram-js";

// Five requests, one in a second: the next one is due long after the response.
const rate = 1;
const requests = 5;
const server = createServer(async (request, response) => {
  request.resume();
  await sleep(500);
  response.end("{}");
});
await once(server.listen(0, "127.0.0.1"), "listening");
const url = `http://127.0.0.1:${server.address().port}`;
const load = (options) => autocannon({ url, connections: 1, amount: requests, overallRate: rate, ...options });
const measure = {
  corrected: async () => (await load({})).latency,
  uncorrected: async () => (await load({ ignoreCoordinatedOmission: true })).latency,
  interval: () => {
    const histogram = hdr.build();
    for (let request = 0; request < requests; request += 1) histogram.recordValueWithExpectedInterval(505, 1000 / rate);
    return { p50: histogram.getValueAtPercentile(50), totalCount: histogram.totalCount };
  },
}[process.argv[2]];
const { p50, totalCount } = await measure();
console.log(`${p50 < 400 ? "less than 400 ms" : "500 ms or more"} from ${totalCount > 1000 ? "thousands of" : totalCount} latencies`);
server.close();
server.closeAllConnections();
PROBE

corrected=$(node probe.mjs corrected)
uncorrected=$(node probe.mjs uncorrected)
interval=$(node probe.mjs interval)
echo "version:  autocannon 9.0.0, overallRate 1, the median of 5 requests to a server that takes 500 ms"
echo "expected: $interval, as from HdrHistogram with an interval of 1 s (with ignoreCoordinatedOmission: $uncorrected)"
echo "observed: $corrected"
echo "source:   https://github.com/mcollina/autocannon, lib/run.js, recordValueWithExpectedInterval, and README.md, overallRate:"
echo "          \"latency data will be corrected to compensate for the effects of the coordinated omission issue\""
[ "$interval" = "500 ms or more from 5 latencies" ] && [ "$uncorrected" = "$interval" ] &&
  [ "$corrected" = "less than 400 ms from thousands of latencies" ]
