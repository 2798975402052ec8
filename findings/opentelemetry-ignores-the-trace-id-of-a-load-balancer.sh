#!/usr/bin/env bash
# An Application Load Balancer adds X-Amzn-Trace-Id with Root only, because it has no segment of its own. OpenTelemetry's propagator
# for X-Ray takes a header without Parent as none: the service starts another trace, and the trace ID in the access log of
# the load balancer leads nowhere. X-Ray's own SDK continues the trace.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @opentelemetry/api@1.9.1 @opentelemetry/sdk-trace-base@2.12.1 \
  @opentelemetry/propagator-aws-xray@2.2.0 aws-xray-sdk-core@3.12.0

cat >probe.cjs <<'PROBE'
const { ROOT_CONTEXT, defaultTextMapGetter } = require("@opentelemetry/api");
const { AWSXRayPropagator } = require("@opentelemetry/propagator-aws-xray");
const { BasicTracerProvider } = require("@opentelemetry/sdk-trace-base");
const xray = require("aws-xray-sdk-core");

const [library, header] = process.argv.slice(2);
const traceId = {
  opentelemetry: () => {
    const context = new AWSXRayPropagator().extract(ROOT_CONTEXT, { "x-amzn-trace-id": header }, defaultTextMapGetter);
    return new BasicTracerProvider().getTracer("like").startSpan("GET /", {}, context).spanContext().traceId;
  },
  xray: () => {
    const { root, parent } = xray.utils.processTraceData(header);
    return new xray.Segment("like", root, parent).trace_id.replace(/^1-|-/g, "");
  },
}[library]();
console.log(traceId === "67891233abcdef012345678912345678" ? "same trace" : "another trace");
PROBE

root="Root=1-67891233-abcdef012345678912345678"
opentelemetry=$(node probe.cjs opentelemetry "$root")
with_parent=$(node probe.cjs opentelemetry "$root;Parent=53995c3f42cd8ad8;Sampled=1")
xray=$(node probe.cjs xray "$root")
echo "version:  @opentelemetry/propagator-aws-xray 2.2.0, the header \"$root\""
echo "expected: $xray, as from aws-xray-sdk-core 3.12.0, and as with Parent and Sampled: $with_parent"
echo "observed: $opentelemetry"
echo "source:   https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html;"
echo "          https://github.com/open-telemetry/opentelemetry-java-contrib/issues/2407 and opentelemetry-go-contrib/issues/8024"
echo "          report the same; in .NET, opentelemetry-dotnet-contrib/pull/4403"
[ "$xray" = "same trace" ] && [ "$with_parent" = "same trace" ] && [ "$opentelemetry" = "another trace" ]
