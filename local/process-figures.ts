import { cpus } from "node:os";
import pidusage from "pidusage";

/** What a process has used so far. */
export interface Figures {
  /** Another process counts from zero again. */
  readonly pid: number;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of processor time, of all its threads. */
  readonly cpu: number;
  /** Milliseconds that all the machine's processors have spent, idle or not, since the machine started. */
  readonly machineCpu: number;
  /** Bytes of resident memory. */
  readonly memory: number;
}

/** Reads /proc on Linux and asks `ps` on macOS. Resolves with nothing for a process that has ended, or on a machine that has neither. */
export async function figuresOf(pid: number): Promise<Figures | undefined> {
  try {
    const { ctime, memory, timestamp } = await pidusage(pid);
    return { pid, at: timestamp, cpu: ctime, machineCpu: machineCpu(), memory };
  } catch {
    return undefined;
  }
}

/** Milliseconds of processor time that a process used from one reading to the next; all of it when it began in between. */
export function cpuSince(before: Figures | undefined, now: Figures): number {
  return now.cpu - (before?.pid === now.pid ? before.cpu : 0);
}

/** Lets go of what reading keeps open. */
export function stopReading(): void {
  pidusage.clear();
}

function machineCpu(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.idle + times.irq, 0);
}
