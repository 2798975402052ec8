#!/usr/bin/env bash
# OpenTelemetry's sampler for X-Ray fetches the sampling rules again and again, but compares their conditions on attributes only one
# way: a rule that got its first condition, or one more, passes for the rule that the sampler has. Until the process restarts, it
# records every request at the rate that is meant for a few of them. Any other change of the rule takes effect.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @opentelemetry/api@1.9.1 @opentelemetry/sampler-aws-xray@0.3.0 \
  @opentelemetry/resources@2.12.1 @opentelemetry/sdk-trace-base@2.12.1

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const { createServer } = require("node:http");
const { setTimeout: sleep } = require("node:timers/promises");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { AWSXRayRemoteSampler } = require("@opentelemetry/sampler-aws-xray");
const { BasicTracerProvider } = require("@opentelemetry/sdk-trace-base");

const any = { Host: "*", HTTPMethod: "*", ResourceARN: "*", ServiceName: "*", ServiceType: "*", URLPath: "*", Version: 1 };
const fallback = { ...any, RuleName: "Default", Priority: 10000, FixedRate: 0, ReservoirSize: 0, Attributes: {} };
let rule = { ...any, RuleName: "likes", Priority: 1, FixedRate: 1, ReservoirSize: 0, Attributes: {} };

/** The part of an X-Ray daemon that samplers ask. */
const daemon = createServer((request, response) => {
  const answer =
    request.url === "/GetSamplingRules"
      ? { SamplingRuleRecords: [rule, fallback].map((SamplingRule) => ({ SamplingRule })) }
      : { SamplingTargetDocuments: [], LastRuleModification: Date.now() / 1000 };
  response.end(JSON.stringify(answer), () => daemon.emit(request.url));
});

(async () => {
  await once(daemon.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${daemon.address().port}`;
  const start = async () => {
    const resource = resourceFromAttributes({ "service.name": "like" });
    const sampler = new AWSXRayRemoteSampler({ resource, endpoint, pollingInterval: 10 });
    const tracer = new BasicTracerProvider({ resource, sampler }).getTracer("like");
    await once(daemon, "/GetSamplingRules");
    await sleep(500);
    return () => (tracer.startSpan("like", { attributes: { tier: "basic" } }).isRecording() ? "recorded" : "not recorded");
  };
  const running = await start();
  const before = running();
  rule = { ...rule, ...JSON.parse(process.argv[2]) };
  await once(daemon, "/GetSamplingRules"); // after ten seconds
  await sleep(500);
  console.log(`${before}, then ${running()}; by a new process ${(await start())()}`);
  process.exit();
})();
PROBE

condition=$(node probe.cjs '{ "Attributes": { "tier": "gold" } }')
rate=$(node probe.cjs '{ "FixedRate": 0 }')
echo "version:  @opentelemetry/sampler-aws-xray 0.3.0, a request of the tier \"basic\", before and after a rule for all requests becomes"
echo "          one for the tier \"gold\""
echo "expected: as after a change of the rule's rate: $rate"
echo "observed: $condition"
echo "source:   https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html: \"You can also modify sampling"
echo "          behavior without modifying or redeploying your code\"; SamplingRule.equals asks an object for its length"
[ "$rate" = "recorded, then not recorded; by a new process not recorded" ]
[ "$condition" = "recorded, then recorded; by a new process not recorded" ]
