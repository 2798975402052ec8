import { GetObjectCommand, HeadBucketCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { StateLocation } from "./configuration.ts";
import type { Stack } from "./synth.ts";

export type InBucket = Extract<StateLocation, { kind: "bucket" }>;

/** What is known of a stack from its state, without asking Terraform. */
export interface KnownState {
  /** Resources that Terraform manages there, data sources left out. */
  readonly resources: number;
  /** Names of the outputs that other stacks can read. */
  readonly outputs: readonly string[];
}

/** A stack's state in the bucket; undefined when there is none, or no bucket. */
export async function readState({ state }: Stack, account: string): Promise<KnownState | undefined> {
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
  readonly resources: readonly { readonly mode: "managed" | "data" }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

function count({ resources, outputs }: StateFile): KnownState {
  return {
    resources: resources.filter(({ mode }) => mode === "managed").length,
    outputs: Object.keys(outputs),
  };
}

function statusOf(error: S3ServiceException): number | undefined {
  return error.$metadata.httpStatusCode;
}

function clientFor({ region }: InBucket): S3Client {
  // An emulator knows no host names of buckets.
  return new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
}
