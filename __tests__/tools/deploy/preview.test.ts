import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { readIndex, type StackPlan } from "../../../tools/review/plan/plans-index.ts";
import { testNeeding } from "../../needs.ts";
import { overridesOf, PREVIEWED } from "../applied-settings.ts";
import { deploy, type Outcome, summaryOf } from "./cli.ts";

// The preview of a pull request on a machine without an AWS account: a scratch clone, a branch, and one command.

const test = testNeeding(terraformProblem, motoProblem);

const ROOT = join(import.meta.dirname, "../../..");

/** AWS settings of a shell that a preview must ignore: a profile, a session, an endpoint of one service. */
const CREDENTIALS = {
  AWS_PROFILE: "no-such-profile",
  AWS_ACCESS_KEY_ID: "AKIAREAL",
  AWS_SECRET_ACCESS_KEY: "real",
  AWS_SESSION_TOKEN: "real",
  AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9",
  AWS_ROLE_ARN: "arn:aws:iam::999999999999:role/real",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere",
};

test("a branch is reviewed against its base without an account, and everything else is cleaned up", async (t) => {
  t.timeout(20 * 60 * 1000, "applies the base: most of this time the provider waits");
  const clone = scratchClone(t);
  clone.edit("settings/workshop.yaml", /chaosMode: "on"/, 'chaosMode: "off"');
  clone.commit("Calm the like service down");

  const overrides = { MYSFITS_SET: overridesOf(PREVIEWED).join(";") };
  const { code, output } = await clone.preview("branch", ["--base", "main"], overrides);
  t.is(code, 0, output);
  t.regex(output, /^main: delivery: apply done in /m);
  const summary = summaryOf(output);
  t.is(summary.services, "1 to add, 1 to change, 1 to destroy");
  for (const [stack, words] of Object.entries(summary)) {
    t.true(stack === "services" || words === "no changes", `${stack}: ${words}`);
  }
  const { plans, comment } = clone.result();
  t.deepEqual(new Set(plans.map(({ outcome }) => outcome)), new Set(["planned"]));
  t.regex(comment, /^## Plan review: `workshop`$/m);
  t.regex(comment, /This is a preview, planned against an emulator to which `[0-9a-f]{12}` was applied/);
  t.regex(comment, /CHAOSMODE/);
  t.regex(comment, /services\/like\/task/);
  t.false(/AKIAREAL|999999999999/.test(comment));
  clone.isClean();
});

test("an environment that the base does not have is reviewed as new", async (t) => {
  t.timeout(8 * 60 * 1000);
  const clone = scratchClone(t);
  cpSync(join(clone.folder, "settings", "workshop.yaml"), join(clone.folder, "settings", "canary.yaml"));
  clone.commit("Add an environment");

  const { code, output } = await clone.preview("new", ["--base", "main", "--set", "network.natGateways=one-per-zone"], {
    MYSFITS_ENV: "canary",
  });
  t.is(code, 0, output);
  t.regex(output, /^main has no settings\/canary\.yaml: the environment is new, and no stack is applied$/m);
  const { plans, comment } = clone.result();
  const mocked = plans.filter((stack) => stack.outcome === "planned" && stack.mocked.length > 0);
  t.true(mocked.length >= 5);
  t.regex(comment, /^## Plan review: `canary`$/m);
  t.regex(comment, /mock outputs/);
  clone.isClean();
});

test("Ctrl-C cleans up a preview", async (t) => {
  t.timeout(5 * 60 * 1000);
  const clone = scratchClone(t);
  const { code, output } = await clone.preview("interrupted", ["--base", "main"], {}, /^main: state: apply \.\.\.$/m);
  t.is(code, 1);
  t.regex(output, /^the preview was interrupted$/m);
  clone.isClean();
});

test("the error names a base that is not a revision or cannot be applied", async (t) => {
  const clone = scratchClone(t);
  const unknown = await clone.preview("unknown-base", ["--base", "nothing"]);
  t.is(unknown.code, 1);
  t.is(unknown.output, '--base is "nothing": expected a revision in this clone; in a shallow clone, fetch it first\n');
  const archive = await clone.preview("no-clone", ["--base", "main"], { GIT_DIR: "/nonexistent" });
  t.regex(archive.output, /^--base is "main": expected a revision in this clone; git says fatal: not a git repository/);
  const tree = clone.git("mktree", "--missing").trim(); // of nothing
  clone.git("branch", "empty", clone.git("commit-tree", tree, "-m", "Nothing yet").trim());
  const early = await clone.preview("early-base", ["--base", "empty"]);
  t.is(early.code, 1);
  t.is(
    early.output,
    "empty has no tools/deploy/main.ts, so it cannot be applied with its own commands: expected a later revision\n",
  );
  clone.isClean();
});

/** Copies the working tree to a new repository with the commit on `main`, and checks out a branch. */
function scratchClone(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-scratch-"));
  const temporary = mkdtempSync(join(tmpdir(), "mysfits-temporary-"));
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(temporary, { recursive: true, force: true });
  });
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const file of files
    .toString()
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(ROOT, file)))) {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Tester", "-c", "user.email=tester@mythical-mysfits.example", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const commit = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
  };
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(folder, ".git", "info", "exclude"), "node_modules\n"); // .gitignore matches a folder, but this is a symbolic link
  commit("Working tree");
  git("checkout", "--quiet", "-b", "change");
  return {
    folder,
    git,
    commit,
    edit(file: string, what: RegExp, by: string): void {
      const before = readFileSync(join(folder, file), "utf8");
      const after = before.replace(what, by);
      t.not(after, before, `${file} has ${what}`);
      writeFileSync(join(folder, file), after);
    },
    preview(log: string, args: string[], environment = {}, interruptAt?: RegExp): Promise<Outcome> {
      return deploy(
        ["preview", ...args],
        {
          ...CREDENTIALS,
          MYSFITS_ENV: "workshop",
          MYSFITS_SET: "",
          TMPDIR: temporary,
          CDKTF_OUTDIR: "",
          ...environment,
        },
        { log: `preview-${log}`, interruptAt, root: folder },
      );
    },
    result(): { plans: StackPlan[]; comment: string } {
      const plans = join(folder, "cdktf.out", "plans");
      return { plans: readIndex(plans).stacks, comment: readFileSync(join(plans, "review.md"), "utf8") };
    },
    isClean(): void {
      t.is(git("worktree", "list").trim().split("\n").length, 1);
      t.is(git("status", "--porcelain"), "");
      t.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith("mysfits-")),
        [],
      );
    },
  };
}
