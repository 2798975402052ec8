import { S3Client } from "@aws-sdk/client-s3";
import type { Emulator } from "../../../tools/emulator/emulator.ts";

/** Settings that point an AWS SDK client to the emulator. */
export function clientSettings({ endpoint }: Pick<Emulator, "endpoint">) {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

/** S3 client with path-style addresses, because the emulator has no host names for buckets. */
export function s3Of(emulator: Pick<Emulator, "endpoint">): S3Client {
  return new S3Client({ ...clientSettings(emulator), forcePathStyle: true });
}
