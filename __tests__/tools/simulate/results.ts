import { loadProfile } from "../../../model/load-profile.ts";
import { defineServices } from "../../../model/services.ts";
import { loadSettings } from "../../../settings/load.ts";
import { loadOf } from "../../../tools/simulate/load.ts";
import type { Scenario } from "../../../tools/simulate/scenario.ts";
import type { ScenarioResult } from "../../../tools/simulate/scenario-result.ts";
import { simulate } from "../../../tools/simulate/simulation.ts";

const SCENARIO: Scenario = {
  title: "A rise that outruns the tasks",
  settings: { set: [] },
  load: [
    { rate: 5, forSeconds: 300 },
    { rampTo: 800, forSeconds: 600 },
    { rate: 800, forSeconds: 900 },
    { rate: 2, forSeconds: 1800 },
  ],
  request: { cpuMs: 4, waitMs: 6, spread: 1 },
  timing: { taskStartSeconds: 60, timeoutSeconds: 10, periodSeconds: 60, metricDelayPeriods: 1 },
};

/** Results of one scenario for several kinds of scaling, `by hand` being a fixed task count. */
export function resultsOf(...kinds: readonly string[]): readonly ScenarioResult[] {
  return kinds.map((kind) => {
    const override = kind === "by hand" ? "labs.scaling=off" : `services.like.scaling=${kind}`;
    const settings = loadSettings({ environment: "workshop", overrides: [override] });
    const { like: service } = defineServices(settings, { region: "", tableName: "", hostOf: () => "", siteOrigin: "" });
    const load = loadOf(SCENARIO, loadProfile(settings));
    return { service, simulation: simulate(SCENARIO, service, load), taskPrice: 0.003 };
  });
}
