import { cp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { remoteStateOf } from "./configuration.ts";
import { outdir, type Stack } from "./synth.ts";

// Stacks that cannot be applied yet are planned in a copy, so that mock outputs never get into the folders that `deploy` uses.

/** Mock outputs of an upstream stack. */
export interface MockedUpstream {
  /** Values by name, for the outputs that are not applied yet. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** True if there is a state with the remaining outputs. */
  readonly hasState: boolean;
}

const TERRAFORM_FILES = /^\.terraform|\.tfplan$/;
const EMPTY_STATE = "empty.tfstate";

/** Copies a stack into another folder. If there is no state bucket, the copy starts with an empty local state. */
export async function copyForPlanning(stack: Stack, { hasBucket }: { readonly hasBucket: boolean }): Promise<Stack> {
  const copy = { ...stack, directory: join(outdir(), "mocked", stack.name) };
  await rm(copy.directory, { recursive: true, force: true });
  await cp(stack.directory, copy.directory, {
    recursive: true,
    filter: (path) => !TERRAFORM_FILES.test(basename(path)),
  });
  if (!hasBucket) {
    await writeOverride(copy, "backend", { terraform: { backend: { local: {} } } });
  }
  return copy;
}

/** Gives a copy mock values for the upstream outputs that are not applied yet. */
export async function writeMockOutputs(copy: Stack, mocks: Readonly<Record<string, MockedUpstream>>): Promise<void> {
  await writeFile(join(copy.directory, EMPTY_STATE), JSON.stringify({ version: 4, outputs: {}, resources: [] }));
  const remoteStates = Object.entries(mocks).map(([upstream, upstreamMock]) => [
    remoteStateOf(upstream),
    remoteState(upstreamMock),
  ]);
  await writeOverride(copy, "mock_outputs", { data: { terraform_remote_state: Object.fromEntries(remoteStates) } });
}

/** Terraform uses `defaults` for an output that the state lacks, but fails without a state, hence the empty one. */
function remoteState({ outputs, hasState }: MockedUpstream): object {
  return { defaults: outputs, ...(!hasState && { backend: "local", config: { path: EMPTY_STATE } }) };
}

/** Writes a file that Terraform merges over the others in the folder ("Override Files" in Terraform's documentation). */
async function writeOverride({ directory }: Stack, what: string, override: object): Promise<void> {
  await writeFile(join(directory, `${what}_override.tf.json`), JSON.stringify(override, undefined, 2));
}
