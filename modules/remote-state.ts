import { LocalBackend, S3Backend, type TerraformStack } from "#cdktf";
import type { Settings } from "../settings/schema.ts";
import { type Environment, environmentOf } from "./environment.ts";

/** The bucket with the state of all stacks of an environment. */
export function stateBucketName({ account, prefix }: Environment): string {
  return `${prefix}-state-${account}`;
}

/** Keeps a stack's state in the environment's bucket, under its own key, and locks it during writes. */
export function keepStateInBucket(stack: TerraformStack, settings: Settings): void {
  const bucket = stateBucketName(environmentOf(stack));
  new S3Backend(stack, {
    bucket,
    key: `${settings.environment}/${stack.node.id}.tfstate`,
    region: settings.region,
    encrypt: true,
    // The alias of the bucket's key: `encrypt` alone would override the bucket's key with S3's own.
    kmsKeyId: `alias/${bucket}`,
    ...(settings.emulator && emulated(settings.emulator)),
  });
  // The lock is an S3 object (Terraform 1.10 and later). cdktf 0.21 has no property for it.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}

/** Keeps a stack's state in a file: only for the stack that creates the bucket, and only until the bucket exists. */
export function keepStateInFile(stack: TerraformStack, path: string): void {
  new LocalBackend(stack, { path });
}

function emulated(endpoint: string) {
  return {
    usePathStyle: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRequestingAccountId: true,
    endpoints: { s3: endpoint, dynamodb: endpoint, sts: endpoint, iam: endpoint },
  };
}
