import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { recordFailures } from "../../../tools/tests/failures.ts";
import { timesTable } from "../../../tools/tests/times.ts";
import { until } from "../../until.ts";

const ROOT = join(import.meta.dirname, "../../..");
const RUN = join(ROOT, "tools/tests/run.ts");

test("a run ends with the titles of the failed tests and the files that failed otherwise", (t) => {
  const { status, stdout } = run(t, {
    "ends.test.ts": `
      test("passes", (t) => t.pass());
      test.skip("is skipped", (t) => t.fail());
      test("fails", (t) => t.is(1, 2));
      test("never ends", () => new Promise(() => {}));`,
    "hook.test.ts": `
      test.before(() => { throw new Error("no server"); });
      test("passes with its hook", (t) => t.pass());`,
    "exits.test.ts": `
      test.serial("passes first", (t) => t.pass());
      test.serial("exits", () => setTimeout(() => process.exit(3), 500) && new Promise(() => {}));`,
    "loads.test.ts": `throw new Error("does not load");`,
    "rejects.test.ts": `
      test("passes and rejects", (t) => { Promise.reject(new Error("unhandled")); t.pass(); });`,
  });
  t.is(status, 1);
  const [table = "", failed = ""] = stdout.slice(stdout.lastIndexOf("\nSeconds, ")).split("\nFailed:\n");
  t.regex(table, /^( +\d+\.\d){3} {2}ends\.test\.ts$/m);
  t.regex(table, /^( +\d+\.\d){3} {2}total$/m);
  t.deepEqual(failed.trimEnd().split("\n").sort(), [
    "ends.test.ts: fails",
    "ends.test.ts: never ends",
    "exits.test.ts: exited with an error",
    "exits.test.ts: exits: no result",
    "exits.test.ts: process.exit() was called",
    "hook.test.ts: before hook",
    "hook.test.ts: passes with its hook: no result",
    "loads.test.ts: exited with an error",
    "loads.test.ts: uncaught exception",
    "rejects.test.ts: exited with an error",
    "rejects.test.ts: unhandled rejection",
  ]);
});

test("a run without failures ends with the table of times", (t) => {
  const { status, stdout } = run(t, { "ends.test.ts": `test("passes", (t) => t.pass());` });
  t.is(status, 0);
  t.regex(stdout, /\n( +\d+\.\d){3} {2}total\n$/);
});

test("an interrupted run ends its tests, and names those that were pending", async (t) => {
  const folder = folderWith(t, {
    "waits.test.ts": `
      import { writeFileSync } from "node:fs";
      test("waits", async () => {
        writeFileSync("started", "");
        await new Promise((done) => setTimeout(done, 600_000));
      });`,
  });
  const runner = spawn(process.execPath, [RUN], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const [stdout] = await Promise.all([
    text(runner.stdout),
    until(() => existsSync(join(folder, "started"))).then(() => runner.kill("SIGTERM")),
  ]);
  t.regex(stdout, /1 tests were pending in waits\.test\.ts/);
});

test("the table of times shows the slowest 40 files and sums the others", (t) => {
  const files = Array.from({ length: 43 }, (_, i) => ({ file: `${i}.test.ts`, seconds: i, cpu: 2, programs: 0.5 }));
  const lines = timesTable(files).split("\n");
  t.is(lines[0], "    42.0      2.0      0.5  42.test.ts");
  t.is(lines[39], "     3.0      2.0      0.5  3.test.ts");
  t.deepEqual(lines.slice(40), ["     3.0      6.0      1.5  more files: 3", "   903.0     86.0     21.5  total"]);
});

test("tests that are pending at a timeout and files that do not exit are failures", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "failures-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [slow, open] = [join(process.cwd(), "slow.test.ts"), pathToFileURL("open.test.ts").href];
  await recordFailures(
    (async function* () {
      yield { type: "selected-test", testFile: slow, title: "waits" };
      yield { type: "selected-test", testFile: open, title: "leaves a server open" };
      yield { type: "test-passed", testFile: open, title: "leaves a server open" };
      yield {
        type: "timeout",
        pendingTests: new Map([
          [slow, new Set(["waits"])],
          [open, new Set<string>()],
        ]),
      };
      yield { type: "end" };
    })(),
    join(folder, "failures.txt"),
  );
  t.is(
    readFileSync(join(folder, "failures.txt"), "utf8"),
    "open.test.ts: did not exit\nslow.test.ts: waits: no result\n",
  );
});

/** Runs `npm test` in a small project with this project's ava and its configuration. */
function run(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, [RUN], { cwd: folderWith(t, files), encoding: "utf8" });
}

function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "run-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write("package.json", JSON.stringify({ type: "module", scripts: { check: "" } }));
  write(
    "ava.config.js",
    `import config from ${JSON.stringify(join(ROOT, "ava.config.js"))};
     export default { ...config, files: ["*.test.ts"], require: [${JSON.stringify(join(ROOT, "__tests__/setup.ts"))}] };`,
  );
  for (const [file, text] of Object.entries(files)) {
    write(file, `import test from "ava";\n${text}`);
  }
  return folder;
}
