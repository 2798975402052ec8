import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { AutoScaler, Look } from "../local/ecs/auto-scaler.ts";
import { LoadRun } from "../local/load/load-run.ts";
import { startSystem } from "../local/system.ts";
import { loadSettings } from "../settings/load.ts";
import { loadOf } from "../simulate/load.ts";
import { readScenario } from "../simulate/scenario.ts";
import { type Period, simulate } from "../simulate/simulation.ts";
import { describeAttack } from "../specs/attack.ts";
import type { Evaluation } from "../specs/auto-scaling.ts";

const SCENARIO = join(import.meta.dirname, "../simulate/scenarios/laptop.yaml");

new Command("npm run bench:scaling")
  .description("Makes the simulator's laptop scenario for real, in its time, and prints both side by side.")
  .parse();

const scenario = readScenario(SCENARIO);
const { environment, set } = scenario.settings;
const settings = loadSettings({ ...(environment && { environment }), overrides: set });
const attack = describeAttack(settings);
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
const system = await startSystem({
  settings,
  port: 0,
  folder,
  observability: true,
  scalingMinute: scenario.surroundings.periodSeconds,
  print: () => {},
});
try {
  const scaler = system.scaler as AutoScaler;
  const { description } = system.services.like;
  const like = { ...description, tasks: { ...description.tasks, ...scaler.options.bounds } };
  const { periods } = simulate(scenario, like, loadOf(scenario, attack));
  // Both begin with a period.
  await once(scaler, "look");
  const looks: Look[] = [];
  scaler.on("look", (look) => looks.push(look));
  const { latency, failed, requests } = await new LoadRun(attack, system.address).done;
  while (looks.length < periods.length) {
    await once(scaler, "look");
  }
  console.log(course(looks, periods));
  const busy = periods.filter(({ arrived }) => arrived > 0);
  const middle = (figure: "p50" | "p99") => 1000 * median(busy.map((period) => period[figure] ?? Number.NaN));
  console.log(line("", "likes", "failed", "p50 ms", "p99 ms"));
  console.log(line("laptop", requests, failed, latency?.p50 ?? Number.NaN, latency?.p99 ?? Number.NaN));
  const sum = (figure: "arrived" | "failed") => busy.reduce((total, period) => total + period[figure], 0);
  console.log(line("simulator", sum("arrived"), sum("failed"), middle("p50"), middle("p99")));
} finally {
  await system.stop();
  rmSync(folder, { recursive: true });
}

/** Laptop and simulator by turns, period by period. */
function course(looks: readonly Look[], periods: readonly Period[]): string {
  const { periodSeconds } = scenario.surroundings;
  const rows = periods.map(({ end, arrived, alarms, desired, serving }, index) => {
    const look = looks[index] as Look;
    return line(
      `${end} s`,
      look.requests,
      (arrived * 60) / periodSeconds,
      alarm(look.alarms),
      alarm(alarms),
      look.running,
      serving,
      look.desired,
      desired,
    );
  });
  return [line("", "likes/min", "", "alarm", "", "running", "", "desired", ""), ...rows, ""].join("\n");
}

function alarm({ out, in: low }: Evaluation["alarms"]): string {
  return out ? "out" : low ? "in" : "-";
}

function line(name: string, ...values: readonly (string | number)[]): string {
  const written = values.map((value) => (typeof value === "number" ? value.toFixed(0) : value).padStart(10));
  return name.padEnd(10) + written.join("");
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
