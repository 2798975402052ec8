import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { basename, dirname } from "node:path/posix";
import {
  GetObjectCommand,
  HeadBucketCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { explainErrors } from "../aws/explain-errors.ts";
import { CODE_FILE, readConfiguration, type StateLocation, stackOf } from "./configuration.ts";
import type { Stack } from "./synth.ts";

export type BucketLocation = Extract<StateLocation, { kind: "bucket" }>;

/** Summary of a stack's state, read without Terraform. */
export interface StateSummary {
  /** Number of managed resources, without data sources. */
  readonly resources: number;
  /** Names of the outputs that other stacks can read. */
  readonly outputs: readonly string[];
  /** Names of the stacks whose outputs it read when it was last applied. */
  readonly reads: readonly string[];
  /** Types of its resources and data sources. */
  readonly types: readonly string[];
}

/** Reads a stack's state from the bucket. Returns undefined without a state or a bucket. */
export async function readState(stack: Pick<Stack, "state">, account: string): Promise<StateSummary | undefined> {
  const file = await readStateFile(stack, account);
  return file && count(file);
}

/** Reads the states of stacks by name. Those without a state are missing. */
export async function readStates(
  stacks: readonly Stack[],
  account: string,
): Promise<ReadonlyMap<string, StateSummary>> {
  const found = await Promise.all(stacks.map(async (stack) => [stack.name, await readState(stack, account)] as const));
  return new Map(found.flatMap(([name, state]) => (state === undefined ? [] : [[name, state] as const])));
}

/** Types in the state that Terraform uses with the stack's current code: a local file while there is no bucket. */
export async function typesInState({ name, directory }: Stack, account: string): Promise<readonly string[]> {
  const { state } = readConfiguration(name, join(directory, CODE_FILE));
  if (state.kind === "bucket") {
    return (await readState({ state }, account))?.types ?? [];
  }
  const file = resolve(directory, state.path);
  return existsSync(file) ? count(parse(readFileSync(file, "utf8"), file)).types : [];
}

/** Reads the attributes of a stack's resources of one type, as of the last apply. */
export async function readAttributes(
  stack: Pick<Stack, "state">,
  account: string,
  type: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { resources = [] } = (await readStateFile(stack, account)) ?? {};
  return resources
    .filter((resource) => resource.mode === "managed" && resource.type === type)
    .flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
}

async function readStateFile({ state }: Pick<Stack, "state">, account: string): Promise<StateFile | undefined> {
  if (state.kind === "file" || !(await bucketExists(state, account))) {
    return undefined;
  }
  const text = await unlessMissing(
    clientFor(state)
      .send(new GetObjectCommand({ Bucket: state.bucket, Key: state.key, ExpectedBucketOwner: account }))
      .then(({ Body }) => Body?.transformToString()),
  );
  return text === undefined ? undefined : parse(text, `s3://${state.bucket}/${state.key}`);
}

function parse(text: string, place: string): StateFile {
  try {
    return stateFile.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${place} is not a Terraform state: restore an earlier version of it`, { cause: error });
  }
}

/** Lists all states in the folder of this one, by stack name. */
export async function listStates(state: BucketLocation, account: string): Promise<ReadonlyMap<string, BucketLocation>> {
  const folder = dirname(state.key);
  const listing = { Bucket: state.bucket, Prefix: `${folder}/`, ExpectedBucketOwner: account };
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: clientFor(state) }, listing)) {
    keys.push(...Contents.map(({ Key = "" }) => Key));
  }
  // The folder also has lock files.
  const states = keys.filter((key) => key.endsWith(STATE) && dirname(key) === folder);
  return new Map(states.map((key) => [basename(key, STATE), { ...state, key }]));
}

const STATE = ".tfstate";

/** Returns true if the account owns the bucket. Throws if another account owns it or the credentials do not allow access. */
export async function bucketExists(state: BucketLocation, account: string): Promise<boolean> {
  const answer = clientFor(state).send(new HeadBucketCommand({ Bucket: state.bucket, ExpectedBucketOwner: account }));
  try {
    return (await unlessMissing(answer)) !== undefined;
  } catch (error) {
    if (error instanceof S3ServiceException && statusOf(error) === 403) {
      throw new Error(
        `bucket ${state.bucket} exists, but account ${account} does not own it or your credentials may not see it`,
      );
    }
    throw error;
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && statusOf(error) === 404) {
      return undefined;
    }
    throw error;
  }
}

const stateFile = z.object({
  resources: z.array(
    z.object({
      mode: z.enum(["managed", "data"]),
      type: z.string(),
      name: z.string(),
      instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()).default({}) })),
    }),
  ),
  outputs: z.record(z.string(), z.unknown()),
});

type StateFile = z.infer<typeof stateFile>;

function count({ resources, outputs }: StateFile): StateSummary {
  return {
    resources: resources.filter(({ mode }) => mode === "managed").length,
    outputs: Object.keys(outputs),
    reads: resources.filter(({ type }) => type === "terraform_remote_state").map(({ name }) => stackOf(name)),
    types: [...new Set(resources.map(({ type }) => type))],
  };
}

function statusOf(error: S3ServiceException): number | undefined {
  return error.$metadata.httpStatusCode;
}

function clientFor({ region }: BucketLocation): S3Client {
  // The emulator does not support virtual-hosted bucket names.
  return explainErrors(new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }));
}
