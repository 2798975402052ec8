import { statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { PricesError } from "../prices/load.ts";
import { loadSettings } from "../settings/load.ts";
import { type Cost, type CostEstimate, costEstimate } from "./cost/estimate.ts";
import { costLines, costTable } from "./cost/markdown.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown/fit.ts";
import { type PlanPart, readPlan } from "./plan-file.ts";
import { PLANS_FOLDER, type PlansIndex, readIndex } from "./plans.ts";
import { review } from "./review.ts";

/** The exit code when `--fail-on-danger` is given and there is one; 1 is for plans that cannot be read. */
const DANGER = 3;

interface Options {
  readonly markdown?: string;
  readonly json?: string;
  readonly failOnDanger: boolean;
}

const program = new Command("npm run review --")
  .description(
    "Says what a change will do to every stack and what is dangerous about it, from the plans of `npm run plan`.",
  )
  .argument("[plans...]", "the plans' folder, or files that terraform show -json wrote", [PLANS_FOLDER])
  .option("--markdown <file>", "write the review as a comment for GitHub; without it and without --json it is printed")
  .option("--json <file>", "write the review for programs; see docs/review.md")
  .option("--fail-on-danger", `end with code ${DANGER} when there is a danger`, false)
  .action(async (plans: readonly string[], options: Options) => {
    const { index, folder } = find(plans);
    const estimate = folder === undefined ? undefined : estimateOf(index.environment);
    const result = await review(index, ({ plan }) => counted(readPlan(join(folder ?? "", plan)), estimate));
    for (const { name } of index.stacks.filter(({ outcome }) => outcome === "left-behind")) {
      estimate?.leaveOut({ what: name, why: "not in the code, and not planned" });
    }
    const cost = estimate?.finish();
    const comment = markdown(
      result,
      cost && { table: costTable(cost), lines: costLines(cost), changes: isChanging(cost) },
    );
    if (options.markdown === undefined && options.json === undefined) {
      process.stdout.write(comment);
    }
    await write(options.markdown, comment);
    await write(options.json, `${JSON.stringify(json(result, cost), undefined, 2)}\n`);
    const isDangerous = result.attention.some(({ severity }) => severity === "danger");
    process.exitCode = isDangerous && options.failOnDanger ? DANGER : 0;
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** The index of a folder; or one made up for single files, whose environment nobody knows: a stack for each, named like it. */
function find(plans: readonly string[]): { index: PlansIndex; folder: string | undefined } {
  const [first = PLANS_FOLDER] = plans;
  if (plans.length === 1 && statSync(first, { throwIfNoEntry: false })?.isFile() !== true) {
    return { index: readIndex(first), folder: first };
  }
  const stacks = plans.map((plan) => ({
    name: basename(plan, ".json"),
    outcome: "planned" as const,
    plan,
    dependencies: [],
    constructs: {},
    provisional: [],
    outdated: [],
  }));
  return { index: { format: 2, environment: "unknown", stacks }, folder: undefined };
}

/** Where nobody has written the region's prices down, a review goes without them. */
function estimateOf(environment: string): CostEstimate | undefined {
  try {
    return costEstimate(loadSettings({ environment }));
  } catch (error) {
    if (!(error instanceof PricesError)) {
      throw error;
    }
    console.error(`the review says nothing of costs: ${error.message}`);
    return undefined;
  }
}

function isChanging({ lines }: Cost): boolean {
  return lines.some(({ before, after }) => before !== after);
}

async function* counted(parts: AsyncIterable<PlanPart>, estimate: CostEstimate | undefined): AsyncGenerator<PlanPart> {
  for await (const part of parts) {
    if (part.kind === "resource") {
      estimate?.add(part.resource);
    }
    yield part;
  }
}

async function write(file: string | undefined, text: string): Promise<void> {
  if (file !== undefined) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
