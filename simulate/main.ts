import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { Command } from "commander";
import { loadPrices, PricesError } from "../prices/load.ts";
import type { PriceList } from "../prices/schema.ts";
import { loadSettings, overridesFromProcess, SettingsError } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { describeAttack } from "../specs/attack.ts";
import type { Scaling } from "../specs/scaling.ts";
import { describeServices, type Service } from "../specs/services.ts";
import { chart } from "./chart/chart.ts";
import { taskPrice } from "./cost.ts";
import { loadOf } from "./load.ts";
import type { Outcome } from "./outcome.ts";
import { report } from "./report.ts";
import { readScenario, type Scenario, ScenarioError } from "./scenario.ts";
import { simulate } from "./simulation.ts";
import { count, dollars } from "./words.ts";

interface Options {
  readonly scenario: string;
  readonly set: readonly string[];
  readonly compare: boolean;
  readonly chart?: string;
}

/** Ways of scaling that are compared. */
const WAYS: readonly Scaling["kind"][] = ["steps", "requests-per-task", "cpu"];

const options = new Command("npm run simulate --")
  .description("Tells what the like service's scaling would do under a load, without running anything.")
  .requiredOption("--scenario <file>", "what to try, such as simulate/scenarios/launch-day.yaml")
  .option("--set <setting=value...>", "settings over those of the scenario", [])
  .option("--compare", "show beside it what the other ways of scaling would do", false)
  .option("--chart <file>", "where to draw it; default: artifacts/<name of the scenario>.svg")
  .parse()
  .opts<Options>();

/** Thrown when the chart cannot be put where it was asked for. */
class ChartFileError extends Error {
  override readonly name = "ChartFileError";
}

try {
  run(options);
} catch (error) {
  if (!isForThePerson(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

function run({ scenario: file, set, compare, chart: target }: Options): void {
  const scenario = readScenario(file);
  const settings = (...more: readonly string[]) =>
    loadSettings({
      environment: scenario.settings.environment,
      overrides: [...scenario.settings.set, ...overridesFromProcess(), ...set, ...more],
    });
  const own = settings();
  const load = loadOf(scenario, describeAttack(own));
  const prices = pricesOf(own);
  const others = compare ? WAYS.filter((way) => way !== likeOf(own).scaling?.kind) : [];
  const services = [
    likeOf(own),
    ...others.map((way) => likeOf(settings(`services.like.scaling=${way}`, "labs.scaling=on"))),
  ];
  const outcomes = services.map((service): Outcome => {
    const simulation = simulate(scenario, service, load);
    return { service, simulation, taskPrice: prices && taskPrice(service, prices) };
  });
  const drawn = resolve(target ?? `artifacts/${nameOfFile(file)}.svg`);
  write(drawn, chart(scenario.title, assumptions(scenario, own, outcomes[0] as Outcome), outcomes));
  console.log(`${scenario.title}\n\n${report(outcomes)}\n\n${relative(process.cwd(), drawn)}`);
}

function write(file: string, svg: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, svg);
  } catch (error) {
    throw new ChartFileError(`--chart is ${file}: expected a file that can be written: ${(error as Error).message}`);
  }
}

function likeOf(settings: Settings): Service {
  const [like] = describeServices(settings, {
    region: settings.region,
    tableName: "",
    monolithHost: "",
    siteOrigin: "",
  });
  return like;
}

/** A region without prices can be simulated all the same, without its cost. */
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
  { service, taskPrice }: Outcome,
): string {
  const { size, capacity } = service;
  return [
    `${environment}: ${size.cpu} CPU units, ${capacity}, ${dollars(taskPrice)} an hour and task in ${region}`,
    `a request takes ${count(request.cpuMs)} ms of a vCPU and ${count(request.otherMs)} ms elsewhere`,
  ].join(" · ");
}

function nameOfFile(file: string): string {
  return (file.split("/").at(-1) as string).replace(/\.ya?ml$/, "");
}

function isForThePerson(error: unknown): error is Error {
  return [ChartFileError, ScenarioError, SettingsError].some((kind) => error instanceof kind);
}
