import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { claimOutputFolder } from "../../settings/output-folder.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";

const ROOT = join(import.meta.dirname, "../..");
const MODULE = JSON.stringify(join(ROOT, "settings/output-folder.ts"));

test("a synth into a folder that another process uses is rejected, and writes no stack", async (t) => {
  const folder = newFolder(t);
  const user = await claimElsewhere(t, folder);
  t.deepEqual(synth(folder), {
    status: 1,
    stderr: `${folder} is in use by process ${user.pid} (npm run destroy): wait for its end, or set CDKTF_OUTDIR to another folder; if that is another program, delete ${join(folder, "in-use.json")}\n`,
  });
  t.throws(() => claimOutputFolder(folder), { message: /^\S+ is in use by process \d+ \(npm run destroy\): / });
  t.false(existsSync(join(folder, "manifest.json")));
});

test("a folder is free again when its process has ended, or was killed", async (t) => {
  const folder = newFolder(t);
  const ended = await claimElsewhere(t, folder);
  ended.stdin?.end();
  await once(ended, "exit");
  t.deepEqual(readdirSync(folder), []);

  const killed = await claimElsewhere(t, folder);
  killed.kill("SIGKILL");
  await once(killed, "exit");
  t.deepEqual(readdirSync(folder), ["in-use.json"]);
  t.deepEqual(synth(folder), { status: 0, stderr: "" });
  t.notThrows(() => claimOutputFolder(folder));
});

test("the process that has claimed a folder, and its children, use it", (t) => {
  const folder = newFolder(t);
  claimOutputFolder(folder);
  t.notThrows(() => claimOutputFolder(folder));
  t.deepEqual(synth(folder), { status: 0, stderr: "" });
  const child = `import(${MODULE}).then((module) => module.claimOutputFolder(${JSON.stringify(folder)}))`;
  t.is(spawnSync(process.execPath, ["--eval", child]).status, 0);
  t.true(existsSync(join(folder, "in-use.json")), "the end of a child does not release it");
});

function newFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "output-folder-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Claims a folder in a process that is not an ancestor of this one's programs, until its standard input is closed. */
async function claimElsewhere(t: ExecutionContext, folder: string): Promise<ChildProcess> {
  const program = `
    import(${MODULE}).then((module) => {
      module.claimOutputFolder(${JSON.stringify(folder)});
      process.stdin.resume();
      console.log("claimed");
    });`;
  const user = spawn(process.execPath, ["--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...BARE_ENVIRONMENT, npm_lifecycle_event: "destroy" },
  });
  t.teardown(() => user.kill("SIGKILL"));
  await once(user.stdout, "data");
  return user;
}

function synth(folder: string) {
  const env = { ...BARE_ENVIRONMENT, CDKTF_OUTDIR: folder, MYSFITS_ENV: "emulator" };
  const { status, stderr } = spawnSync(process.execPath, ["main.ts"], { cwd: ROOT, env, encoding: "utf8" });
  return { status, stderr };
}
