import { setImmediate } from "node:timers/promises";
import test from "ava";
import fc from "fast-check";
import { NotStartedError, SharedCalls } from "../../service/monolith/shared-calls.ts";

test("callers that arrive during a call share the next one", async (t) => {
  const calls: { callers: number; end: (result: string) => void }[] = [];
  const shared = new SharedCalls<string>((_key, { callers }) => new Promise((end) => calls.push({ callers, end })));
  const first = shared.join("a");
  const others = [shared.join("a"), shared.join("a"), shared.join("a")];
  t.is(calls.length, 1);
  calls[0]?.end("first");
  t.is(await first, "first");
  await setImmediate();
  t.is(calls.length, 2);
  calls[1]?.end("second");
  t.deepEqual(await Promise.all(others), ["second", "second", "second"]);
  t.deepEqual(
    calls.map(({ callers }) => callers),
    [1, 3],
  );
});

test("calls for different keys do not wait for each other", async (t) => {
  const shared = new SharedCalls((key) => (key === "slow" ? new Promise(() => {}) : Promise.resolve(key)));
  shared.join("slow");
  t.is(await shared.join("fast"), "fast");
});

test("an error reaches all callers of its call and no other", async (t) => {
  let calls = 0;
  const shared = new SharedCalls(async () => {
    calls += 1;
    if (calls === 2) {
      throw new Error("failed");
    }
    return calls;
  });
  const results = await Promise.allSettled([shared.join("a"), shared.join("a"), shared.join("a")]);
  t.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected"],
  );
  t.is(await shared.join("a"), 3);
});

test("a caller whose call does not start in time leaves it, and the others stay", async (t) => {
  const calls: { callers: number; end: () => void }[] = [];
  const shared = new SharedCalls<void>((_key, { callers }) => new Promise((end) => calls.push({ callers, end })));
  const first = shared.join("a", 1);
  const impatient = [shared.join("a", 1), shared.join("a", 1)];
  const patient = shared.join("a");
  for (const caller of impatient) {
    await t.throwsAsync(caller, { instanceOf: NotStartedError });
  }
  await t.throwsAsync(shared.join("a", 1), { instanceOf: NotStartedError });
  calls[0]?.end();
  await first;
  await setImmediate();
  calls[1]?.end();
  await patient;
  t.deepEqual(
    calls.map(({ callers }) => callers),
    [1, 1],
  );
});

test("a call without callers left does not start", async (t) => {
  const ends: (() => void)[] = [];
  const shared = new SharedCalls<void>(() => new Promise((end) => ends.push(end)));
  const first = shared.join("a");
  await t.throwsAsync(shared.join("a", 1), { instanceOf: NotStartedError });
  ends[0]?.();
  await first;
  await setImmediate();
  t.is(ends.length, 1);
});

test("property: each caller belongs to exactly one call, which starts after the caller has arrived", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(2), { maxLength: 40 }), async (scheduler, keys) => {
      let time = 0;
      let counted = 0;
      const shared = new SharedCalls(async (_key, { callers }) => {
        time += 1;
        const started = time;
        counted += callers;
        await scheduler.schedule(Promise.resolve());
        return started;
      });
      const callers = scheduler.scheduleSequence(
        keys.map((key) => async () => {
          time += 1;
          const arrived = time;
          results.push(shared.join(String(key)).then((started) => started > arrived));
        }),
      );
      const results: Promise<boolean>[] = [];
      await scheduler.waitAll();
      await callers.task;
      await scheduler.waitAll();
      t.true((await Promise.all(results)).every(Boolean));
      t.is(counted, keys.length);
    }),
  );
});
