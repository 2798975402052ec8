import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import test from "ava";
import { BARE_ENVIRONMENT } from "./bare-environment.ts";
import { synthesize } from "./synth.ts";

const stacksOf = (...overrides: string[]) => Object.keys(synthesize("workshop", ...overrides)).sort();

test("an environment has seven stacks, fewer with labs disabled", (t) => {
  t.deepEqual(stacksOf(), ["delivery", "log-search", "monitoring", "network", "platform", "services", "state"]);
  t.deepEqual(stacksOf("labs.logSearch=off"), ["delivery", "monitoring", "network", "platform", "services", "state"]);
  t.deepEqual(stacksOf("labs.logSearch=off", "labs.monitoring=off"), [
    "delivery",
    "network",
    "platform",
    "services",
    "state",
  ]);
});

test("arguments, which would have no effect, are rejected", (t) => {
  const { status, stderr } = spawnSync(process.execPath, ["main.ts", "--set", "labs.logSearch=off"], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: join(tmpdir(), "not-written") },
    encoding: "utf8",
  });
  t.is(
    stderr,
    "npm run synth takes no arguments: expected settings in MYSFITS_ENV and MYSFITS_SET, found --set labs.logSearch=off\n",
  );
  t.is(status, 1);
});

test("npm run synth says what it wrote, into folders that it creates; as a part of another command it says nothing", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "synth-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const outdir = join(folder, "new/out");
  const synth = (npm_lifecycle_event: string) =>
    execFileSync(process.execPath, ["main.ts"], {
      cwd: join(import.meta.dirname, ".."),
      env: { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: outdir, npm_lifecycle_event },
      encoding: "utf8",
    });
  t.is(
    synth("synth"),
    `workshop: wrote 7 stacks (state, network, platform, services, log-search, monitoring, delivery) to ${outdir}/stacks. Next, npm run plan shows what would change.\n`,
  );
  t.is(synth("deploy"), "");
});

test("an output folder that cannot be created is rejected by name", (t) => {
  const { status, stderr } = spawnSync(process.execPath, ["main.ts"], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: "/proc/mysfits/out" },
    encoding: "utf8",
    timeout: 60_000,
  });
  t.regex(
    stderr,
    /^the output folder \(CDKTF_OUTDIR\) is \/proc\/mysfits\/out: expected a folder that can be written to: .*\n$/,
  );
  t.is(status, 1);
});

/** Data sources that Terraform computes from their arguments, without a request. */
const COMPUTED = ["aws_iam_policy_document", "terraform_remote_state"];

test("no data source depends on another stack's output, so a plan works before anything is applied", (t) => {
  const stacks = synthesize("workshop", "load.generator=on");
  const lookedUp = Object.entries(stacks).flatMap(([stack, { data = {} }]) =>
    Object.entries(data)
      .filter(
        ([type, sources]) => !COMPUTED.includes(type) && JSON.stringify(sources).includes("terraform_remote_state"),
      )
      .map(([type]) => `${stack}: ${type}`),
  );
  t.deepEqual(lookedUp, []);
});

test("a synth removes the configuration of an earlier one's stacks, and nothing else", (t) => {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const files = () => readdirSync(join(outdir, "stacks"), { recursive: true, withFileTypes: true });
  const configured = () =>
    files()
      .filter(({ name }) => name === "cdk.tf.json")
      .map(({ parentPath }) => basename(parentPath))
      .sort();
  const synth = (MYSFITS_SET: string) =>
    execFileSync(process.execPath, ["main.ts"], {
      cwd: join(import.meta.dirname, ".."),
      env: { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: outdir, MYSFITS_SET },
    });

  synth("load.generator=on");
  t.true(configured().includes("load-generator"));
  writeFileSync(join(outdir, "stacks", "load-generator", "errored.tfstate"), "{}");
  writeFileSync(join(outdir, "stacks", "README.md"), "");
  synth("labs.logSearch=off");

  t.deepEqual(configured(), ["delivery", "monitoring", "network", "platform", "services", "state"]);
  const names = files().map(({ name }) => name);
  t.true(names.includes("errored.tfstate"));
  t.true(names.includes("README.md"));
});
