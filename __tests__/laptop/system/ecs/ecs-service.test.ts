import test from "ava";
import { type EcsService, RolloutError } from "../../../../laptop/system/ecs/ecs-service.ts";
import type { System } from "../../../../laptop/system.ts";
import { until } from "../../../until.ts";
import { EVANGELINE, likesInTable, run, sendLikes } from "../../running-system.ts";

// Serial, because each system has four or more processes.

/** Few, because on a busy machine many clients would delay each other beyond the like service's timeout for the monolith. */
const CLIENTS = 8;

test.serial("scaling out spreads the likes, scaling in drains tasks, and no like fails", async (t) => {
  const system = await run(t);
  const { like } = system.services;
  t.is(like.tasks.length, 2);
  const oldest = like.tasks[0];

  const { counted, failed } = await sendLikes(
    system,
    2000,
    (answers) => {
      if (answers === 300) {
        like.scale(4);
      } else if (answers === 1500) {
        like.scale(1);
      }
    },
    CLIENTS,
  );
  t.deepEqual({ counted, failed }, { counted: 2000, failed: 0 });
  t.is(await likesInTable(system, EVANGELINE), 2000);
  await until(() => like.tasks.length === 1);
  t.is(like.tasks[0], oldest, "the newest are stopped first");
  t.deepEqual(messages(like, "scaled"), ["from 2 to 4 tasks", "from 4 to 1 task"]);
  t.is(kinds(like, "task healthy").length, 4);
});

test.serial("stopped and killed tasks are replaced", async (t) => {
  const system = await run(t);
  const { like } = system.services;
  const [first, second] = like.tasks.map(({ id }) => id) as [string, string];
  let stopped: Promise<void> | undefined;
  const outcome = await sendLikes(
    system,
    1000,
    (answers) => {
      if (answers === 300) {
        stopped = like.stopTask(first);
      }
    },
    CLIENTS,
  );
  t.deepEqual(outcome, { counted: 1000, failed: 0 }, "a stopped task finishes its requests first");
  await stopped;
  await steady(like, 2);

  like.killTask(second);
  for (let turn = 0; turn < 4; turn += 1) {
    t.is(await likeOnce(system), 200, "the other task takes the request");
  }
  await until(() => messages(like, "task lost").length > 0);
  await steady(like, 2);
  t.false(like.tasks.some(({ id }) => id === first || id === second));
  t.regex(messages(like, "task lost").join(), /exited unexpectedly \(SIGKILL\); another starts in 0.25 s/);
  t.throws(() => like.killTask(second), { message: new RegExp(`^like has no task ${second}: expected one of`) });
});

test.serial("a rollout replaces all tasks at once, and no like fails", async (t) => {
  const system = await run(t);
  const { like } = system.services;
  const before = like.tasks.map(({ id }) => id);
  let rolledOut: Promise<void> | undefined;
  let refused: Promise<unknown> | undefined;
  const outcome = await sendLikes(
    system,
    2000,
    (answers) => {
      if (answers === 300) {
        rolledOut = like.rollOut({ LOGLEVEL: "WARN" });
        refused = t.throwsAsync(like.rollOut({}), {
          message: "like cannot be rolled out: another rollout is in progress",
        });
      }
    },
    CLIENTS,
  );
  await Promise.all([rolledOut, refused]);
  t.deepEqual(outcome, { counted: 2000, failed: 0 });
  t.is(await likesInTable(system, EVANGELINE), 2000);
  t.is(like.tasks.length, 2);
  t.false(like.tasks.some(({ id }) => before.includes(id)));
  t.is(like.environment.LOGLEVEL, "WARN");
  t.is(like.environment.CHAOSMODE, "off", "unchanged variables are kept");
  const steps = like.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("rollout"));
  t.deepEqual(steps, ["rollout began", "rollout switched", "rollout done"]);
  t.is(messages(like, "rollout began").join(), "rollout 2 starts 2 tasks with LOGLEVEL=WARN");
});

test.serial("a rollout whose tasks do not start is rolled back, and the previous tasks keep serving", async (t) => {
  const system = await run(t);
  const { like } = system.services;
  const before = [...like.tasks];
  const error = await t.throwsAsync(like.rollOut({ CHAOSMODE: "maybe" }), { instanceOf: RolloutError });
  t.is(error.message, "like: rollout 2 was rolled back: like ended with exit code 1: its last lines say why");
  t.deepEqual([...like.tasks], before);
  t.is(like.environment.CHAOSMODE, "off");
  t.is(await likeOnce(system), 200);
  await t.throwsAsync(like.rollOut({ HATS: "3" }), {
    message: "like has no variable HATS: expected one of MONOLITH_URL, CHAOSMODE, LOGLEVEL, TRACING",
  });
  await like.rollOut({ LOGLEVEL: "WARN" });
  t.is(messages(like, "rollout done").join(), "rollout 3 is done");
});

test.serial("a rollout of the monolith gives the like service its new address, and no like fails", async (t) => {
  const system = await run(t);
  const { like, monolith } = system.services;
  const [before] = monolith.tasks;
  let rolledOut: Promise<void> | undefined;
  const outcome = await sendLikes(
    system,
    2000,
    (answers) => {
      if (answers === 300) {
        rolledOut = monolith.rollOut({ LOGLEVEL: "WARN" });
      }
    },
    CLIENTS,
  );
  await rolledOut;
  t.deepEqual(outcome, { counted: 2000, failed: 0 });
  const [after] = monolith.tasks;
  t.not(after, before);
  t.is(`http://${like.environment.MONOLITH_URL}`, after?.origin ?? "");
  t.is(await likeOnce(system), 200);
  t.throws(() => monolith.scale(2), { message: /^the desired count of monolith is 2: expected 0 or 1/ });
});

test.serial("rejects an invalid task count", async (t) => {
  const { like } = (await run(t)).services;
  for (const wrong of [-1, 1.5, Number.NaN]) {
    t.throws(() => like.scale(wrong), {
      message: `the desired count of like is ${wrong}: expected a whole number, 0 or more`,
    });
  }
  t.is(like.desired, 2);
});

async function likeOnce({ address }: System): Promise<number> {
  return (await fetch(`${address}/mysfits/${EVANGELINE}/like`, { method: "POST" })).status;
}

function kinds({ events }: EcsService, kind: string) {
  return events.filter((event) => event.kind === kind);
}

function messages(service: EcsService, kind: string): string[] {
  return kinds(service, kind).map(({ message }) => message);
}

async function steady(service: EcsService, tasks: number): Promise<void> {
  await until(() => service.tasks.length === tasks && service.tasks.every(({ status }) => status === "RUNNING"));
}
