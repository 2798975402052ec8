import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import test, { type ExecutionContext } from "ava";
import { Construct } from "constructs";
import { allow } from "../../guards/allow.ts";
import { RULES } from "../../guards/rules.ts";
import { synthesize } from "../synth.ts";
import { problemsOf } from "./guarded-stack.ts";

const ROOT = join(import.meta.dirname, "../..");
const LEFT_OUT = [".git", "cdktf.out", "data", "node_modules"];

test("an exception lets its construct, and what is inside it, break its rule", (t) => {
  const problems = problemsOf((stack) => {
    const outer = new Construct(stack, "outer");
    new CloudwatchLogGroup(outer, "inner", { name: "inner" });
    allow(outer, "log-retention", "an audit needs these for ever");
  });
  t.deepEqual(problems, []);
});

test("an exception covers neither another rule nor another construct, and is an error where nothing needs it", (t) => {
  const problems = problemsOf((stack) => {
    const kept = new CloudwatchLogGroup(stack, "kept", { name: "kept" });
    const short = new CloudwatchLogGroup(stack, "short", { name: "short", retentionInDays: 1 });
    allow(kept, "latest-image", "the wrong rule");
    allow(short, "log-retention", "the wrong construct");
  });
  t.deepEqual(problems, [
    "stack/kept: log-retention: retention_in_days is missing, for ever: take it from the settings, logs.retentionDays",
    "stack/kept: nothing here breaks latest-image: remove the exception",
    "stack/short: nothing here breaks log-retention: remove the exception",
  ]);
});

test("an exception without a reason is refused where it is made", (t) => {
  problemsOf((stack) => {
    const group = new CloudwatchLogGroup(stack, "group", { name: "group", retentionInDays: 1 });
    t.throws(() => allow(group, "log-retention", " "), {
      message: "stack/group: an exception from log-retention needs a reason",
    });
  });
});

for (const environment of ["workshop", "production", "emulator"]) {
  test(`every stack of ${environment} passes, with all that settings can add`, (t) => {
    const everything = [
      "github={repository: octo/mysfits, deployEnvironment: production}",
      "labs.metadataProxy=on",
      "labs.metadataProxyFrom=[10.0.0.0/20]",
      "delivery.githubRepository=octo/mysfits",
      "network.interfaceEndpoints=[logs]",
      "load.generator=on",
    ];
    t.notThrows(() => synthesize(environment));
    t.notThrows(() => synthesize(environment, ...everything));
  });
}

test("a tree that breaks rules ends in lines, with exit code 1, and leaves the stacks as the last synth wrote them", (t) => {
  const tree = scratchTree(t);
  t.is(synth(tree).status, 0);
  const before = written(tree);
  t.true(before.length > 7);
  replace(
    join(tree, "modules/mysfits-table.ts"),
    "serverSideEncryption: { enabled: true }",
    "serverSideEncryption: { enabled: false }",
  );
  replace(join(tree, "modules/task-definition.ts"), "retentionInDays: logRetentionDays,", "");
  const { status, stdout, stderr } = synth(tree);
  t.is(status, 1);
  t.is(stdout, "");
  t.deepEqual(stderr.trim().split("\n"), [
    "platform/table/table: unencrypted-store: server_side_encryption.enabled is false: set it to true",
    "services/monolith/task/log-group: log-retention: retention_in_days is missing, for ever: take it from the settings, logs.retentionDays",
    "services/like/task/log-group: log-retention: retention_in_days is missing, for ever: take it from the settings, logs.retentionDays",
  ]);
  t.deepEqual(written(tree), before);
});

test("the page on guard rails names every rule", (t) => {
  const page = readFileSync(join(ROOT, "docs/guard-rails.md"), "utf8");
  t.deepEqual(
    [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name).sort(),
    RULES.map(({ name }) => name as string).sort(),
  );
});

/** A copy of the app to break. */
function scratchTree(t: ExecutionContext): string {
  const tree = mkdtempSync(join(tmpdir(), "tree-"));
  t.teardown(() => rmSync(tree, { recursive: true }));
  cpSync(ROOT, tree, { recursive: true, filter: (path) => !LEFT_OUT.includes(relative(ROOT, path)) });
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  return tree;
}

function synth(tree: string) {
  const outdir = join(tree, "out");
  mkdirSync(outdir, { recursive: true });
  return spawnSync(process.execPath, ["main.ts"], {
    cwd: tree,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", CDKTF_OUTDIR: outdir },
  });
}

/** The manifest and every stack, with what stands in them. */
function written(tree: string): string[][] {
  return globSync("out/**/*.json", { cwd: tree })
    .sort()
    .map((file) => [file, readFileSync(join(tree, file), "utf8")]);
}

function replace(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) {
    throw new Error(`${file} has no "${from}"`);
  }
  writeFileSync(file, text.replace(from, to));
}
