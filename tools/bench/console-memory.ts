import { LoadRun } from "../../laptop/load/load-run.ts";
import { processStats } from "../../laptop/system/processes/process-stats.ts";
import { benchmark } from "./benchmark.ts";
import { LIKE } from "./likes.ts";
import { openTabs } from "./open-tabs.ts";
import { startRunner } from "./runner.ts";

const { smoke, report } = benchmark(
  "bench:console-memory",
  "Measures the memory of npm start during half an hour of 500 likes per second with the console open; chaos off.",
);
const durationSeconds = smoke ? 5 : 30 * 60;
const rate = smoke ? 20 : 500;

const MIB = 1024 ** 2;

/** Seconds between two lines of output. */
const PROGRESS_SECONDS = 150;

const runner = await startRunner({ CHAOSMODE: "off", LOGLEVEL: "INFO" });
const tabs = openTabs(runner.consoleUrl ?? "");
try {
  const { origin } = new URL(runner.likeUrl);
  const load = new LoadRun({ method: "POST", paths: [LIKE], rate, durationSeconds, rampSeconds: 0 }, origin);
  let highest = 0;
  let printed = 0;
  load.on("progress", async ({ seconds, requests }) => {
    const { memory = 0 } = (await processStats(runner.pid)) ?? {};
    highest = Math.max(highest, memory / MIB);
    if (seconds - printed >= PROGRESS_SECONDS) {
      printed = seconds;
      console.log(`${(seconds / 60).toFixed(1)} min  ${(memory / MIB).toFixed(0)} MiB  ${requests} likes`);
    }
  });
  const { requests, failed } = await load.done;
  report({
    "highest MiB": highest,
    minutes: durationSeconds / 60,
    likes: requests,
    "failed percent": (100 * failed) / requests,
  });
} finally {
  tabs.close();
  await runner.stop();
}
