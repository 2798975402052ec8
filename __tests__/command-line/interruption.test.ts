import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { onInterruption } from "../../command-line/interruption.ts";

test.serial("the signals of one Ctrl-C are one interruption, and those after it are another", async (t) => {
  const heard: boolean[] = [];
  const stop = onInterruption((isRepeated) => heard.push(isRepeated));
  process.emit("SIGINT", "SIGINT");
  process.emit("SIGINT", "SIGINT"); // npm's copy
  t.deepEqual(heard, [false]);
  await pause(600);
  process.emit("SIGHUP", "SIGHUP"); // npm ended because of the Ctrl-C
  t.deepEqual(heard, [false]);
  process.emit("SIGTERM", "SIGTERM");
  t.deepEqual(heard, [false, true]);
  stop();
  process.emit("SIGTERM", "SIGTERM");
  t.deepEqual(heard, [false, true]);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test.serial(`${signal} interrupts everything that listens, with one listener of the process`, (t) => {
    const before = process.listenerCount(signal);
    let interrupted = 0;
    const stops = Array.from({ length: 20 }, () =>
      onInterruption(() => {
        interrupted += 1;
      }),
    );
    t.is(process.listenerCount(signal), before + 1);
    process.emit(signal, signal);
    t.is(interrupted, 20);
    for (const stop of stops) {
      stop();
    }
    t.is(process.listenerCount(signal), before);
  });
}
