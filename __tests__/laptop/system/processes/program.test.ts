import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { Program } from "../../../../laptop/system/processes/program.ts";
import { until } from "../../../until.ts";
import { isRunning } from "../../is-running.ts";

test("a program gets its own environment and none of the runner's variables", async (t) => {
  process.env.AWS_SECRET_ACCESS_KEY = "this user's own";
  const program = await programOf(t, "well-behaved", { CHAOSMODE: "off" });
  program.start();
  const [line] = await once(program, "line");
  const environment = JSON.parse(line);
  t.is(environment.PORT, String(program.port));
  t.is(environment.HOST, "127.0.0.1");
  t.is(environment.CHAOSMODE, "off");
  t.is(environment.AWS_SECRET_ACCESS_KEY, undefined);
  t.is(environment.HOME, undefined);
});

test("a program that exits is restarted with an increasing delay", async (t) => {
  const program = await programOf(t, "fails-to-start");
  const waits: (number | undefined)[] = [];
  program.start();
  for (let turn = 0; turn < 3; turn += 1) {
    const [reason, followedIn] = await once(program, "ended");
    t.is(reason, "exit code 3");
    waits.push(followedIn);
  }
  t.deepEqual(waits, [250, 500, 1000]);
});

test("a killed process is replaced by another", async (t) => {
  const program = await programOf(t, "well-behaved");
  program.start();
  await once(program, "line");
  const { pid } = program;
  program.kill();
  t.deepEqual(await once(program, "ended"), ["SIGKILL", 250]);
  t.is(program.pid, undefined);
  await once(program, "line");
  t.not(program.pid, pid);
});

test("a stopped program finishes its work, and announces beforehand that it is going down", async (t) => {
  const program = await programOf(t, "well-behaved");
  program.start();
  await once(program, "line");
  const told: string[] = [];
  program.on("up", () => told.push("up")).on("down", () => told.push("down"));
  program.on("ended", (reason, followedIn) => told.push(`${reason}, ${followedIn}`));
  program.on("line", (line) => told.push(line));
  await program.stop();
  t.deepEqual(told, ["down", "drained", "down", "exit code 0, undefined"]);
});

test("a program without restart stays down after it exits", async (t) => {
  const program = await programOf(t, "fails-to-start", {}, 5, false);
  program.start();
  t.deepEqual(await once(program, "ended"), ["exit code 3", undefined]);
  program.on("up", () => t.fail());
  await pause(500);
  t.is(program.pid, undefined);
});

test("a process that does not end in time is killed", async (t) => {
  const program = await programOf(t, "ignores-sigterm", {}, 0.2);
  program.start();
  await once(program, "line");
  const ended = once(program, "ended");
  await program.stop();
  t.deepEqual(await ended, ["SIGKILL", undefined]);
});

test("a program stopped while it waits for a restart stays stopped", async (t) => {
  const program = await programOf(t, "fails-to-start");
  program.start();
  await once(program, "ended");
  await program.stop();
  program.on("up", () => t.fail());
  await pause(500);
  t.is(program.pid, undefined);
});

test("no program outlives a killed runner", async (t) => {
  const runner = spawn(process.execPath, [join(import.meta.dirname, "../../programs/runner.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(runner.stdout, "data");
  const pid = Number(line);
  t.true(isRunning(pid));
  runner.kill("SIGKILL");
  await until(() => !isRunning(pid));
  t.pass();
});

async function programOf(
  t: ExecutionContext,
  name: string,
  environment: Record<string, string> = {},
  drainSeconds = 5,
  restarts = true,
): Promise<Program> {
  const program = new Program({
    name,
    file: `__tests__/laptop/programs/${name}.ts`,
    port: await freePort(),
    drainSeconds,
    environment,
    restarts,
  });
  t.teardown(() => program.stop());
  return program;
}
