import { cp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { remoteStateOf } from "./configuration.ts";
import { outdir, type Stack } from "./synth.ts";

// Plans of what cannot be applied yet. They are made in copies of the stacks: `deploy` knows the stacks' own folders, and
// nothing is ever added to those.

/** What stands in for the outputs of one stack that another one reads. */
export interface StandIn {
  /** Values by the names of the outputs that are not applied yet. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Whether there is a state with the other outputs. */
  readonly hasState: boolean;
}

const LEFT_BEHIND = /^\.terraform|\.tfplan$/;
const EMPTY_STATE = "empty.tfstate";

/** Copies a stack to a folder of its own. Without a bucket for its state the copy begins with none. */
export async function provisionalCopy(stack: Stack, { hasBucket }: { readonly hasBucket: boolean }): Promise<Stack> {
  const copy = { ...stack, directory: join(outdir(), "provisional", stack.name) };
  await rm(copy.directory, { recursive: true, force: true });
  await cp(stack.directory, copy.directory, {
    recursive: true,
    filter: (path) => !LEFT_BEHIND.test(basename(path)),
  });
  if (!hasBucket) {
    await lay(copy, "backend", { terraform: { backend: { local: {} } } });
  }
  return copy;
}

/** Lets values stand in for what the upstream stacks of a copy have not applied yet. */
export async function layStandIns(copy: Stack, standIns: Readonly<Record<string, StandIn>>): Promise<void> {
  await writeFile(join(copy.directory, EMPTY_STATE), JSON.stringify({ version: 4, outputs: {}, resources: [] }));
  const remoteStates = Object.entries(standIns).map(([upstream, standIn]) => [
    remoteStateOf(upstream),
    remoteState(standIn),
  ]);
  await lay(copy, "stand_ins", { data: { terraform_remote_state: Object.fromEntries(remoteStates) } });
}

/** Terraform takes `defaults` for an output that a state lacks, but not for a state that there is not. */
function remoteState({ outputs, hasState }: StandIn): object {
  return { defaults: outputs, ...(!hasState && { backend: "local", config: { path: EMPTY_STATE } }) };
}

/** Terraform lays files of this name over the others in their folder. */
async function lay({ directory }: Stack, what: string, override: object): Promise<void> {
  await writeFile(join(directory, `${what}_override.tf.json`), JSON.stringify(override, undefined, 2));
}
