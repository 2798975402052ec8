import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { TaskSet } from "../../../local/ecs/task-set.ts";
import { describeServices } from "../../../specs/services.ts";
import { until } from "../../until.ts";
import { settings } from "../running-system.ts";

// The like service, whose checks are about itself alone, with a monolith that is not there.
const NOWHERE = { region: "us-west-2", tableName: "", monolithHost: "127.0.0.1:9", siteOrigin: "" };
const [LIKE] = describeServices(settings, NOWHERE);
const QUICK = { ...LIKE, health: { ...LIKE.health, interval: 0.2, timeout: 0.2, unhealthyAfter: 2 }, drainSeconds: 1 };

test.serial("a task that answers no more is replaced", async (t) => {
  const set = await setOf(t, 2);
  const [frozen, other] = set.tasks;
  const dismissed = once(set, "dismissed");
  process.kill(frozen?.pid ?? 0, "SIGSTOP");
  t.deepEqual(await dismissed, [frozen, "it fails its health checks"]);
  await until(() => set.group.hosts.healthy === 2 && set.tasks.length === 2);
  t.is(set.tasks[0], other);
});

test.serial("a task that dies while it is being stopped is gone all the same, and not replaced", async (t) => {
  const set = await setOf(t, 2);
  const [, dying] = set.tasks;
  set.on("lost", () => t.fail("it was told to go"));
  set.scale(1);
  t.is(dying?.status, "DEACTIVATING");
  dying?.kill();
  await dying?.stop();
  t.is(dying?.status, "STOPPED");
  t.is(set.tasks.length, 1);
});

test.serial("tasks are wanted and not wanted in one breath, and there are as many as were wanted last", async (t) => {
  const set = await setOf(t, 1);
  for (const wanted of [4, 0, 3, 1, 2]) {
    set.scale(wanted);
  }
  await set.whenSteady();
  await until(() => set.tasks.length === 2);
  await pause(300);
  t.is(set.tasks.length, 2);
});

async function setOf(t: ExecutionContext, desired: number): Promise<TaskSet> {
  const host = { environment: {}, knownPorts: false, sidecarEnvironment: () => ({}), keep: () => {} };
  const set = new TaskSet({ service: QUICK, file: "service/like/main.ts", revision: 1, changes: {} }, host);
  t.teardown(() => set.stop("the test is over"));
  set.scale(desired);
  await set.whenSteady();
  return set;
}
