import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "#cdktf";
import { awsProvider, edgeProvider } from "../../../modules/aws-provider.ts";
import { setEnvironment } from "../../../modules/environment.ts";
import { Site } from "../../../modules/site.ts";
import { SiteDomain } from "../../../modules/site-domain.ts";
import { SiteFirewall } from "../../../modules/site-firewall.ts";
import { loadSettings } from "../../../settings/load.ts";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { OWN_DOMAIN, overridesOf } from "../applied-settings.ts";
import { createZone } from "./hosted-zone.ts";
import { terraformIn } from "./terraform.ts";

// The site alone, with its own domain: real Terraform creates it in the emulator, finds nothing to change, and removes it.

const test = testNeeding(terraformProblem, motoProblem);

const ROOT = join(import.meta.dirname, "../../..");

test("the site with its own domain and firewall is created, read back without differences, and removed", async (t) => {
  t.timeout(20 * 60 * 1000, "three plans, an apply, and a destroy");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const hostedZoneId = await createZone(emulator, "example.com");

  const outdir = mkdtempSync(join(tmpdir(), "site-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const run = terraformIn(t, emulator, join(outdir, "stacks", "site"));

  addSite(new App({ outdir }), emulator, { hostedZoneId, domain: "mysfits.notexample.com" }).synth();
  const initialized = await run("init");
  t.is(initialized.exitCode, 0, initialized.output);
  const refused = await run("plan");
  t.is(refused.exitCode, 1);
  t.regex(
    refused.output.replace(/[\s│]+/g, " "),
    /site\.domain is "mysfits\.notexample\.com": expected a name in the zone example\.com, which is site\.hostedZoneId/,
  );

  addSite(new App({ outdir }), emulator, { hostedZoneId }).synth();
  const applied = await run("apply", "-auto-approve");
  t.is(applied.exitCode, 0, applied.output);
  const planned = await run("plan", "-detailed-exitcode");
  t.is(planned.exitCode, 0, planned.output);
  const { output: state } = await run("state", "list");
  const records = state.split("\n").filter((address) => address.startsWith("aws_route53_record."));
  t.is(records.length, 6, "A and AAAA of two names, and a validation record of each");
  const destroyed = await run("destroy", "-auto-approve");
  t.is(destroyed.exitCode, 0, destroyed.output);
});

/** Adds the site of the settings, with a zone that exists: moto's IDs do not begin with Z. */
function addSite(app: App, { endpoint }: Emulator, changes: { hostedZoneId: string; domain?: string }): App {
  const overrides = [`emulator=${endpoint}`, ...overridesOf(OWN_DOMAIN)];
  const settings = loadSettings({ environment: "emulator", overrides });
  const { cloudFrontPriceClass: priceClass, site, waf } = settings;
  if (site === undefined || waf === "off") {
    throw new Error("the settings have no domain or no firewall");
  }
  const name = "mysfits-emulator";
  const stack = new TerraformStack(app, "site");
  setEnvironment(stack, settings);
  awsProvider(stack, settings);
  new LocalBackend(stack, { path: "site.tfstate" });
  const edge = edgeProvider(stack, settings);
  new Site(stack, "site", {
    name,
    folder: join(ROOT, "web"),
    loadBalancer: { hostName: "origin.example.com", port: 443 },
    apiPaths: ["/mysfits"],
    priceClass,
    forceDestroy: true,
    headersOf: undefined,
    domain: new SiteDomain(stack, "site-domain", { name, site: { ...site, ...changes }, edge, checkZone: true }),
    webAclArn: new SiteFirewall(stack, "site-firewall", { name, mode: waf, edge }).webAclArn,
  });
  return app;
}
