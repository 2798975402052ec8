import { Construct } from "constructs";
import { KmsAlias } from "#aws/kms-alias";
import { KmsKey } from "#aws/kms-key";
import { PrivateBucket } from "./private-bucket.ts";

export interface StateBucketProps {
  readonly name: string;
  readonly forceDestroy: boolean;
  /** Makes Terraform reject every plan that destroys the bucket. */
  readonly preventDestroy: boolean;
}

/** Days that an older state can be restored, and days until a key scheduled for deletion is gone. */
const KEEP_OLD_STATES_DAYS = 90;
const KEEP_DELETED_KEY_DAYS = 30;

/** The bucket of Terraform's state, encrypted with its own key. */
export class StateBucket extends Construct {
  readonly arn: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { name, forceDestroy, preventDestroy }: StateBucketProps) {
    super(scope, id);
    const key = new KmsKey(this, "key", {
      description: `Terraform state in ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: KEEP_DELETED_KEY_DAYS,
    });
    new KmsAlias(this, "key-alias", { name: `alias/${name}`, targetKeyId: key.keyId });
    const { bucket } = new PrivateBucket(this, "bucket", {
      name,
      kmsKeyArn: key.arn,
      keepOldVersionsDays: KEEP_OLD_STATES_DAYS,
      forceDestroy,
      preventDestroy,
    });
    this.arn = bucket.arn;
    this.keyArn = key.arn;
  }
}
