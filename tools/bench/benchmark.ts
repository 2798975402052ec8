import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";

/** Results of all benchmarks, from which the docs and READMEs take their figures. */
export const RESULTS = join(import.meta.dirname, "../../docs/benchmarks.json");

/** Figures by name; units are part of the name, such as `seconds` or `perSecond`. */
export type Figures = Readonly<Record<string, number>>;

/** Figures that a run stored. */
export interface Result {
  /** Date of the run. */
  readonly date: string;
  readonly machine: string;
  readonly figures: Figures;
}

export interface Benchmark {
  /** True to check in seconds that the benchmark works; its figures are meaningless then. */
  readonly smoke: boolean;
  /** Further arguments of the command line. */
  readonly args: readonly string[];
  /** Prints the figures. Unless it is a smoke run, also stores them in docs/benchmarks.json. */
  report(figures: Figures): void;
}

/** Reads the command line of a benchmark. @param name npm script, such as `bench:like` */
export function benchmark(name: string, description: string): Benchmark {
  const command = new Command(`npm run ${name} --`)
    .description(description)
    .option("--smoke", "check in seconds that the benchmark works, without storing its figures", false)
    .allowExcessArguments();
  prepareForNpm(command).parse();
  const { smoke } = command.opts<{ smoke: boolean }>();
  return {
    smoke,
    args: command.args,
    report(figures) {
      const width = Math.max(...Object.keys(figures).map((figure) => figure.length));
      for (const [figure, value] of Object.entries(figures)) {
        console.log(`${figure.padEnd(width)}  ${rounded(value).toLocaleString("en-US", { maximumFractionDigits: 4 })}`);
      }
      if (smoke) {
        console.log("smoke run: the figures are meaningless and are not stored");
      } else {
        store(name, figures);
      }
    },
  };
}

function store(name: string, figures: Figures): void {
  const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Record<string, Result>;
  const [processor] = cpus();
  results[name] = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} x ${processor?.model ?? "unknown processor"}`,
    figures: Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, rounded(value)])),
  };
  const sorted = Object.entries(results).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(RESULTS, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

/** Three significant digits, which is more than a benchmark on a shared machine can promise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Median of the ratios within each round, which is steadier than a ratio of medians on a busy machine. */
export function ratio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}

/**
 * Measures several variants in rounds, after one warm-up round. The order rotates, so that a busy moment of the
 * machine affects all variants.
 *
 * @param rounds 0 in a smoke run, whose result is the warm-up round.
 */
export async function inRounds<Name extends string, Measured>(
  rounds: number,
  variants: Readonly<Record<Name, () => Measured | Promise<Measured>>>,
): Promise<Readonly<Record<Name, readonly Measured[]>>> {
  const names = Object.keys(variants) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Name, Measured[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as Name;
      const result = await variants[name]();
      if (round > 0 || rounds === 0) {
        measured[name].push(result);
      }
    }
  }
  return measured;
}
