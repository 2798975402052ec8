import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TargetGroup } from "../../laptop/system/load-balancer/target-group.ts";
import { freePort } from "../../laptop/system/processes/free-port.ts";
import { Program } from "../../laptop/system/processes/program.ts";
import { startSystem } from "../../laptop/system.ts";
import { loadSettings } from "../../settings/load.ts";

type System = Awaited<ReturnType<typeof startSystem>>;

/** Seconds that a program may take to finish its requests. */
const DRAIN_SECONDS = 2;

/** Settings of production without traces, which have a cost of their own. */
export const SETTINGS = loadSettings({ environment: "production", overrides: ["labs.tracing=off"] });

/** Runs the system on this machine while `use` does, with its data in a folder of its own. */
export async function withSystem(
  options: Partial<Parameters<typeof startSystem>[0]>,
  use: (system: System) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
  try {
    const system = await startSystem({ settings: SETTINGS, port: 0, folder, print: () => {}, ...options });
    try {
      await use(system);
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts a program on a free port and waits until it is healthy. @param file path below the project's folder */
export async function startProgram(file: string, environment: Readonly<Record<string, string>>): Promise<Program> {
  const program = new Program({
    name: file,
    file,
    port: await freePort(),
    drainSeconds: DRAIN_SECONDS,
    environment: { NODE_ENV: "production", ...environment },
  });
  const group = new TargetGroup({ path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 });
  program.on("up", () => group.register(program.origin)).on("down", () => group.deregister(program.origin));
  program.start();
  await group.whenHealthy();
  return program;
}
