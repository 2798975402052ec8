import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import test, { type ExecutionContext } from "ava";
import { LoadRun } from "../../../laptop/load/load-run.ts";
import type { Snapshot } from "../../../laptop/scaling/auto-scaler.ts";
import { StartError } from "../../../laptop/system/start.ts";
import { startSystem } from "../../../laptop/system.ts";
import { loadProfile } from "../../../model/load-profile.ts";
import { until } from "../../until.ts";
import { dataFolder, discardOutput, EVANGELINE, likesInTable, settings } from "../running-system.ts";

// Serial, because each system grows to a dozen processes.

/** Without sidecars, which would only slow down the start. */
const SETTINGS = {
  ...settings,
  labs: { ...settings.labs, metadataProxy: false },
} as const;

/** Likes per second: 1,500 per minute, in the first scale-out step. */
const RATE = 25;

test.serial("load adds the tasks of its step, its end removes them, and no like fails", async (t) => {
  // Long enough that stalls of a busy machine do not move a minute's requests into another step.
  const { system, scaler, lines } = await scaled(t, { minute: 4 });
  const { like } = system.services;
  const { max } = scaler.options.bounds;
  const running = () => like.tasks.filter(({ status }) => status === "RUNNING").length;

  const profile = loadProfile({
    ...SETTINGS,
    load: { ...SETTINGS.load, rate: RATE, durationSeconds: 120, rampSeconds: 0, mysfits: [EVANGELINE] },
  });
  const run = new LoadRun(profile, system.address);
  await until(() => running() === max);
  run.stop();
  const { requests, responses, failed } = await run.done;
  t.deepEqual({ responses, failed }, { responses: { 200: requests }, failed: 0 });

  let visits = 0;
  while (like.tasks.length > 2) {
    t.is((await fetch(`${system.address}/mysfits/${EVANGELINE}/like`, { method: "POST" })).status, 200);
    visits += 1;
    await pause(100); // fewer than 600 per minute
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
    "values are scaled from four seconds to a whole minute",
  );
});

test.serial("keeps a snapshot of every minute, with the alarms and the tasks", async (t) => {
  const { scaler } = await scaled(t);
  const [first] = await once(scaler, "snapshot");
  const [second] = await once(scaler, "snapshot");
  t.deepEqual(scaler.snapshots, [first, second]);
  t.like(second, { requests: 0, running: 2, desired: 2, alarms: { out: false, in: true } });
  t.deepEqual(scaler.decisions, [], "a scale-in below the minimum is not reported");
});

test.serial("a decision names the limit that prevents a change", async (t) => {
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
    /^scale-out: [\d,]+ requests a minute, at or above 1,000 \(step .*\): stays at 2 tasks, 2 tasks is the maximum$/,
  );
  const [snapshot] = (await once(scaler, "snapshot")) as [Snapshot];
  stopped.abort();
  await likes;
  t.is(snapshot.decision?.limit, "max");
  t.is(scaler.decisions.length, 1, "reported once");
  t.is(system.services.like.tasks.length, 2);
});

test("scaling is rejected if the setting is off", async (t) => {
  const off = { ...SETTINGS, labs: { ...SETTINGS.labs, scaling: false } } as const;
  const start = startSystem({
    settings: off,
    port: 0,
    folder: dataFolder(t),
    observability: true,
    scalingMinute: 1,
    print: discardOutput,
  });
  const error = await t.throwsAsync(start, { instanceOf: StartError });
  t.is(error.message, 'labs.scaling is "off": expected on, so that the number of tasks can follow the requests');
});

/** A system that scales its like tasks, with minutes of this many seconds. Twelve tasks are enough here. */
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
