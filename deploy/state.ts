import { basename, dirname } from "node:path/posix";
import {
  GetObjectCommand,
  HeadBucketCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { type StateLocation, stackOf } from "./configuration.ts";
import type { Stack } from "./synth.ts";

export type InBucket = Extract<StateLocation, { kind: "bucket" }>;

/** What is known of a stack from its state, without asking Terraform. */
export interface KnownState {
  /** Resources that Terraform manages there, data sources left out. */
  readonly resources: number;
  /** Names of the outputs that other stacks can read. */
  readonly outputs: readonly string[];
  /** Names of the stacks that it was applied with values of. */
  readonly reads: readonly string[];
}

/** A stack's state in the bucket; undefined when there is none, or no bucket. */
export async function readState({ state }: Pick<Stack, "state">, account: string): Promise<KnownState | undefined> {
  if (state.kind === "file" || !(await bucketIsOurs(state, account))) {
    return undefined;
  }
  const text = await unlessMissing(
    clientFor(state)
      .send(new GetObjectCommand({ Bucket: state.bucket, Key: state.key, ExpectedBucketOwner: account }))
      .then(({ Body }) => Body?.transformToString()),
  );
  return text === undefined ? undefined : count(JSON.parse(text) as StateFile);
}

/** The states that the bucket keeps beside this one, which is among them, by the names of their stacks. */
export async function statesBeside(state: InBucket, account: string): Promise<ReadonlyMap<string, InBucket>> {
  const folder = dirname(state.key);
  const listing = { Bucket: state.bucket, Prefix: `${folder}/`, ExpectedBucketOwner: account };
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: clientFor(state) }, listing)) {
    keys.push(...Contents.map(({ Key = "" }) => Key));
  }
  // Locks lie here too.
  const states = keys.filter((key) => key.endsWith(STATE) && dirname(key) === folder);
  return new Map(states.map((key) => [basename(key, STATE), { ...state, key }]));
}

const STATE = ".tfstate";

/** True when the bucket is there and the account's. Throws when it is somebody else's, or closed to these credentials. */
export async function bucketIsOurs(state: InBucket, account: string): Promise<boolean> {
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

interface StateFile {
  readonly resources: readonly { readonly mode: "managed" | "data"; readonly type: string; readonly name: string }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

function count({ resources, outputs }: StateFile): KnownState {
  return {
    resources: resources.filter(({ mode }) => mode === "managed").length,
    outputs: Object.keys(outputs),
    reads: resources.filter(({ type }) => type === "terraform_remote_state").map(({ name }) => stackOf(name)),
  };
}

function statusOf(error: S3ServiceException): number | undefined {
  return error.$metadata.httpStatusCode;
}

function clientFor({ region }: InBucket): S3Client {
  // An emulator knows no host names of buckets.
  return new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
}
