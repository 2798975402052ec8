import { closeSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { OutputFileError, openOutput } from "../../command-line/output-file.ts";
import { setOption } from "../../command-line/set-option.ts";
import { loadProfile } from "../../model/load-profile.ts";
import type { Scaling } from "../../model/scaling.ts";
import type { Service } from "../../model/service.ts";
import { defineServices } from "../../model/services.ts";
import { loadSettings, overridesFromProcess } from "../../settings/load.ts";
import type { Settings } from "../../settings/schema.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { loadPrices, PricesError } from "../review/prices/load.ts";
import type { PriceList } from "../review/prices/schema.ts";
import { chart } from "./chart/chart.ts";
import { taskPrice } from "./cost.ts";
import { count, dollars } from "./format.ts";
import { loadOf } from "./load.ts";
import { report } from "./report.ts";
import { readScenario, type Scenario, ScenarioError } from "./scenario.ts";
import type { ScenarioResult } from "./scenario-result.ts";
import { simulate } from "./simulation.ts";

interface Options {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly compare: boolean;
  readonly chart?: string;
}

/** Folder for charts without `--chart`. */
const CHARTS = "artifacts";

/** Scaling kinds for `--compare`. */
const KINDS: readonly Scaling["kind"][] = ["steps", "requests-per-task", "cpu"];

const program = new Command("npm run simulate --")
  .description("Simulates the like service's auto scaling under a load, without running anything.")
  .requiredOption("--scenario <file>", "scenario file, such as tools/simulate/scenarios/launch-day.yaml")
  .addOption(setOption("a setting that overrides the scenario's"))
  .option("--compare", "also simulate the other kinds of scaling, side by side", false)
  .option("--chart <file>", "chart file; default: artifacts/<scenario>.svg");

try {
  run(prepareForNpm(program).parse().opts<Options>());
} catch (error) {
  if (!isUserError(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

function run({ scenario: file, set, compare, chart: target }: Options): void {
  const scenario = readScenario(file);
  const settingsWith = (...more: readonly string[]) =>
    loadSettings({
      environment: scenario.settings.environment,
      overrides: [...scenario.settings.set, ...overridesFromProcess(), ...set, ...more],
    });
  const own = settingsWith();
  const load = loadOf(scenario, loadProfile(own));
  const prices = pricesOf(own);
  const resultOf = (service: Service): ScenarioResult => ({
    service,
    simulation: simulate(scenario, service, load),
    taskPrice: prices && taskPrice(service, prices),
  });
  const result = resultOf(likeOf(own));
  const others = compare ? KINDS.filter((kind) => kind !== result.service.scaling?.kind) : [];
  const results = [
    result,
    ...others.map((kind) => resultOf(likeOf(settingsWith(`services.like.scaling=${kind}`, "labs.scaling=on")))),
  ];
  const chartFile = target ?? defaultChart(file);
  write(chartFile, chart(scenario.title, assumptions(scenario, own, result), results));
  console.log(`${scenario.title}\n\n${report(results)}\n\n${chartFile}`);
}

function defaultChart(scenario: string): string {
  mkdirSync(CHARTS, { recursive: true });
  return join(CHARTS, `${basename(scenario).replace(/\.ya?ml$/, "")}.svg`);
}

function write(file: string, svg: string): void {
  const descriptor = openOutput("--chart", file);
  try {
    writeFileSync(descriptor, svg);
  } finally {
    closeSync(descriptor);
  }
}

function likeOf(settings: Settings): Service {
  const { like } = defineServices(settings, {
    region: settings.region,
    tableName: "",
    hostOf: () => "",
    siteOrigin: "",
  });
  return like;
}

/** Undefined for a region without prices, which is simulated without cost. */
function pricesOf({ region }: Settings): PriceList | undefined {
  try {
    return loadPrices(region);
  } catch (error) {
    if (error instanceof PricesError) {
      console.error(`No cost: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

function assumptions(
  { request }: Scenario,
  { environment, region }: Settings,
  { service, taskPrice }: ScenarioResult,
): string {
  const { size, capacity } = service;
  return [
    `${environment}: ${size.cpu} CPU units, ${capacity}, ${dollars(taskPrice)} per task-hour in ${region}`,
    `a request takes ${count(request.cpuMs)} ms of a vCPU and waits ${count(request.waitMs)} ms for others`,
  ].join(" · ");
}

function isUserError(error: unknown): error is Error {
  return [OutputFileError, ScenarioError, SettingsError].some((kind) => error instanceof kind);
}
