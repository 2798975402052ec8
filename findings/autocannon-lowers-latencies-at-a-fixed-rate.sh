#!/usr/bin/env bash
# With a rate, autocannon adds a latency for every request that it should have sent while it waited. It takes Math.ceil(1 / rate) for
# their interval, which is 1 ms at any rate, so a latency of 100 ms adds 99 shorter ones: a server that always takes 100 ms gets a
# median of little more than half of that.
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

// Ten requests, two in a second: the next one is due long after the response.
const rate = 2;
const requests = 10;
const server = createServer(async (request, response) => {
  request.resume();
  await sleep(100);
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
    for (let request = 0; request < requests; request += 1) histogram.recordValueWithExpectedInterval(105, 1000 / rate);
    return { p50: histogram.getValueAtPercentile(50), totalCount: histogram.totalCount };
  },
}[process.argv[2]];
const { p50, totalCount } = await measure();
console.log(`${p50 < 85 ? "less than 85 ms" : "100 ms or more"} from ${totalCount > 500 ? "hundreds of" : totalCount} latencies`);
server.close();
server.closeAllConnections();
PROBE

corrected=$(node probe.mjs corrected)
uncorrected=$(node probe.mjs uncorrected)
interval=$(node probe.mjs interval)
echo "version:  autocannon 9.0.0, overallRate 2, the median of 10 requests to a server that takes 100 ms"
echo "expected: $interval, as from HdrHistogram with an interval of 500 ms (with ignoreCoordinatedOmission: $uncorrected)"
echo "observed: $corrected"
echo "source:   https://github.com/mcollina/autocannon, lib/run.js, recordValueWithExpectedInterval, and README.md, overallRate:"
echo "          \"latency data will be corrected to compensate for the effects of the coordinated omission issue\""
[ "$interval" = "100 ms or more from 10 latencies" ] && [ "$uncorrected" = "$interval" ] &&
  [ "$corrected" = "less than 85 ms from hundreds of latencies" ]
