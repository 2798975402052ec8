#!/usr/bin/env bash
# X-Ray sends ReservoirQuotaTTL and LastRuleModification in epoch seconds; its SDK for Node.js passes them to Date, which takes
# milliseconds. Every quota has expired on arrival, so a service samples one borrowed request a second instead of its quota, and
# a changed rule takes effect at the next five-minute poll instead of within ten seconds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-xray-sdk-core@3.12.0

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { setTimeout: sleep } = require("node:timers/promises");

// 1: timestamps in seconds as X-Ray sends them. 1000: in milliseconds, for comparison.
const unit = Number(process.argv[2]);
const rule = { RuleName: "Default", Priority: 10000, FixedRate: 0, ReservoirSize: 100, Version: 1, ResourceARN: "*", Attributes: {} };
for (const pattern of ["Host", "HTTPMethod", "URLPath", "ServiceName", "ServiceType"]) rule[pattern] = "*";
let ruleFetches = 0;
const answers = {
  "/GetSamplingRules": () => {
    ruleFetches += 1;
    return { SamplingRuleRecords: [{ SamplingRule: rule, CreatedAt: 0, ModifiedAt: 0 }] };
  },
  "/SamplingTargets": (now) => ({
    SamplingTargetDocuments: [{ RuleName: "Default", FixedRate: 0, ReservoirQuota: 10, ReservoirQuotaTTL: (now + 60) * unit, Interval: 10 }],
    LastRuleModification: now * unit,
    UnprocessedStatistics: [],
  }),
};
const daemon = createServer((request, response) => {
  request.resume();
  response.end(JSON.stringify(answers[request.url](Math.floor(Date.now() / 1000))));
  response.once("close", () => daemon.emit(request.url));
});

(async () => {
  await once(daemon.listen(0, "127.0.0.1"), "listening");
  delete process.env.AWS_XRAY_DAEMON_ADDRESS;
  const xray = require("aws-xray-sdk-core");
  xray.setDaemonAddress(`127.0.0.1:${daemon.address().port}`);
  const isSampled = () => xray.middleware.sampler.shouldSample({ host: "example.com", httpMethod: "GET", urlPath: "/", serviceName: "like" });

  isSampled();
  await once(daemon, "/GetSamplingRules");
  await sleep(500);
  isSampled();
  await once(daemon, "/SamplingTargets");
  await sleep(500);
  // The reservoir counts per clock second: all requests are sent early in the next one.
  await sleep(1050 - (Date.now() % 1000));
  const sampled = Array.from({ length: 100 }, isSampled).filter(Boolean).length;
  console.log(`${sampled} of 100 requests sampled, rules fetched ${ruleFetches === 1 ? "once" : "again"}`);
  process.exit();
})();
PROBE

seconds=$(node probe.cjs 1)
milliseconds=$(node probe.cjs 1000)
echo "version:  aws-xray-sdk-core 3.12.0, a quota of 10 requests a second for the next minute and a rule that has just changed"
echo "expected: 10 of 100 requests sampled, rules fetched again"
echo "observed: $seconds (if X-Ray sent milliseconds: $milliseconds)"
echo "source:   https://docs.aws.amazon.com/xray/latest/api/API_GetSamplingTargets.html (\"in Unix time seconds\") and"
echo "          https://github.com/aws/aws-xray-sdk-node, dateToEpoch in lib/middleware/sampling/service_connector.js of the core package"
[ "$seconds" = "1 of 100 requests sampled, rules fetched once" ] &&
  [ "$milliseconds" = "10 of 100 requests sampled, rules fetched again" ]
