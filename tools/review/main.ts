import { closeSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { openOutput } from "../../command-line/output-file.ts";
import type { Cost, CostEstimate } from "./cost/estimate.ts";
import { jsonLines, lineOf } from "./json.ts";
import { written } from "./markdown/changes.ts";
import { code } from "./markdown/escape.ts";
import { markdown } from "./markdown/fit.ts";
import { type Input, openInput } from "./plan/input.ts";
import { PLANS_FOLDER } from "./plan/plans.ts";
import { review } from "./review.ts";

/** Exit code for a danger with `--fail-on-danger`; 1 is for plans that cannot be read. */
const DANGER = 3;

interface Options {
  readonly markdown?: string;
  readonly json?: string;
  readonly failOnDanger: boolean;
}

const program = new Command("npm run review --")
  .description("Describes the effect of a change on every stack, and its dangers, from the plans of `npm run plan`.")
  .argument(
    "[plans...]",
    "the folder of the plans, output files of terraform show -json, binary plans, or - for standard input",
    [PLANS_FOLDER],
  )
  .option(
    "--markdown <file>",
    "write the review as a GitHub comment; without this and --json, it is printed without a limit of its length",
  )
  .option("--json <file>", "write the review for programs; see docs/review.md")
  .option("--fail-on-danger", `exit with code ${DANGER} if there is a danger`, false)
  .action(async (plans: readonly string[], options: Options) => {
    const { index, isFolder, read } = await openInput(plans);
    const found = isFolder ? await estimateOf(index.environment) : undefined;
    const estimate = found instanceof Error ? undefined : found;
    const lines = options.json === undefined ? undefined : lineOf;
    const open = estimate === undefined ? read : await counting(read, estimate);
    const result = await review(index, open, lines);
    for (const { name, outcome } of index.stacks.filter(({ outcome }) => outcome !== "planned")) {
      estimate?.leaveOut({
        what: name,
        why: outcome === "failed" ? "its planning failed" : "orphaned stack without a plan",
      });
    }
    const cost = estimate?.finish();
    const isPrinted = options.markdown === undefined && options.json === undefined;
    const described = found instanceof Error ? withoutCost(found) : cost && (await describe(cost));
    const comment = markdown(result, described, isPrinted ? Number.POSITIVE_INFINITY : undefined);
    if (isPrinted) {
      print(comment);
    }
    write("--markdown", options.markdown, [comment]);
    write("--json", options.json, jsonLines(result, written, cost));
    const isDangerous = result.attention.some(({ severity }) => severity === "danger");
    process.exitCode = isDangerous && options.failOnDanger ? DANGER : 0;
  });

try {
  await prepareForNpm(program).parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Prints a text. A reader such as head may close the pipe before its end. */
function print(text: string): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
  process.stdout.write(text);
}

/** Settings and prices are loaded only when they are needed. Returns the error when the region has no price file. */
async function estimateOf(environment: string): Promise<CostEstimate | Error> {
  const { loadSettings } = await import("../../settings/load.ts");
  const { costEstimate } = await import("./cost/estimate.ts");
  const { PricesError } = await import("./prices/load.ts");
  try {
    return costEstimate(loadSettings({ environment }));
  } catch (error) {
    if (!(error instanceof PricesError)) {
      throw error;
    }
    console.error(`the review has no cost: ${error.message}`);
    return error;
  }
}

function withoutCost({ message }: Error) {
  return { table: `The review has no cost: ${code(message)}`, lines: "", changes: false };
}

async function describe(cost: Cost) {
  const { costLines, costTable } = await import("./cost/markdown.ts");
  return {
    table: costTable(cost),
    lines: costLines(cost),
    changes: cost.changesUnpriced || cost.lines.some(({ before, after }) => before !== after),
  };
}

/** Plans whose resources are added to the bill while they are read. */
async function counting(read: Input["read"], estimate: CostEstimate): Promise<Parameters<typeof review>[1]> {
  const { counted } = await import("./cost/plan-cost.ts");
  return (stack) => counted(read(stack), stack.name, estimate);
}

function write(option: string, file: string | undefined, texts: Iterable<string>): void {
  if (file === undefined) {
    return;
  }
  const descriptor = openOutput(option, file);
  try {
    for (const text of texts) {
      writeFileSync(descriptor, text);
    }
  } finally {
    closeSync(descriptor);
  }
}
