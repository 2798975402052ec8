import { once } from "node:events";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { readPlan } from "./file.ts";
import type { PlanPart } from "./part.ts";
import { PLANS_FOLDER } from "./plans.ts";
import type { PlansIndex } from "./plans-index.ts";

// The plans named on the command line: the folder of `npm run plan`, files, pipes, or standard input.

export interface Input {
  readonly index: PlansIndex;
  /** True for the folder that `npm run plan` wrote, whose environment is known. */
  readonly isFolder: boolean;
  readonly read: (stack: { readonly plan: string }) => AsyncIterable<PlanPart>;
}

/** Standard input on the command line. */
const STDIN = "-";

/** Finds the plans. Single files become an index with a stack for each, named like the file. */
export async function openInput(plans: readonly string[]): Promise<Input> {
  const [first = PLANS_FOLDER] = plans;
  const isFolder = plans.length <= 1 && first !== STDIN && mayBeFolder(first);
  if (isFolder) {
    const { readIndex } = await import("./plans-index.ts");
    return { index: readIndex(first), isFolder, read: ({ plan }) => readPlan(join(first, plan)) };
  }
  if (plans.filter((plan) => plan === STDIN).length > 1) {
    throw new Error(`${STDIN} (standard input) can be read only once`);
  }
  const names = namesOf(plans);
  const stacks = plans.map((plan, position) => ({
    name: names[position] as string,
    outcome: "planned" as const,
    plan,
    dependencies: [],
    constructs: {},
    mocked: [],
    outdated: [],
  }));
  return { index: { format: 3, environment: "unknown", stacks }, isFolder, read: ({ plan }) => readAny(plan) };
}

/** Also true for a missing path without an extension. */
function mayBeFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? extname(path) === "";
}

/** File names without .json; with as many parent folders as it takes to tell files of one name apart. */
function namesOf(plans: readonly string[]): readonly string[] {
  const paths = plans.map((plan) => (plan === STDIN ? ["stdin"] : resolve(plan).split(sep).filter(Boolean)));
  const deepest = Math.max(1, ...paths.map((path) => path.length));
  const nameAt = (path: readonly string[], depth: number) =>
    path
      .slice(-depth)
      .join("/")
      .replace(/\.json$/, "");
  return paths.map((path, position) => {
    for (let depth = 1; depth <= deepest; depth++) {
      const name = nameAt(path, depth);
      if (paths.every((other, index) => index === position || nameAt(other, depth) !== name)) {
        return name;
      }
    }
    return `${nameAt(path, deepest)} (${position + 1})`; // the same file twice
  });
}

function readAny(plan: string): AsyncIterable<PlanPart> {
  if (plan === STDIN) {
    return readPlan("standard input", process.stdin);
  }
  return isBinaryPlan(plan) ? showBinaryPlan(plan) : readPlan(plan);
}

/** A binary plan is a ZIP archive. Pipes are not checked, because they can be read only once. */
function isBinaryPlan(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return false;
  }
  const start = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start.equals(Buffer.from("PK\u0003\u0004"));
}

/** Reads a binary plan through `terraform show`, in a folder where its providers are installed. */
async function* showBinaryPlan(file: string): AsyncGenerator<PlanPart> {
  const { spawn } = await import("node:child_process");
  const folder = initializedFolder(file);
  const terraform = spawn("terraform", ["show", "-json", "-no-color", resolve(file)], {
    cwd: folder ?? dirname(resolve(file)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(terraform, "close").catch((error: NodeJS.ErrnoException) => [error.code ?? error.message]);
  const complaints: Buffer[] = [];
  terraform.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  let failure: unknown;
  try {
    yield* readPlan(file, terraform.stdout);
  } catch (error) {
    failure = error;
  }
  const [code] = await exited;
  if (code !== 0) {
    const reason = code === "ENOENT" ? "terraform is not on the PATH" : Buffer.concat(complaints).toString().trim();
    const hint =
      folder === undefined ? `\nRun terraform init in the folder of the plan or in ${stackFolder(file)} first.` : "";
    throw new Error(`${file}: this is a binary plan, and terraform show cannot read it here: ${reason}${hint}`);
  }
  if (failure !== undefined) {
    throw failure;
  }
}

/** The plan's own folder or that of its stack, if `terraform init` has run there. */
function initializedFolder(plan: string): string | undefined {
  return [dirname(resolve(plan)), resolve(stackFolder(plan))].find((folder) => existsSync(join(folder, ".terraform")));
}

/** The folder for which `npm run plan` made a plan: `cdktf.out/stacks/network` for `cdktf.out/plans/network.tfplan`. */
function stackFolder(plan: string): string {
  return join(dirname(plan), "../stacks", basename(plan, ".tfplan"));
}
