import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Data sources that Terraform computes from their arguments, without a request. */
const COMPUTED = ["aws_iam_policy_document", "terraform_remote_state"];

test("no data source depends on another stack's output, so that a plan needs nothing applied", (t) => {
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

test("a synth removes the stacks of an earlier one, but no folder with a state or of another program", (t) => {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const stacks = join(outdir, "stacks");
  const write = (folder: string, file: string) => {
    mkdirSync(join(stacks, folder), { recursive: true });
    writeFileSync(join(stacks, folder, file), "{}");
  };
  const synth = (MYSFITS_SET: string) =>
    execFileSync(process.execPath, ["main.ts"], {
      cwd: join(import.meta.dirname, ".."),
      env: { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: outdir, MYSFITS_SET },
    });

  synth("load.generator=on");
  t.true(readdirSync(stacks).includes("load-generator"));
  write("earlier", "cdk.tf.json");
  write("earlier", "errored.tfstate");
  write("other", "network.tf");
  synth("labs.logSearch=off");

  t.deepEqual(readdirSync(stacks).sort(), [
    "delivery",
    "earlier",
    "monitoring",
    "network",
    "other",
    "platform",
    "services",
    "state",
  ]);
});
