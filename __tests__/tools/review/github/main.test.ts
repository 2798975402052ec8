import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { ReviewJson } from "../../../../tools/review/json-schema.ts";
import { BARE_ENVIRONMENT } from "../../../bare-environment.ts";
import { jsonOf } from "../plan-parts.ts";
import { type GitHubServer, startGitHub } from "./github-server.ts";

const PROGRAM = join(import.meta.dirname, "../../../../tools/review/github/main.ts");
const SHA = "c0ffee0123456789c0ffee0123456789c0ffee01";

test("the first run creates a comment, later runs update it in place, and an identical review changes nothing", async (t) => {
  const { github, run, write } = await workshop(t);
  github.pulls.push(pullRequest());
  const event = write("event.json", runEvent());
  const first = await run(["comment", write("comment.md", "one\n")], { GITHUB_EVENT_PATH: event });
  t.deepEqual(first, { code: 0, out: "comment on #7 created\n", error: "" });
  const again = await run(["comment", write("comment.md", "one\n")], { GITHUB_EVENT_PATH: event });
  t.is(again.out, "comment on #7 unchanged\n");
  const other = await run(["comment", write("comment.md", "two\n")], { GITHUB_EVENT_PATH: event });
  t.is(other.out, "comment on #7 updated\n");
  const bodies = github.comments.get(7)?.map(({ body }) => body);
  t.is(bodies?.length, 1);
  t.is(
    bodies?.[0],
    "<!-- mysfits: plan review -->\ntwo\n\n\n<sub>c0ffee012345, [run](https://github.example/octo/mysfits/actions/runs/41)</sub>\n",
  );
});

test("only the workflow's own comment is updated, on any page, and duplicates are deleted", async (t) => {
  const { github, run, write } = await workshop(t);
  github.pulls.push(pullRequest());
  const mark = "<!-- mysfits: plan review -->\n";
  const people = Array.from({ length: 150 }, (_, id) => ({ id, user: USER, body: id === 3 ? `${mark}mine` : "hello" }));
  github.comments.set(7, [
    ...people,
    { id: 500, user: BOT, body: `${mark}old` },
    { id: 501, user: BOT, body: `${mark}older` },
  ]);
  const event = write("event.json", runEvent());
  const { out } = await run(["comment", write("comment.md", "new")], { GITHUB_EVENT_PATH: event });
  t.is(out, "comment on #7 updated\n");
  const after = github.comments.get(7) ?? [];
  t.is(after.length, 151);
  t.is(after[3]?.body, `${mark}mine`);
  t.true(after[150]?.body.startsWith(`${mark}new`));
});

test("the review of a fork carries a warning and notifies no user", async (t) => {
  const { github, run, write } = await workshop(t);
  github.pulls.push(pullRequest({ repository: "stranger/mysfits" }));
  const event = write("event.json", runEvent({ repository: "stranger/mysfits" }));
  const { error } = await run(["comment", write("comment.md", "ping @octo/everyone")], { GITHUB_EVENT_PATH: event });
  t.is(error, "");
  const [comment] = github.comments.get(7) ?? [];
  t.regex(comment?.body ?? "", /^<!-- mysfits: plan review -->\n> From a fork and created by the fork's own code/);
  t.true(comment?.body.includes("ping @\u2060octo/everyone"));
});

for (const [what, pulls] of [
  ["has newer commits", [pullRequest({ sha: "d".repeat(40) })]],
  ["is closed", [pullRequest({ state: "closed" })]],
  ["belongs to another repository with the same branch name", [pullRequest({ repository: "stranger/mysfits" })]],
] as const) {
  test(`a pull request that ${what} gets no comment`, async (t) => {
    const { github, run, write } = await workshop(t);
    github.pulls.push(...pulls);
    const event = write("event.json", runEvent());
    const { code, out } = await run(["comment", write("comment.md", "x")], { GITHUB_EVENT_PATH: event });
    t.is(code, 0);
    t.is(out, `no comment: no open pull request is at ${SHA}\n`);
    t.is(github.comments.size, 0);
  });
}

test("the comment says that a run produced no review", async (t) => {
  const { github, run, write } = await workshop(t);
  github.pulls.push(pullRequest());
  const event = write("event.json", runEvent({ conclusion: "failure" }));
  await run(["comment", "/nowhere/comment.md"], { GITHUB_EVENT_PATH: event });
  t.regex(github.comments.get(7)?.[0]?.body ?? "", /The plan ended with "failure" and without a review/);
});

test("a rejected request ends with its reason", async (t) => {
  const { github, run, write } = await workshop(t);
  github.pulls.push(pullRequest());
  const event = write("event.json", runEvent());
  const long = await run(["comment", write("comment.md", "x".repeat(70_000))], { GITHUB_EVENT_PATH: event });
  t.is(long.code, 1);
  t.regex(long.error, /^the comment has \d+ characters, more than GitHub's limit of 65536\n$/);
  const stranger = await run(["comment", write("comment.md", "x")], { GITHUB_EVENT_PATH: event, GITHUB_TOKEN: "x" });
  t.is(stranger.code, 1);
  t.regex(stranger.error, /^Bad credentials.*\n$/);
  const outside = await run(["comment", write("comment.md", "x")], { GITHUB_REPOSITORY: "" });
  t.regex(outside.error, /GITHUB_REPOSITORY is not set: this program runs in a GitHub Actions job/);
});

test("dangers block a pull request until it has the label", async (t) => {
  const { run, write } = await workshop(t);
  const gate = (dangers: number, ...labels: string[]) =>
    run(["gate", write("review.json", review({ dangers })), "--label", "danger-approved"], {
      GITHUB_EVENT_PATH: write("event.json", { pull_request: { labels: labels.map((name) => ({ name })) } }),
    });
  t.deepEqual(await gate(0), { code: 0, out: "no danger found\n", error: "" });
  t.deepEqual(await gate(2, "bug"), {
    code: 1,
    out: "",
    error: '2 dangers found: read the review, then add the label "danger-approved" to accept\n',
  });
  t.deepEqual(await gate(1, "bug", "danger-approved"), {
    code: 0,
    out: '1 danger found, accepted by the label "danger-approved"\n',
    error: "",
  });
});

test("a review that is missing or invalid is rejected by name", async (t) => {
  const { run, write } = await workshop(t);
  const changes = async (file: string) => (await run(["changes", file])).error;
  t.is(await changes("none.json"), "none.json: expected a file that npm run review writes, found nothing\n");
  t.regex(await changes(write("review.json", "{")), /review\.json: expected a file .*, found invalid JSON\n$/);
  t.regex(await changes(write("review.json", { format: 1 })), /review\.json: format is 1: expected 4\n$/);
});

test("only changes require an approval", async (t) => {
  const { run, write } = await workshop(t);
  t.is((await run(["changes", write("review.json", review())])).out, "changes=false\n");
  t.is((await run(["changes", write("review.json", review({ changed: true }))])).out, "changes=true\n");
  t.is((await run(["changes", write("review.json", review({ outcome: "orphaned" }))])).out, "changes=false\n");
});

test("drift opens one issue, updates it, and closes it when the environment matches main", async (t) => {
  const { github, run, write } = await workshop(t);
  const night = (changed: boolean, report: string) =>
    run(["drift", "--json", write("review.json", review({ changed })), "--markdown", write("comment.md", report)]);
  t.is((await night(false, "")).out, "issue: nothing to do\n");
  t.is((await night(true, "a table")).out, "issue: opened\n");
  t.is((await night(true, "a table")).out, "issue: unchanged\n");
  t.is((await night(true, "a table and a queue")).out, "issue: updated\n");
  t.is(github.issues.length, 1);
  t.like(github.issues[0], {
    title: "production differs from main",
    labels: [{ name: "drift" }],
    body: "a table and a queue\n\n[Run](https://github.example/octo/mysfits/actions/runs/42)\n",
  });
  t.is((await night(false, "")).out, "issue: closed\n");
  t.is(github.issues[0]?.state, "closed");
  t.is(github.comments.get(github.issues[0]?.number ?? 0)?.length, 1);
  t.is((await night(true, "again")).out, "issue: opened\n");
});

for (const [what, outcome] of [
  ["could not be planned", "failed"],
  ["is orphaned", "orphaned"],
] as const) {
  test(`a stack that ${what} counts as drift`, async (t) => {
    const { github, run, write } = await workshop(t);
    const json = write("review.json", review({ outcome }));
    await run(["drift", "--json", json, "--markdown", write("comment.md", outcome)]);
    t.is(github.issues.length, 1);
    t.regex(github.issues[0]?.body ?? "", new RegExp(`^${outcome}$`, "m"));
  });
}

const BOT = { login: "github-actions[bot]", type: "Bot" } as const;
const USER = { login: "octocat", type: "User" } as const;

interface Workshop {
  readonly github: GitHubServer;
  readonly run: (
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<{ code: number; out: string; error: string }>;
  /** Writes a file, strings unchanged and other values as JSON, and returns its path. */
  readonly write: (name: string, content: unknown) => string;
}

async function workshop(t: ExecutionContext): Promise<Workshop> {
  const github = await startGitHub();
  const folder = mkdtempSync(join(tmpdir(), "github-"));
  t.teardown(async () => {
    rmSync(folder, { recursive: true });
    await github.stop();
  });
  return {
    github,
    run: (args, environment = {}) =>
      new Promise((ended) => {
        execFile(
          process.execPath,
          [PROGRAM, ...args],
          {
            env: {
              ...BARE_ENVIRONMENT,
              GITHUB_SERVER_URL: "https://github.example",
              ...github.environment,
              ...environment,
            },
          },
          (failure, out, error) => ended({ code: Number(failure?.code ?? 0), out, error }),
        );
      }),
    write: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}

function pullRequest({ repository = "octo/mysfits", sha = SHA, state = "open" as "open" | "closed" } = {}) {
  return { number: 7, state, head: { ref: "change", sha, repo: { full_name: repository } } };
}

function runEvent({ repository = "octo/mysfits", conclusion = "success" } = {}) {
  return {
    workflow_run: {
      id: 41,
      html_url: "https://github.example/octo/mysfits/actions/runs/41",
      conclusion,
      head_sha: SHA,
      head_branch: "change",
      head_repository: { full_name: repository, owner: { login: repository.split("/")[0] } },
    },
  };
}

/** The output of `npm run review -- --json`. */
function review({
  dangers = 0,
  changed = false,
  outcome = "planned" as ReviewJson["stacks"][number]["outcome"],
} = {}): ReviewJson {
  const output = { path: "id", before: undefined, after: undefined };
  return jsonOf({
    environment: "production",
    base: undefined,
    attention: Array.from({ length: dangers }, () => ({
      kind: "loss",
      severity: "danger",
      stack: "network",
      name: "network/vpc",
      address: undefined,
      text: ["gone"],
    })),
    stacks: [
      {
        name: "network",
        outcome,
        error: undefined,
        mocked: [],
        outdated: [],
        isComplete: true,
        invocations: [],
        deferred: [],
        resources: [],
        drift: [],
        outputs: changed ? [output] : [],
      },
    ],
  });
}
