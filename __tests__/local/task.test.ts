import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { freePort } from "../../local/free-port.ts";
import { Task } from "../../local/task.ts";

test("a program gets the environment it is given, and nothing of the runner's", async (t) => {
  process.env.AWS_SECRET_ACCESS_KEY = "this user's own";
  const task = await taskOf(t, "obedient", { CHAOSMODE: "off" });
  task.start();
  const [line] = await once(task, "line");
  const environment = JSON.parse(line);
  t.is(environment.PORT, String(task.port));
  t.is(environment.HOST, "127.0.0.1");
  t.is(environment.CHAOSMODE, "off");
  t.is(environment.AWS_SECRET_ACCESS_KEY, undefined);
  t.is(environment.HOME, undefined);
});

test("a program that ends by itself is started again, each time a little later", async (t) => {
  const task = await taskOf(t, "hopeless");
  const waits: (number | undefined)[] = [];
  task.start();
  for (let turn = 0; turn < 3; turn += 1) {
    const [reason, followedIn] = await once(task, "ended");
    t.is(reason, "exit code 3");
    waits.push(followedIn);
  }
  t.deepEqual(waits, [250, 500, 1000]);
});

test("a killed process is followed by another", async (t) => {
  const task = await taskOf(t, "obedient");
  task.start();
  await once(task, "line");
  const { pid } = task;
  task.kill();
  t.deepEqual(await once(task, "ended"), ["SIGKILL", 250]);
  t.is(task.pid, undefined);
  await once(task, "line");
  t.not(task.pid, pid);
});

test("a restart lets the process finish first, and tells beforehand that it is going", async (t) => {
  const task = await taskOf(t, "obedient");
  task.start();
  await once(task, "line");
  const told: string[] = [];
  task.on("up", () => told.push("up")).on("down", () => told.push("down"));
  task.on("ended", (reason, followedIn) => told.push(`${reason}, ${followedIn}`));
  task.on("line", (line) => told.push(line.startsWith("{") ? "listens" : line));
  await task.restart();
  t.deepEqual(told, ["down", "drained", "down", "exit code 0, undefined", "up"]);
});

test("a restart in the middle of the wait for the next start makes one process, not two", async (t) => {
  const task = await taskOf(t, "obedient");
  let starts = 0;
  task.on("up", () => {
    starts += 1;
  });
  task.start();
  await once(task, "line");
  task.kill();
  await once(task, "ended");
  await task.restart();
  await pause(500);
  t.is(starts, 2);
});

test("a process that will not end is killed when its time is up", async (t) => {
  const task = await taskOf(t, "stubborn", {}, 0.2);
  task.start();
  await once(task, "line");
  const ended = once(task, "ended");
  await task.stop();
  t.deepEqual(await ended, ["SIGKILL", undefined]);
});

test("stopped while it waits for the next start, a program stays stopped", async (t) => {
  const task = await taskOf(t, "hopeless");
  task.start();
  await once(task, "ended");
  await task.stop();
  task.on("up", () => t.fail());
  await pause(500);
  t.is(task.pid, undefined);
});

test("no program outlives a runner that is killed", async (t) => {
  const runner = spawn(process.execPath, [join(import.meta.dirname, "programs/runner.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(runner.stdout, "data");
  const pid = Number(line);
  t.true(isRunning(pid));
  runner.kill("SIGKILL");
  while (isRunning(pid)) {
    await pause(20);
  }
});

async function taskOf(
  t: ExecutionContext,
  program: string,
  environment: Record<string, string> = {},
  drainSeconds = 5,
): Promise<Task> {
  const task = new Task({
    name: program,
    program: `__tests__/local/programs/${program}.ts`,
    port: await freePort(),
    drainSeconds,
    environment,
  });
  t.teardown(() => task.stop());
  return task;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
