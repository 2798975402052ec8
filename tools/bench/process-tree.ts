import { readFileSync } from "node:fs";

// CPU time and memory of a process and its descendants, from /proc of Linux.

/** Linux's clock ticks per second in /proc/PID/stat, which is 100 on all common platforms. */
const TICKS = 100;

/** IDs of a process and its descendants. */
export function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}

/** CPU seconds that processes have used. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    // Fields 14 and 15 of proc(5): user and system time. The second field, the name, may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS;
}

/** Resident memory of processes, in MiB. */
export function residentMemory(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** Milliseconds between two samples of a peak. */
const SAMPLING = 250;

/** Samples the memory of a process and its descendants until it is stopped. */
export function watchMemory(pid: number): { stop(): { peak: number } } {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      peak = Math.max(peak, sharedMemory(processTree(pid)));
    } catch {
      // A process of the tree has just ended.
    }
  }, SAMPLING);
  return {
    stop() {
      clearInterval(timer);
      return { peak };
    },
  };
}

/** Memory of processes in MiB, in which pages that several of them share count once (PSS in proc(5)). */
function sharedMemory(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}
