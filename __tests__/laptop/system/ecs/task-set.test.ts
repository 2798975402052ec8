import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { TaskSet } from "../../../../laptop/system/ecs/task-set.ts";
import { defineServices } from "../../../../model/services.ts";
import { until } from "../../../until.ts";
import { settings } from "../../running-system.ts";

// The like service without a monolith, which its health checks do not need.
const NOWHERE = { region: "us-west-2", tableName: "", hostOf: () => "127.0.0.1:9", siteOrigin: "" };
const { like: LIKE } = defineServices(settings, NOWHERE);
const QUICK = { ...LIKE, health: { ...LIKE.health, interval: 0.2, timeout: 0.2, unhealthyAfter: 2 }, drainSeconds: 1 };

test.serial("a task that stops responding is replaced", async (t) => {
  const set = await setOf(t, 2);
  const [frozen, other] = set.tasks;
  const dismissed = once(set, "dismissed");
  process.kill(frozen?.pid ?? 0, "SIGSTOP");
  t.deepEqual(await dismissed, [frozen, "it fails its health checks"]);
  await until(() => set.group.hosts.healthy === 2 && set.tasks.length === 2);
  t.is(set.tasks[0], other);
});

test.serial("a task that is killed while it is stopping is not replaced", async (t) => {
  const set = await setOf(t, 2);
  const [, dying] = set.tasks;
  set.on("lost", () => t.fail("the stop was requested"));
  set.scale(1);
  t.is(dying?.status, "DEACTIVATING");
  dying?.kill();
  await dying?.stop();
  t.is(dying?.status, "STOPPED");
  t.is(set.tasks.length, 1);
});

test.serial("after rapid changes of the desired count, the last one applies", async (t) => {
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
