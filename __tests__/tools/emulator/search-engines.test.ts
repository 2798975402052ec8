import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "#cdktf";
import { awsProvider } from "../../../modules/aws-provider.ts";
import { setEnvironment } from "../../../modules/environment.ts";
import { SearchDomain } from "../../../modules/search-domain.ts";
import { SearchSignIn } from "../../../modules/search-sign-in.ts";
import { loadSettings } from "../../../settings/load.ts";
import { type Settings, settingsSchema } from "../../../settings/schema.ts";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { LARGE_SEARCH, overridesOf } from "../applied-settings.ts";
import { makeCalls } from "./aws-calls.ts";
import { terraformIn } from "./terraform.ts";

// The search domain alone, larger and with dedicated masters: one of each engine that the emulator's environment does not have.

const test = testNeeding(terraformProblem, motoProblem);

type Engine = Settings["logSearch"]["engine"];

test("a domain of every engine is created with its masters, read back without differences, and removed", async (t) => {
  t.timeout(15 * 60 * 1000, "two plans, an apply, and a destroy");
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const settings = loadSettings({
    environment: "emulator",
    overrides: [`emulator=${emulator.endpoint}`, ...overridesOf(LARGE_SEARCH)],
  });
  const { engine: deployed, instanceType, masterType, volumeGib } = settings.logSearch;
  const engines = settingsSchema.shape.logSearch.shape.engine.options.filter((engine) => engine !== deployed);

  const outdir = mkdtempSync(join(tmpdir(), "search-engines-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  addDomains(new App({ outdir }), settings, engines).synth();
  const run = terraformIn(t, emulator, join(outdir, "stacks", "search"));
  const succeed = async (...args: string[]) => {
    const { exitCode, output } = await run(...args);
    t.is(exitCode, 0, output);
  };
  await succeed("init");
  await succeed("apply", "-auto-approve");
  await succeed("plan", "-detailed-exitcode");
  t.deepEqual(
    await describeDomains(emulator, engines),
    engines.map((engine) => [engine, instanceType, masterType, volumeGib]),
  );
  await succeed("destroy", "-auto-approve");
});

/** Adds a domain of each engine. The others share the log policy of the first, as participants of a workshop do. */
function addDomains(app: App, settings: Settings, engines: readonly Engine[]): App {
  const stack = new TerraformStack(app, "search");
  setEnvironment(stack, settings);
  awsProvider(stack, settings);
  new LocalBackend(stack, { path: "search.tfstate" });
  const domains = engines.map((engine, index) => {
    const name = nameOf(engine);
    const { mfa } = settings.logSearch;
    return new SearchDomain(stack, `${name}-domain`, {
      name,
      zones: settings.zones.length,
      size: { ...settings.logSearch, engine },
      signIn: new SearchSignIn(stack, `${name}-sign-in`, { name, mfa, deletionProtection: false }),
      logRetentionDays: settings.logs.retentionDays,
      sharesLogPolicy: index > 0,
      emulated: true,
    });
  });
  for (const other of domains.slice(1)) {
    other.node.addDependency(...domains.slice(0, 1));
  }
  return app;
}

/** Engine, types of the data nodes and the dedicated masters, and size of the volumes of each domain. */
async function describeDomains(emulator: Emulator, engines: readonly Engine[]): Promise<readonly unknown[]> {
  const responses = await makeCalls(
    emulator,
    engines.map((engine) => ({
      service: "opensearch",
      operation: "DescribeDomain",
      params: { DomainName: nameOf(engine) },
    })),
  );
  return responses.map(({ result }) => {
    const { DomainStatus: domain } = result as {
      DomainStatus: {
        EngineVersion: string;
        ClusterConfig: { InstanceType: string; DedicatedMasterType?: string };
        EBSOptions: { VolumeSize: number };
      };
    };
    const { InstanceType, DedicatedMasterType } = domain.ClusterConfig;
    return [domain.EngineVersion, InstanceType, DedicatedMasterType, domain.EBSOptions.VolumeSize];
  });
}

/** Begins with the prefix of the emulator's environment, as the log policy demands. */
function nameOf(engine: Engine): string {
  return `mysfits-${engine.toLowerCase().replace(/[_.]/g, "-")}`;
}
