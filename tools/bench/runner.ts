import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PARENT_WATCHDOG } from "../../laptop/system/processes/program.ts";
import { LIKE } from "./likes.ts";

/** The program behind `npm start`. */
export interface Runner {
  readonly pid: number;
  /** URL that likes one mysfit. */
  readonly likeUrl: string;
  /** Undefined without observability. */
  readonly consoleUrl: string | undefined;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "../..");

/** Arguments of `node` in the start script of package.json. */
const START = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: { start: string } }
).scripts.start
  .split(" ")
  .slice(1);

/** Starts the runner on free ports, with its data in a temporary folder. */
export async function startRunner(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
  const runner = spawn(process.execPath, ["--import", PARENT_WATCHDOG, ...START, "--data", folder, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", PORT: "0", ...environment },
    // The parent watchdog reads standard input, so the runner ends when the benchmark does, even in a crash.
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: runner.stdout });
  let site: string | undefined;
  let consoleUrl: string | undefined;
  for await (const line of lines) {
    consoleUrl ??= /^Console.*(http:\S+)$/.exec(line)?.[1];
    site ??= /^.+, \w+: (http:\S+)$/.exec(line)?.[1];
    if (line === "Ctrl-C stops it.") {
      break;
    }
  }
  // Keeps the pipe from filling up.
  runner.stdout.resume();
  if (site === undefined || runner.pid === undefined) {
    throw new Error("the runner did not start; see its last lines");
  }
  return {
    pid: runner.pid,
    likeUrl: site + LIKE,
    consoleUrl,
    async stop() {
      const ended = once(runner, "exit");
      runner.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
