import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "ava";
import {
  cpuSince,
  type ProcessStats,
  processStats,
  statsFromPs,
} from "../../../../laptop/system/processes/process-stats.ts";

test.serial("reports the resource use of this process", async (t) => {
  const [before, least, most] = await bracketed(() => processStats(process.pid));
  t.true(before !== undefined && before.cpu >= least - 50 && before.cpu <= most + 50, `${before?.cpu} ms`);
  t.true(isMemory(before), `${before?.memory} bytes`);

  const begin = process.cpuUsage();
  while (process.cpuUsage(begin).user < 300_000) {
    // uses CPU
  }
  const now = (await processStats(process.pid)) ?? t.fail();
  t.true(cpuSince(before, now) >= 250, `${cpuSince(before, now)} ms`);
  t.true(now.machineCpu > (before?.machineCpu ?? 0));
  t.is(cpuSince(before && { ...before, pid: 1 }, now), now.cpu, "another process starts at zero");
});

test.serial("ps reports the same figures, to the second", async (t) => {
  const [{ cpu, memory }, least, most] = await bracketed(() => statsFromPs(process.pid));
  t.true(cpu >= least - 1_050 && cpu <= most + 50, `${cpu} ms: expected ${least} to ${most}`);
  t.true(isMemory({ memory }), `${memory} bytes`);
});

test.serial("returns undefined for a process that has ended", async (t) => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  t.is(await processStats(child.pid ?? 0), undefined);
});

/** Process stats, with the CPU milliseconds of this process before and after reading them. */
async function bracketed<Read>(read: () => Promise<Read>): Promise<readonly [read: Read, least: number, most: number]> {
  const used = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const least = used();
  return [await read(), least, used()];
}

function isMemory(figures: Pick<ProcessStats, "memory"> | undefined): boolean {
  return figures !== undefined && Math.abs(figures.memory / process.memoryUsage.rss() - 1) < 0.3;
}
