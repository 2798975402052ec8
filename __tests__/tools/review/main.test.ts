import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { reviewJson } from "../../../tools/review/json-schema.ts";
import { testNeeding } from "../../needs.ts";
import { indexOf } from "./plan-parts.ts";

// The program with real plans, reduced to the sections that a review reads.

const ROOT = join(import.meta.dirname, "../../..");
const PLANS = join(import.meta.dirname, "plans");
const DANGEROUS = join(PLANS, "table-replaced.json");
const HARMLESS = join(PLANS, "environment-variable.json");

/** Code that Terraform plans without AWS. */
const QUEUE = {
  terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
  provider: {
    aws: {
      region: "us-east-1",
      access_key: "none",
      secret_key: "none",
      skip_credentials_validation: true,
      skip_requesting_account_id: true,
    },
  },
  resource: { aws_sqs_queue: { likes: { name: "likes" } } },
};

test("files are reviewed, and --fail-on-danger has a separate exit code for dangers", (t) => {
  const { status, stdout } = run(DANGEROUS, HARMLESS);
  t.is(status, 0);
  t.regex(stdout, /^\| `table-replaced` \| {2}\| {2}\| 13 \|/m);
  t.regex(stdout, /`aws_dynamodb_table` is replaced, because `name` cannot change in place/);
  t.regex(stdout, /environment\[LOGLEVEL\]\.value: "INFO" → "DEBUG" {2}\(forces the replacement\)/);
  t.is(run(DANGEROUS, "--fail-on-danger").status, 3);
  t.is(run(HARMLESS, "--fail-on-danger").status, 0);
});

test("a folder is reviewed with the cost of its environment, and the output is reproducible", (t) => {
  const folder = folderOf(t);
  copyFileSync(HARMLESS, join(folder, "services.json"));
  const constructs = { "aws_ecs_task_definition.like_task_definition_FA34EDDA": "services/like/task/definition" };
  const { stacks, ...index } = indexOf(["services"]);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index, stacks: [{ ...stacks[0], constructs }] }));

  const [one, other] = ["one", "other"].map((name) => {
    const files = [join(folder, `${name}.md`), join(folder, `${name}.out`)] as const;
    const { status, stdout, stderr } = run(folder, "--markdown", files[0], "--json", files[1]);
    t.is(status, 0, stderr);
    t.is(stdout, "");
    return files.map((file) => readFileSync(file, "utf8"));
  });
  t.deepEqual(one, other);
  const [markdown = "", json = ""] = one ?? [];
  t.regex(markdown, /### Cost\n\n\*\*\$[\d.]+ a month/);
  t.regex(markdown, /\*\*replace\*\* `services\/like\/task\/definition` · `aws_ecs_task_definition\.like/);
  const { cost, ...parsed } = reviewJson.parse(JSON.parse(json));
  t.truthy(cost);
  t.is(parsed.stacks[0]?.counts.replace, 1);
});

test("only the comment is cut to GitHub's limit", (t) => {
  const folder = folderOf(t);
  const [plan, comment] = [join(folder, "long.json"), join(folder, "review.md")];
  const { resource_changes: changes, ...rest } = JSON.parse(readFileSync(DANGEROUS, "utf8"));
  const [change] = changes;
  const long = Array.from({ length: 2000 }, (_, index) => ({ ...change, address: `${change.address}_${index}` }));
  writeFileSync(plan, JSON.stringify({ ...rest, resource_changes: long }));
  const { status, stdout } = run(plan);
  t.is(status, 0);
  t.true(stdout.length > 65_536, `${stdout.length}`);
  t.notRegex(stdout, /^Omitted, /m);
  t.is(run(plan, "--markdown", comment).status, 0);
  const text = readFileSync(comment, "utf8");
  t.true(text.length < 65_536);
  t.regex(text, /^Omitted, because GitHub limits comments to 65,536 characters: /m);
});

test("a folder without plans is rejected with the command that makes them", (t) => {
  const folder = folderOf(t);
  for (const place of [folder, join(folder, "missing")]) {
    const { status, stderr } = run(place);
    t.is(status, 1);
    t.is(
      stderr,
      `${place}: expected the plans that npm run plan writes, found no index.json: run npm run plan first\n`,
    );
  }
});

test("the plans are those in the output folder of the commands", (t) => {
  const folder = folderOf(t);
  const { stderr } = spawnSync(process.execPath, [join(ROOT, "tools/review/main.ts")], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: folder },
  });
  t.true(stderr.startsWith(`${join(folder, "plans")}: expected the plans that npm run plan writes`), stderr);
});

test("an invalid index is rejected with the field and what was expected", (t) => {
  const folder = folderOf(t);
  const file = join(folder, "index.json");
  for (const [text, complaint] of [
    ["{", "expected the index that npm run plan writes, found invalid JSON"],
    [JSON.stringify({ ...indexOf([]), environment: 5 }), "environment is 5: expected text"],
  ] as const) {
    writeFileSync(file, text);
    t.is(run(folder).stderr, `${file}: ${complaint}\n`);
  }
});

test("a folder in place of an output file is rejected with its option", (t) => {
  for (const option of ["--markdown", "--json"]) {
    const { status, stderr } = run(HARMLESS, option, PLANS);
    t.is(status, 1);
    t.is(stderr, `${option} is ${PLANS}: expected a file that can be written, found a folder\n`);
  }
});

test("an output file in a folder that does not exist is rejected, and no folder is made", (t) => {
  const missing = join(folderOf(t), "missing");
  const file = join(missing, "review.md");
  for (const option of ["--markdown", "--json"]) {
    const { status, stderr } = run(HARMLESS, option, file);
    t.is(status, 1);
    t.is(stderr, `${option} is ${file}: expected a file in an existing folder, and there is no ${missing}\n`);
  }
  t.false(existsSync(missing));
});

test("failed stacks and partial plans are listed as missing from the cost", (t) => {
  const folder = folderOf(t);
  const plan = JSON.parse(readFileSync(HARMLESS, "utf8"));
  writeFileSync(join(folder, "services.json"), JSON.stringify({ ...plan, complete: false }));
  const failed = { name: "network", dependencies: [], constructs: {}, outcome: "failed", error: "no such zone" };
  const { stacks, ...index } = indexOf(["services"]);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index, stacks: [failed, ...stacks] }));
  const { stdout } = run(folder);
  t.regex(stdout, /not in the sum: .*network \(its planning failed\).*services \(partial plan\)/);
});

test("orphaned stacks are listed with the command that destroys them and without a cost", (t) => {
  const folder = folderOf(t);
  copyFileSync(HARMLESS, join(folder, "services.json"));
  const left = { dependencies: [], constructs: {}, outcome: "orphaned" };
  const generator = { ...left, name: "load-generator", resources: 1, onDemand: true };
  const logSearch = { ...left, name: "log-search", resources: 41, onDemand: false };
  const { stacks, ...index } = indexOf(["services"]);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ ...index, stacks: [...stacks, generator, logSearch] }));

  const { status, stderr } = run(
    folder,
    "--json",
    join(folder, "review.json"),
    "--markdown",
    join(folder, "review.md"),
  );
  t.is(status, 0, stderr);
  const markdown = readFileSync(join(folder, "review.md"), "utf8");
  t.regex(markdown, /^\*\*.*1 caution.*\*\*$/m);
  t.regex(markdown, /^\| `log-search` \|.*\| .*not in the code: `npm run destroy log-search` \|$/m);
  t.regex(markdown, /^- `log-search`: .* 41 resources .* `npm run destroy log-search`\.$/m);
  t.regex(markdown, /^- `load-generator`: .*on demand.* 1 resource .* `npm run destroy load-generator`\.$/m);
  t.regex(markdown, /^Billed, but not in the sum: .*log-search \(orphaned stack without a plan\)/m);
  const { counts, attention, ...json } = reviewJson.parse(
    JSON.parse(readFileSync(join(folder, "review.json"), "utf8")),
  );
  t.like(counts, { danger: 0, caution: 1 });
  t.deepEqual(
    attention
      .filter(({ kind }) => kind === "orphaned-stack")
      .map(({ severity, stack, name }) => [severity, stack, name]),
    [
      ["caution", "log-search", "log-search"],
      ["note", "load-generator", "load-generator"],
    ],
  );
  t.deepEqual(
    json.stacks.map(({ outcome }) => outcome),
    ["planned", "orphaned", "orphaned"],
  );
});

test("an invalid plan ends with code 1 and the file's name, without quoting the plan", (t) => {
  const folder = folderOf(t);
  const secret = "hunter2hunter2";
  const broken = join(folder, "broken.json");
  const out = join(folder, "review.md");
  const plan = readFileSync(DANGEROUS, "utf8").replaceAll("mysfits-emulator-creatures", secret);
  for (const text of [
    plan.slice(0, plan.indexOf(secret) + 20),
    plan.replace(secret, `${secret}"`),
    plan.replace('"managed"', `["${secret}"]`),
  ]) {
    writeFileSync(broken, text);
    const { status, stdout, stderr } = run(broken, "--markdown", out);
    t.is(status, 1);
    t.true(stderr.startsWith(`${broken}: expected the output of terraform show -json for a plan: `), stderr);
    t.false(`${stdout}${stderr}`.includes(secret));
    t.throws(() => readFileSync(out), { code: "ENOENT" }, "no output without a complete review");
  }
  const { status, stderr } = run(join(folder, "nowhere"));
  t.is(status, 1);
  t.regex(stderr, /nowhere: expected the plans that npm run plan writes/);
  t.regex(run(join(folder, "nowhere.json")).stderr, /nowhere\.json: .*: no such file$/m);
});

test("standard input and pipes are reviewed like files", (t) => {
  const program = join(ROOT, "tools", "review", "main.ts");
  const node = `${process.execPath} ${program}`;
  const script = `${node} - <"$0" && ${node} <(cat "$0") && cat "$0" | ${node} /dev/stdin`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script, HARMLESS], { encoding: "utf8" });
  t.is(status, 0, stderr);
  t.is(stdout.match(/environment\[LOGLEVEL\]\.value: "INFO" → "DEBUG"/g)?.length, 3);
  t.regex(stdout, /^\| `stdin` \| {2}\| 1 \| 1 \|/m);
});

test("a reader that closes the pipe early is no error", (t) => {
  const script = `set -o pipefail; "${process.execPath}" tools/review/main.ts "$0" | :`;
  const { status, stderr } = spawnSync("bash", ["-c", script, HARMLESS], { encoding: "utf8", cwd: ROOT });
  t.is(stderr, "");
  t.is(status, 0);
});

test("standard input twice is rejected", (t) => {
  const { status, stderr } = run("-", "-");
  t.is(status, 1);
  t.is(stderr, "- (standard input) can be read only once\n");
});

test("files of the same name are distinguished by their folders", (t) => {
  const folder = folderOf(t);
  const plans = ["network", "services"].map((name) => join(folder, name, "plan.json"));
  for (const plan of plans) {
    mkdirSync(dirname(plan));
    copyFileSync(HARMLESS, plan);
  }
  const { status, stdout, stderr } = run(...plans);
  t.is(status, 0, stderr);
  t.regex(stdout, /^\| `network\/plan` \|/m);
  t.regex(stdout, /^\| `services\/plan` \|/m);
});

test("a binary plan that Terraform cannot read is reported with the reason", (t) => {
  const plan = join(folderOf(t), "next.tfplan");
  writeFileSync(plan, "PK\u0003\u0004");
  const { status, stderr } = run(plan);
  t.is(status, 1);
  t.true(stderr.startsWith(`${plan}: this is a binary plan, and terraform show cannot read it here: `), stderr);
});

testNeeding(terraformProblem)("a binary plan is read in the initialized folder of its stack", async (t) => {
  t.timeout(60_000, "Terraform installs the AWS provider");
  const out = folderOf(t);
  const [stack, plan] = [join(out, "stacks", "queues"), join(out, "plans", "queues.tfplan")];
  mkdirSync(stack, { recursive: true });
  mkdirSync(dirname(plan));
  writeFileSync(join(stack, "main.tf.json"), JSON.stringify(QUEUE));
  for (const args of [["init"], ["plan", `-out=${plan}`]]) {
    const { status, stderr } = spawnSync("terraform", args, { cwd: stack, encoding: "utf8" });
    t.is(status, 0, stderr);
  }
  const { status, stdout, stderr } = run(plan);
  t.is(status, 0, stderr);
  t.regex(stdout, /aws_sqs_queue\.likes/);

  rmSync(join(stack, ".terraform"), { recursive: true });
  const uninitialized = run(plan);
  t.is(uninitialized.status, 1);
  t.true(
    uninitialized.stderr.endsWith(`\nRun terraform init in the folder of the plan or in ${stack} first.\n`),
    uninitialized.stderr,
  );
});

test("a plan of 50 MB is reviewed in a heap that could not hold it", (t) => {
  const long = join(folderOf(t), "long.json");
  const { resource_changes: real, ...plan } = JSON.parse(readFileSync(DANGEROUS, "utf8"));
  const stays = JSON.stringify({ ...real[0], change: { ...real[0].change, actions: ["no-op"] } });
  const file = openSync(long, "w");
  writeSync(file, `${JSON.stringify(plan).slice(0, -1)},"resource_changes":${JSON.stringify(real).slice(0, -1)}`);
  for (let bytes = 0, index = 0; bytes < 50e6; index++) {
    bytes += writeSync(file, `,${stays.replace(real[0].address, `aws_dynamodb_table.other_${index}`)}`);
  }
  writeSync(file, "]}");
  closeSync(file);
  const heap = ["--max-old-space-size=32", "--max-semi-space-size=1"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...heap, join(ROOT, "tools", "review", "main.ts"), long],
    {
      encoding: "utf8",
    },
  );
  t.is(status, 0, stderr);
  t.regex(stdout, /^\| `long` \| {2}\| {2}\| 13 \|/m);
  t.not(
    spawnSync(process.execPath, [...heap, "-e", `JSON.parse(require("node:fs").readFileSync("${long}"))`]).status,
    0,
  );
});

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(ROOT, "tools", "review", "main.ts"), ...args], { encoding: "utf8" });
}

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "review-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}
