#!/usr/bin/env bash
# Apdex rates how satisfied users are: a request that fails frustrates them, however fast it fails. The Apdex score of Artillery looks at
# the response time only. A service that answers each request with 503 at once gets the score 1, "excellent", so a load test that checks
# the score passes while the service is down. A check of the score needs one of the error rate next to it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent --ignore-scripts artillery@2.0.34

cat >probe.mjs <<'PROBE'
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const [status, latency] = process.argv.slice(2).map(Number);
const server = createServer(async (request, response) => {
  await sleep(latency);
  response.writeHead(status).end("{}");
});
await once(server.listen(0, "127.0.0.1"), "listening");
const plan = {
  config: {
    target: `http://127.0.0.1:${server.address().port}`,
    phases: [{ duration: 1, arrivalCount: 10 }],
    plugins: { apdex: { threshold: 500 } },
  },
  scenarios: [{ flow: [{ get: { url: "/likes" } }] }],
};
writeFileSync("plan.json", JSON.stringify(plan));
const env = { ...process.env, ARTILLERY_DISABLE_TELEMETRY: "true" };
const output = await text(spawn("npx", ["artillery", "run", "plan.json"], { env }).stdout);
server.close();
server.closeAllConnections();

const [, summary] = output.split("Summary report");
const [, responses] = summary.match(new RegExp(`http\\.codes\\.${status}: \\.* (\\d+)`));
const [, score] = summary.match(/Apdex score: (.*)/);
console.log(`${score} for ${responses} responses with ${status}`);
PROBE

fast=$(node probe.mjs 200 0)
slow=$(node probe.mjs 200 2500)
failed=$(node probe.mjs 503 0)
echo "version:  artillery 2.0.34, the score of the plugin apdex with a threshold of 500 ms for requests that fail"
echo "expected: as for requests that take 2.5 s: $slow"
echo "observed: as for requests that succeed at once, $fast: $failed"
echo "source:   https://prometheus.io/docs/practices/histograms/#apdex-score: a calculation that \"includes errors in the satisfied and"
echo "          tolerable parts\" does not \"match the traditional Apdex score\"; https://www.artillery.io/docs/reference/extensions/apdex:"
echo "          \"Apdex is an open standard for turning response time measurements into simple scores that reflect user satisfaction\""
[ "$fast" = "1 (excellent) for 10 responses with 200" ] && [ "$slow" = "0 (unacceptable) for 10 responses with 200" ] &&
  [ "$failed" = "1 (excellent) for 10 responses with 503" ]
