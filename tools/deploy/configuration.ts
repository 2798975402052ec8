import { readFileSync } from "node:fs";

/** Name of the file that cdktf writes for a stack. */
export const CODE_FILE = "cdk.tf.json";

/** The contents of a stack's `cdk.tf.json`. */
export interface Configuration {
  readonly state: StateLocation;
  /** Names of the outputs that it reads, by upstream stack. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** Its outputs as Terraform expressions, such as `${aws_vpc.vpc_8F3A21.id}`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Construct paths of its resources and data sources by address: `aws_vpc.vpc_8F3A21` is `network/vpc/vpc`. */
  readonly constructs: Readonly<Record<string, string>>;
}

/** Location of a stack's state from its backend block: a bucket, or a file while there is no bucket. */
export type StateLocation =
  | { readonly kind: "bucket"; readonly bucket: string; readonly key: string; readonly region: string }
  | { readonly kind: "file"; readonly path: string };

/** Name that cdktf gives the data source with which a stack reads another stack's state. */
export const remoteStateOf = (stack: string): string => `${REMOTE_STATE}${stack}`;

/** Name of the stack that such a data source reads. */
export const stackOf = (remoteState: string): string => remoteState.replace(REMOTE_STATE, "");

const REMOTE_STATE = "cross-stack-reference-input-";
const REFERENCE = /data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)/g;

/** The parts of a stack's file that are read here. */
export interface Synthesized {
  readonly provider?: unknown;
  readonly terraform: {
    readonly backend: {
      readonly s3?: { readonly bucket: string; readonly key: string; readonly region: string };
      readonly local?: { readonly path: string };
    };
  };
  readonly module?: unknown;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

interface Block {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/** Reads the file that cdktf wrote for a stack. */
export function readConfiguration(stack: string, path: string): Configuration {
  const text = readFileSync(path, "utf8");
  const { terraform, resource = {}, data = {}, output = {} } = JSON.parse(text) as Synthesized;
  return {
    state: stateIn(stack, terraform),
    reads: readsIn(text, Object.keys(data.terraform_remote_state ?? {})),
    outputs: Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value])),
    constructs: { ...constructsIn(resource, ""), ...constructsIn(data, "data.") },
  };
}

function stateIn(stack: string, { backend }: Synthesized["terraform"]): StateLocation {
  if (backend.s3) {
    return { kind: "bucket", bucket: backend.s3.bucket, key: backend.s3.key, region: backend.s3.region };
  }
  if (backend.local) {
    return { kind: "file", path: backend.local.path };
  }
  throw new Error(`stack ${stack} has no supported backend: expected s3 or local`);
}

function readsIn(text: string, remoteStates: readonly string[]): Configuration["reads"] {
  const references = [...text.matchAll(REFERENCE)];
  return Object.fromEntries(
    remoteStates.map((remoteState) => {
      const outputs = references.filter(([, of]) => of === remoteState).map(([, , output = ""]) => output);
      return [stackOf(remoteState), [...new Set(outputs)]];
    }),
  );
}

function constructsIn(blocks: Blocks, prefix: string): Record<string, string> {
  const constructs: Record<string, string> = {};
  for (const [type, named] of Object.entries(blocks)) {
    for (const [name, { "//": comment }] of Object.entries(named)) {
      if (comment?.metadata?.path !== undefined) {
        constructs[`${prefix}${type}.${name}`] = comment.metadata.path;
      }
    }
  }
  return constructs;
}
