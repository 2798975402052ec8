import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import test, { type ExecutionContext } from "ava";
import type { Look } from "../../../local/ecs/auto-scaler.ts";
import { LoadRun } from "../../../local/load/load-run.ts";
import { StartError } from "../../../local/start.ts";
import { startSystem } from "../../../local/system.ts";
import { describeAttack } from "../../../specs/attack.ts";
import { until } from "../../until.ts";
import { dataFolder, EVANGELINE, ignore, likesInTable, settings } from "../running-system.ts";

// One after the other: each system becomes a dozen processes.

/** The sidecars would only take time to start. */
const SETTINGS = {
  ...settings,
  labs: { ...settings.labs, metadataProxy: "off" },
} as const;

/** Likes a second: 1,500 a minute, which is in the first step of scale-out. */
const RATE = 25;

test.serial("a crowd adds the tasks of its step, its end takes them away again, and no like fails", async (t) => {
  // Long enough for a busy machine's stalls not to move a minute's requests into another step.
  const { system, scaler, lines } = await scaled(t, { minute: 4 });
  const { like } = system.services;
  const { max } = scaler.options.bounds;
  const running = () => like.tasks.filter(({ status }) => status === "RUNNING").length;

  const attack = describeAttack({
    ...SETTINGS,
    load: { ...SETTINGS.load, rate: RATE, durationSeconds: 120, rampSeconds: 0, mysfits: [EVANGELINE] },
  });
  const run = new LoadRun(attack, system.address);
  await until(() => running() === max);
  run.stop();
  const { requests, answers, failed } = await run.done;
  t.deepEqual({ answers, failed }, { answers: { 200: requests }, failed: 0 });

  let visits = 0;
  while (like.tasks.length > 2) {
    t.is((await fetch(`${system.address}/mysfits/${EVANGELINE}/like`, { method: "POST" })).status, 200);
    visits += 1;
    await pause(100); // fewer than 600 a minute
  }
  t.log(lines.filter((line) => /scale-(out|in)/.test(line)).join("\n"));
  t.is(await likesInTable(system, EVANGELINE), requests + visits);
  const changes = scaler.decisions.map(({ decision }) => decision).filter(({ from, to }) => from !== to);
  t.deepEqual(
    changes.map(({ direction, step, from, to }) => [direction, step?.change, from, to]),
    [
      ["out", 10, 2, max],
      ["in", -10, max, 2],
    ],
  );
  t.true(
    changes.every(({ value }) => value >= 100 && value < 2000),
    "a minute of four seconds, told as a whole one",
  );
});

test.serial("what it saw of every minute is kept, with the alarms and the tasks", async (t) => {
  const { scaler } = await scaled(t);
  const [first] = await once(scaler, "look");
  const [second] = await once(scaler, "look");
  t.deepEqual(scaler.looks, [first, second]);
  t.like(second, { requests: 0, running: 2, desired: 2, alarms: { out: false, in: true } });
  t.deepEqual(scaler.decisions, [], "fewer than the fewest is nothing to tell");
});

test.serial("the machine's limit is named when it holds tasks back", async (t) => {
  const { system, scaler } = await scaled(t, { maxTasks: 2 });
  const stopped = new AbortController();
  const likes = (async () => {
    while (!stopped.signal.aborted) {
      scaler.count({ by: "task", origin: "", status: 200, seconds: 0 });
      await pause(10);
    }
  })();
  const [{ decision, message }] = await once(scaler, "decision");
  t.like(decision, { direction: "out", from: 2, to: 2, limit: "max" });
  t.regex(
    message,
    /^scale-out: [\d,]+ requests a minute, at or above 1,000 \(step .*\): stays at 2 tasks, 2 is the most there may be$/,
  );
  const [look] = (await once(scaler, "look")) as [Look];
  stopped.abort();
  await likes;
  t.is(look.decision?.limit, "max");
  t.is(scaler.decisions.length, 1, "told once");
  t.is(system.services.like.tasks.length, 2);
});

test("without the setting there is nothing to scale by", async (t) => {
  const off = { ...SETTINGS, labs: { ...SETTINGS.labs, scaling: "off" } } as const;
  const start = startSystem({
    settings: off,
    port: 0,
    folder: dataFolder(t),
    observability: true,
    scalingMinute: 1,
    print: ignore,
  });
  const error = await t.throwsAsync(start, { instanceOf: StartError });
  t.is(error.message, 'labs.scaling is "off": expected on, for the number of tasks to follow the requests');
});

/** A system whose like tasks follow the likes, in minutes of so many seconds. Twelve tasks are enough here. */
async function scaled(t: ExecutionContext, { minute = 2, maxTasks = 12 } = {}) {
  const lines: string[] = [];
  const like = { ...SETTINGS.services.like, maxTasks };
  const system = await startSystem({
    settings: { ...SETTINGS, services: { ...SETTINGS.services, like } },
    port: 0,
    folder: dataFolder(t),
    observability: true,
    scalingMinute: minute,
    print: (line) => lines.push(stripVTControlCharacters(line)),
  });
  t.teardown(system.stop);
  return { system, scaler: system.scaler ?? t.fail(), lines };
}
