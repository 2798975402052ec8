import { once } from "node:events";
import { join } from "node:path";
import { LoadRun } from "../../laptop/load/load-run.ts";
import type { AutoScaler, Snapshot } from "../../laptop/scaling/auto-scaler.ts";
import type { Evaluation } from "../../model/auto-scaling.ts";
import { loadProfile } from "../../model/load-profile.ts";
import { loadSettings } from "../../settings/load.ts";
import { loadOf } from "../simulate/load.ts";
import { readScenario, type Scenario } from "../simulate/scenario.ts";
import { type Period, simulate } from "../simulate/simulation.ts";
import { benchmark, median } from "./benchmark.ts";
import { withSystem } from "./system.ts";

const { smoke, report } = benchmark(
  "bench:scaling",
  "Runs the simulator's laptop scenario for real and prints the measured and the simulated figures side by side.",
);
const SCENARIO = join(import.meta.dirname, "../simulate/scenarios/laptop.yaml");
const SHORT = ["load.rate=10", "load.durationSeconds=10"];

const read = readScenario(SCENARIO);
const scenario: Scenario = smoke ? { ...read, load: ["load-test"] } : read;
const { environment, set } = scenario.settings;
const settings = loadSettings({
  ...(environment && { environment }),
  overrides: [...set, ...(smoke ? SHORT : [])],
});
const profile = loadProfile(settings);

await withSystem({ settings, observability: true, scalingMinute: scenario.timing.periodSeconds }, async (system) => {
  const scaler = system.scaler as AutoScaler;
  const { definition } = system.services.like;
  const like = { ...definition, tasks: { ...definition.tasks, ...scaler.options.bounds } };
  const { periods } = simulate(scenario, like, loadOf(scenario, profile));
  // Both begin with a period.
  await once(scaler, "snapshot");
  const snapshots: Snapshot[] = [];
  scaler.on("snapshot", (snapshot) => snapshots.push(snapshot));
  const { latency, failed, requests } = await new LoadRun(profile, system.address).done;
  while (snapshots.length < periods.length) {
    await once(scaler, "snapshot");
  }
  console.log(timeline(snapshots, periods));
  const busy = periods.filter(({ arrived }) => arrived > 0);
  const simulated = (figure: "p50" | "p99") => 1000 * median(busy.map((period) => period[figure] ?? Number.NaN));
  const sum = (figure: "arrived" | "failed") => busy.reduce((total, period) => total + period[figure], 0);
  report({
    "laptop.likes": requests,
    "laptop.failed": failed,
    "laptop.p50 ms": latency?.p50 ?? Number.NaN,
    "laptop.p99 ms": latency?.p99 ?? Number.NaN,
    "simulator.likes": sum("arrived"),
    "simulator.failed": sum("failed"),
    "simulator.p50 ms": simulated("p50"),
    "simulator.p99 ms": simulated("p99"),
  });
});

/** Formats laptop and simulator in pairs of columns, period by period. */
function timeline(snapshots: readonly Snapshot[], periods: readonly Period[]): string {
  const { periodSeconds } = scenario.timing;
  const rows = periods.map(({ end, arrived, alarms, desired, serving }, index) => {
    const snapshot = snapshots[index] as Snapshot;
    const perMinute = (arrived * 60) / periodSeconds;
    const pairs = [
      snapshot.requests,
      perMinute,
      alarm(snapshot.alarms),
      alarm(alarms),
      snapshot.running,
      serving,
      snapshot.desired,
      desired,
    ];
    return line(`${end} s`, ...pairs);
  });
  return [line("", "likes/min", "", "alarm", "", "running", "", "desired", ""), ...rows, ""].join("\n");
}

function alarm({ out, in: low }: Evaluation["alarms"]): string {
  return out ? "out" : low ? "in" : "-";
}

function line(name: string, ...values: readonly (string | number)[]): string {
  const cells = values.map((value) => (typeof value === "number" ? value.toFixed(0) : value).padStart(10));
  return name.padEnd(10) + cells.join("");
}
