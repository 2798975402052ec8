import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { Settings } from "../settings/schema.ts";

/** The one bucket that holds the state of an environment's stacks. */
export function stateBucketName({ account, environment }: Settings): string {
  return `mysfits-${environment}-state-${account}`;
}

/** Keeps a stack's state in the environment's bucket, under a key of its own, locked while somebody writes it. */
export function keepStateInBucket(stack: TerraformStack, settings: Settings): void {
  new S3Backend(stack, {
    bucket: stateBucketName(settings),
    key: `${settings.environment}/${stack.node.id}.tfstate`,
    region: settings.region,
    encrypt: true,
    // The state bucket's own key, by its alias: `encrypt` alone would ask for S3's key and so turn the bucket's down.
    kmsKeyId: `alias/${stateBucketName(settings)}`,
    ...(settings.emulator && emulated(settings.emulator)),
  });
  // S3 itself holds the lock (Terraform 1.10 and later); cdktf 0.21 has no property for it.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}

/** Keeps a stack's state in a file: only for the stack that creates the bucket, and only until the bucket is there. */
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
