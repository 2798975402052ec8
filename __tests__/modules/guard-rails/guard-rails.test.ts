import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { RULES } from "../../../modules/guard-rails/rules.ts";
import { synthesize } from "../../synth.ts";

const ROOT = join(import.meta.dirname, "../../..");
const LEFT_OUT = [".git", "cdktf.out", "data", "node_modules"];

for (const environment of ["workshop", "production", "emulator"]) {
  test(`every stack of ${environment} passes, with and without every optional part`, (t) => {
    const options = [
      "github={repository: octo/mysfits, ownerId: 123456, repositoryId: 456789, deployEnvironment: production}",
      "labs.metadataProxy=on",
      "labs.metadataProxyFrom=[10.0.0.0/20]",
      "delivery.githubRepository=octo/mysfits",
      "network.interfaceEndpoints=[logs]",
      "load.generator=on",
    ];
    t.notThrows(() => synthesize(environment));
    t.notThrows(() => synthesize(environment, ...options));
  });
}

test("synth lists violations, exits with 1, and leaves the stacks of the last synth in place", (t) => {
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
    "services/like/task/log-group: log-retention: retention_in_days is missing, which means forever: use the setting logs.retentionDays",
    "services/monolith/task/log-group: log-retention: retention_in_days is missing, which means forever: use the setting logs.retentionDays",
  ]);
  t.deepEqual(written(tree), before);
});

test("docs/guard-rails.md lists every rule", (t) => {
  const page = readFileSync(join(ROOT, "docs/guard-rails.md"), "utf8");
  t.deepEqual(
    [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name).sort(),
    RULES.map(({ name }) => name as string).sort(),
  );
});

test("docs/guard-rails.md has an answer for every check that the scan skips", (t) => {
  const page = readFileSync(join(ROOT, "docs/guard-rails.md"), "utf8");
  const rows = [...page.matchAll(/^\| (CKV\w+) \|[^|]+\| (\w[\w ]*) \| (.+) \|$/gm)];
  const { "skip-check": skipped } = parse(readFileSync(join(ROOT, ".checkov.yaml"), "utf8")) as {
    "skip-check": string[];
  };
  t.true(skipped.length > 40);
  t.deepEqual(rows.map(([, check]) => check).sort(), [...skipped].sort());
  t.true(rows.every(([, , answer]) => ["deliberate", "accepted", "false alarm"].includes(String(answer))));
});

/** Copies the app, for a test that breaks it. */
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

/** The manifest and every stack, each with its contents. */
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
