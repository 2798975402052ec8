import { loadSettings } from "../../settings/load.ts";
import { loadOf } from "../../simulate/load.ts";
import type { Outcome } from "../../simulate/outcome.ts";
import type { Scenario } from "../../simulate/scenario.ts";
import { simulate } from "../../simulate/simulation.ts";
import { describeAttack } from "../../specs/attack.ts";
import { describeServices } from "../../specs/services.ts";

const SCENARIO: Scenario = {
  title: "A rise that outruns the tasks",
  settings: { set: [] },
  load: [
    { rate: 5, forSeconds: 300 },
    { rampTo: 800, forSeconds: 600 },
    { rate: 800, forSeconds: 900 },
    { rate: 2, forSeconds: 1800 },
  ],
  request: { cpuMs: 4, otherMs: 6, spread: 1 },
  surroundings: { startSeconds: 60, patienceSeconds: 10, periodSeconds: 60, latePeriods: 1 },
};

/** What the like service does under one scenario, scaled in one way or another. */
export function outcomesOf(...ways: readonly string[]): readonly Outcome[] {
  return ways.map((way) => {
    const override = way === "by hand" ? "labs.scaling=off" : `services.like.scaling=${way}`;
    const settings = loadSettings({ environment: "workshop", overrides: [override] });
    const [service] = describeServices(settings, { region: "", tableName: "", monolithHost: "", siteOrigin: "" });
    const load = loadOf(SCENARIO, describeAttack(settings));
    return { service, simulation: simulate(SCENARIO, service, load), taskPrice: 0.003 };
  });
}
