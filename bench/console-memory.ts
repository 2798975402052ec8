import { Command, InvalidArgumentError } from "commander";
import { LoadRun } from "../local/load/load-run.ts";
import { figuresOf } from "../local/processes/process-figures.ts";
import { openTabs } from "./open-tabs.ts";
import { startRunner } from "./runner.ts";

/** MiB that the runner should never take more of. */
const LIMIT = 300;

const MIB = 1024 ** 2;

/** Seconds between two looks. */
const EVERY = 5;

const { minutes, rate } = new Command("npm run bench:console-memory --")
  .description("What memory the runner takes over time under load, with the console open; chaos off, LOGLEVEL=INFO.")
  .option("--minutes <minutes>", "how long", positive, 30)
  .option("--rate <rate>", "likes a second", positive, 500)
  .parse()
  .opts<{ minutes: number; rate: number }>();

const runner = await startRunner({ CHAOSMODE: "off", LOGLEVEL: "INFO" });
const tabs = openTabs(runner.consoleUrl ?? "");
try {
  const { origin, pathname } = new URL(runner.likeUrl);
  const durationSeconds = minutes * 60;
  const load = new LoadRun({ method: "POST", paths: [pathname], rate, durationSeconds, rampSeconds: 0 }, origin);
  console.log("minute   runner MiB   highest so far   likes   failed   p99 ms");
  let highest = 0;
  let looks = 0;
  load.on("progress", async ({ seconds, requests, failed, latency }) => {
    const { memory = 0 } = (await figuresOf(runner.pid)) ?? {};
    highest = Math.max(highest, memory / MIB);
    looks += 1;
    // Twelve lines, however long it takes.
    if (looks % Math.max(EVERY, Math.floor(durationSeconds / 12)) === 0) {
      const figures = [seconds / 60, memory / MIB, highest, requests, failed, latency?.p99 ?? 0];
      console.log(figures.map((figure, column) => figure.toFixed(column === 0 ? 1 : 0).padStart(9)).join("  "));
    }
  });
  const { requests, failed } = await load.done;
  console.log(`highest: ${highest.toFixed(0)} MiB of ${LIMIT}, after ${requests} likes of which ${failed} failed`);
  process.exitCode = highest > LIMIT ? 1 : 0;
} finally {
  tabs.close();
  await runner.stop();
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 10_000)) {
    throw new InvalidArgumentError("expected a number, more than 0");
  }
  return number;
}
