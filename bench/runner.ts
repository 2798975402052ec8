import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LEASH } from "../local/processes/program.ts";
import { MYSFITS } from "../specs/mysfits.ts";
import { LIKE_PATH } from "../specs/services.ts";

/** What `npm start` starts, as a program of its own. */
export interface Runner {
  readonly pid: number;
  /** Where one mysfit is liked. */
  readonly likeUrl: string;
  /** Undefined without observability. */
  readonly consoleUrl: string | undefined;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "..");

/** What stands behind `node` in the project's start script. */
const START = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: { start: string } }
).scripts.start
  .split(" ")
  .slice(1);

/** Starts the runner on free ports, with data of its own. */
export async function startRunner(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
  const runner = spawn(process.execPath, ["--import", LEASH, ...START, "--data", folder, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", PORT: "0", ...environment },
    // The first is its leash: the runner ends with the bench, however that ends.
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: runner.stdout });
  let site: string | undefined;
  let consoleUrl: string | undefined;
  for await (const line of lines) {
    consoleUrl ??= /^Console.*(http:\S+)$/.exec(line)?.[1];
    site ??= /^Mythical Mysfits.*(http:\S+)$/.exec(line)?.[1];
    if (line === "Ctrl-C stops it.") {
      break;
    }
  }
  // A terminal would read on, too.
  runner.stdout.resume();
  if (site === undefined || runner.pid === undefined) {
    throw new Error("the runner has not started: its last lines say why");
  }
  return {
    pid: runner.pid,
    likeUrl: site + LIKE_PATH.replace("*", MYSFITS[0]?.id ?? ""),
    consoleUrl,
    async stop() {
      const ended = once(runner, "exit");
      runner.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
