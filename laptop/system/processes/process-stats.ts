import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { promisify } from "node:util";

/** CPU time and memory of a process. */
export interface ProcessStats {
  /** Process ID. Counters of another process start at zero. */
  readonly pid: number;
  /** Time of the measurement, in milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of CPU time, of all threads. */
  readonly cpu: number;
  /** Milliseconds of all the machine's processors, busy and idle, since the machine started. */
  readonly machineCpu: number;
  /** Bytes of resident memory. */
  readonly memory: number;
}

/** Reads the figures of a process; undefined if it has ended, or on a machine with neither /proc nor `ps`, such as Windows. */
export async function processStats(pid: number): Promise<ProcessStats | undefined> {
  try {
    const used = process.platform === "linux" ? await readProc(pid) : await statsFromPs(pid);
    return { pid, at: Date.now(), machineCpu: machineCpu(), ...used };
  } catch {
    return undefined;
  }
}

/** Milliseconds of CPU time between two readings; the whole time of a process that started in between. */
export function cpuSince(before: ProcessStats | undefined, now: ProcessStats): number {
  return now.cpu - (before?.pid === now.pid ? before.cpu : 0);
}

/** Milliseconds per clock tick. Linux reports 100 ticks per second to programs, independent of the kernel's own unit. */
const TICK = 10;

/** Source: proc(5). */
async function readProc(pid: number): Promise<Pick<ProcessStats, "cpu" | "memory">> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "utf8"),
    readFile(`/proc/${pid}/status`, "utf8"),
  ]);
  // The name, in parentheses, may contain spaces. The field after the last parenthesis is the third in the line.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [fields[14 - 3], fields[15 - 3]];
  const [, resident] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return { cpu: (Number(user) + Number(system)) * TICK, memory: known(resident) * 1024 };
}

/** POSIX has both columns; macOS adds hundredths to the time. */
export async function statsFromPs(pid: number): Promise<Pick<ProcessStats, "cpu" | "memory">> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "time=", "-o", "rss=", "-p", String(pid)]);
  const [time = "", resident] = stdout.trim().split(/\s+/);
  const [, days = 0, hours = 0, minutes, seconds] = /^(?:(\d+)-)?(?:(\d+):)?(\d+):([\d.]+)$/.exec(time) ?? [];
  const total = ((Number(days) * 24 + Number(hours)) * 60 + known(minutes)) * 60 + Number(seconds);
  return { cpu: total * 1000, memory: known(resident) * 1024 };
}

function known(figure: string | undefined): number {
  if (figure === undefined) {
    throw new Error("a figure is missing: expected a running process");
  }
  return Number(figure);
}

function machineCpu(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.idle + times.irq, 0);
}
