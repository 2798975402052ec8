import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudfrontResponseHeadersPolicy } from "#aws/cloudfront-response-headers-policy";
import { App, LocalBackend, TerraformStack } from "#cdktf";
import type { Alarm } from "../../../model/monitoring/alarm.ts";
import { Alarms } from "../../../modules/alarms.ts";
import { awsProvider, edgeProvider } from "../../../modules/aws-provider.ts";
import { setEnvironment } from "../../../modules/environment.ts";
import { Site } from "../../../modules/site.ts";
import { SiteDomain } from "../../../modules/site-domain.ts";
import { SiteFirewall } from "../../../modules/site-firewall.ts";
import { loadSettings } from "../../../settings/load.ts";
import type { Settings } from "../../../settings/schema.ts";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { OWN_DOMAIN, overridesOf } from "../applied-settings.ts";
import { createZone } from "./hosted-zone.ts";
import { terraformIn } from "./terraform.ts";

// Terraform destroys a removed resource before it updates those that used it, which AWS rejects for many kinds.

const test = testNeeding(terraformProblem, motoProblem);

test("optional parts of the platform and the monitoring are switched off while others use them", async (t) => {
  t.timeout(20 * 60 * 1000, "two applies and two plans");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const hostedZoneId = await createZone(emulator, "example.com");
  const outdir = mkdtempSync(join(tmpdir(), "switched-off-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const run = terraformIn(t, emulator, join(outdir, "stacks", "switched"));

  synthesize(outdir, emulator, { hostedZoneId });
  const initialized = await run("init");
  t.is(initialized.exitCode, 0, initialized.output);
  for (const zone of [hostedZoneId, undefined]) {
    synthesize(outdir, emulator, { hostedZoneId: zone });
    const applied = await run("apply", "-auto-approve");
    t.is(applied.exitCode, 0, applied.output);
    const planned = await run("plan", "-detailed-exitcode");
    t.is(planned.exitCode, 0, planned.output);
  }
});

/**
 * Writes a stack with the parts that settings switch: the domain with its redirect, the firewall, the site's own headers, and a
 * paging alarm.
 *
 * @param hostedZoneId zone of the domain; everything is off without it
 */
function synthesize(outdir: string, { endpoint }: Emulator, { hostedZoneId }: { hostedZoneId: string | undefined }) {
  const settings = loadSettings({
    environment: "emulator",
    overrides: [`emulator=${endpoint}`, ...overridesOf(OWN_DOMAIN)],
  });
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "switched");
  setEnvironment(stack, settings);
  awsProvider(stack, settings);
  new LocalBackend(stack, { path: "switched.tfstate" });
  const name = "mysfits-emulator";
  new CloudfrontResponseHeadersPolicy(stack, "base-headers", {
    name: "mysfits-base-site",
    securityHeadersConfig: { contentTypeOptions: { override: true } },
  });
  new Site(stack, "site", {
    name,
    folder: join(import.meta.dirname, "../../../web"),
    loadBalancer: { hostName: "origin.example.com", port: 443 },
    apiPaths: ["/mysfits"],
    priceClass: settings.cloudFrontPriceClass,
    forceDestroy: true,
    headersOf: hostedZoneId === undefined ? "base" : undefined,
    ...edge(stack, settings, hostedZoneId),
  });
  new Alarms(stack, "alarms", {
    alarms: [alarm("like-errors"), ...(hostedZoneId === undefined ? [] : [alarm("like-tasks")])],
    topicArn: "arn:aws:sns:us-east-1:123456789012:alarms",
  });
  app.synth();
}

function edge(stack: TerraformStack, settings: Settings, hostedZoneId: string | undefined) {
  const { site, waf } = settings;
  const edge = edgeProvider(stack, settings);
  if (hostedZoneId === undefined || site === undefined || waf === "off") {
    return { domain: undefined, webAclArn: undefined };
  }
  const name = "mysfits-emulator";
  return {
    domain: new SiteDomain(stack, "site-domain", { name, site: { ...site, hostedZoneId }, edge, checkZone: true }),
    webAclArn: new SiteFirewall(stack, "site-firewall", { name, mode: waf, edge }).webAclArn,
  };
}

function alarm(name: string): Alarm {
  return {
    name,
    title: name,
    value: {
      kind: "metric",
      namespace: "AWS/ECS",
      name: "CPUUtilization",
      dimensions: {},
      statistic: "Average",
      period: 60,
    },
    comparison: ">",
    threshold: 0,
    periods: 1,
    datapoints: 1,
    missing: "notBreaching",
    meaning: "A test.",
    firstStep: "nothing.",
    severity: "page",
  };
}
