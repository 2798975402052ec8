import { S3Client } from "@aws-sdk/client-s3";
import type { Emulator } from "../../emulator/emulator.ts";

/** What makes any client of AWS's SDK one of the emulator. */
export function clientSettings({ endpoint }: Pick<Emulator, "endpoint">) {
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

/** The emulator knows no host names of buckets, so they stand in the path. */
export function s3Of(emulator: Pick<Emulator, "endpoint">): S3Client {
  return new S3Client({ ...clientSettings(emulator), forcePathStyle: true });
}
