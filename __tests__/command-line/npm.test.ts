import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";

const ROOT = join(import.meta.dirname, "../..");

function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawnSync(command, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...environment } });
}

const DEPLOY = "tools/deploy/main.ts";

test("help shows the -- that npm needs", (t) => {
  for (const [command, usage] of [
    ["plan", "npm run plan -- [options] [stack...]"],
    ["preview", "npm run preview -- [options]"],
    ["encrypt", "npm run encrypt -- [options] <file>"],
  ] as const) {
    const { stdout } = run("node", [DEPLOY, command, "--help"]);
    t.is(stdout.split("\n", 1)[0], `Usage: ${usage}`);
    t.false(stdout.includes("[])"), stdout);
  }
});

for (const [script, args, option, example] of [
  ["plan", ["--set", "load.rate=10"], "--set", "npm run plan -- --set <setting=value>"],
  ["review", ["--fail-on-danger"], "--fail-on-danger", "npm run review -- --fail-on-danger"],
  ["load", ["--allow-another-machine"], "--allow-another-machine", "npm run load -- --allow-another-machine"],
  ["image", ["like", "--tag", "like:v2"], "--tag", "npm run image -- --tag <name:tag...>"],
  ["logs:replay", ["--dry-run"], "--dry-run", "npm run logs:replay -- --dry-run"],
  ["bench:like", ["--smoke"], "--smoke", "npm run bench:like -- --smoke"],
] as const) {
  test(`npm run ${script} rejects an option that npm consumes`, (t) => {
    const { status, stderr } = run("npm", ["run", "--silent", script, ...args]);
    t.is(status, 1);
    t.true(stderr.startsWith(`error: npm consumed ${option}: expected -- before it, as in ${example}\n`), stderr);
  });
}

test("an option that reached the program may also be in npm's configuration", (t) => {
  const { stderr } = run("node", [DEPLOY, "plan", "--set", "load.rate=0"], { npm_config_set: "true" });
  t.regex(stderr, /^load\.rate is 0: expected /m);
});

test("an argument may follow --set", (t) => {
  const args = [DEPLOY, "plan", "--set", "load.rate=0", "network"];
  t.regex(run("node", args, { MYSFITS_ENV: "emulator" }).stderr, /^load\.rate is 0: expected /);
});

test("errors about the command line say what is expected", (t) => {
  t.regex(
    run("node", ["tools/new/main.ts", "servce"]).stderr,
    /\(Did you mean service\?\)\n\(expected one of the commands/,
  );
  t.regex(
    run("node", ["tools/new/main.ts", "service", "--bleu-green", "a"]).stderr,
    /\(Did you mean --blue-green\?\)\n\(npm run new -- service --help lists the arguments and options\)/,
  );
  t.regex(run("node", [DEPLOY, "plan", "--nope"]).stderr, /\(npm run plan -- --help lists the arguments and options\)/);
});
