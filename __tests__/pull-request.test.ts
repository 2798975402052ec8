import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { BARE_ENVIRONMENT } from "./bare-environment.ts";
import { type GitHubServer, startGitHub } from "./tools/review/github/github-server.ts";
import { indexOf } from "./tools/review/plan-parts.ts";

// A pull request from its plans to its comment: runs the workflows' commands in order, with real plans of a change and a local
// GitHub API.

const ROOT = join(import.meta.dirname, "..");
const SHA = "c0ffee0123456789c0ffee0123456789c0ffee01";

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

test("plans become a review, a summary, a gate result, and a comment, and the label changes only the gate result", async (t) => {
  const { github, runner, file } = await workshop(t);
  const commands = commandsOf("plan", "plan");
  t.is(commands.shift(), "npm run plan");
  t.is(commands.pop(), "exit 1"); // the step for a failed plan

  const verdicts = [];
  for (const labels of [[], [{ name: "danger-approved" }]]) {
    const event = file("event.json", JSON.stringify({ pull_request: { labels } }));
    file("summary.md", "");
    const runs = [];
    for (const command of commands) {
      runs.push(await runner(command, { GITHUB_EVENT_PATH: event }));
    }
    t.deepEqual(
      runs.slice(0, -1).map(({ code }) => code),
      [0, 0],
      runs.map(({ output }) => output).join("\n"),
    );
    verdicts.push(runs.at(-1)?.code);
  }
  const review = JSON.parse(file("tools/review/out/review.json")) as {
    counts: { danger: number };
    cost: { after: number };
  };
  t.deepEqual(verdicts, [review.counts.danger > 0 ? 1 : 0, 0]);
  t.is(review.cost.after.toFixed(2), "201.93");
  const comment = file("tools/review/out/comment.md");
  t.is(file("summary.md"), comment);
  t.true(comment.includes("| **total** | $119.01 | $201.93 | +$82.93 |"));

  // The other workflow downloads the artifact of that run.
  runner.take("tools/review/out");
  github.pulls.push({
    number: 7,
    state: "open",
    head: { ref: "change", sha: SHA, repo: { full_name: "octo/mysfits" } },
  });
  const [command = ""] = commandsOf("comment", "comment");
  const { code, output } = await runner(command, { GITHUB_EVENT_PATH: file("run.json", JSON.stringify(RUN)) });
  t.is(code, 0, output);
  t.true(github.comments.get(7)?.[0]?.body.includes(comment));
});

const RUN = {
  workflow_run: {
    id: 41,
    html_url: "https://github.example/octo/mysfits/actions/runs/41",
    conclusion: "success",
    head_sha: SHA,
    head_branch: "change",
    head_repository: { full_name: "octo/mysfits", owner: { login: "octo" } },
  },
};

function workflow(name: string): Workflow {
  return parse(readFileSync(join(ROOT, ".github/workflows", `${name}.yml`), "utf8")) as Workflow;
}

function commandsOf(name: string, job: string): string[] {
  return workflow(name).jobs[job]?.steps.flatMap(({ run }) => run ?? []) ?? [];
}

interface Runner {
  (command: string, environment: Readonly<Record<string, string>>): Promise<{ code: number; output: string }>;
  /** Copies a folder to where a job downloads artifacts. */
  take(folder: string): void;
}

interface Workshop {
  readonly github: GitHubServer;
  readonly runner: Runner;
  /** Writes a file in the checkout and returns its path; without content, reads the file. */
  readonly file: (path: string, content?: string) => string;
}

/** A checkout with real plans, and a runner for commands in it. */
async function workshop(t: ExecutionContext): Promise<Workshop> {
  const github = await startGitHub();
  const checkout = mkdtempSync(join(tmpdir(), "checkout-"));
  t.teardown(async () => {
    rmSync(checkout, { recursive: true });
    await github.stop();
  });
  for (const part of [
    "package.json",
    "package-lock.json",
    "command-line",
    "tools/packages",
    "tools/review",
    "settings",
    "model",
  ]) {
    cpSync(join(ROOT, part), join(checkout, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
  layPlans(join(checkout, "cdktf.out/plans"));
  const environment = {
    ...BARE_ENVIRONMENT,
    MYSFITS_ENV: "workshop",
    LABEL: workflow("plan").env.LABEL,
    RUNNER_TEMP: join(checkout, "temp"),
    GITHUB_STEP_SUMMARY: join(checkout, "summary.md"),
    ...github.environment,
  };
  const run = (command: string, more: Readonly<Record<string, string>>) =>
    new Promise<{ code: number; output: string }>((ended) => {
      execFile(
        "bash",
        ["-e", "-c", command],
        { cwd: checkout, env: { ...environment, ...more } },
        (failure, out, error) => ended({ code: Number(failure?.code ?? 0), output: out + error }),
      );
    });
  return {
    github,
    runner: Object.assign(run, {
      take: (folder: string) => cpSync(join(checkout, folder), join(checkout, "temp/review"), { recursive: true }),
    }),
    file: (path, content) => {
      const full = join(checkout, path);
      if (content === undefined) {
        return readFileSync(full, "utf8");
      }
      writeFileSync(full, content);
      return full;
    },
  };
}

/** Writes the plans for a second NAT gateway, a bigger like service, and another search node. */
function layPlans(folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, "tools/review/cost/plans/change"), folder, { recursive: true });
  const stacks = ["state", "network", "platform", "services", "log-search", "monitoring", "delivery"];
  writeFileSync(join(folder, "index.json"), JSON.stringify(indexOf(stacks)));
}
