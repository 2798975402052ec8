import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";

export interface PrivateBucketProps {
  readonly name: string;
  /** KMS key; S3's own key when left out. */
  readonly kmsKeyArn?: string;
  /** Days until an object goes; objects stay when left out. */
  readonly expireAfterDays?: number;
  /** Days that a replaced or deleted object can still be brought back. */
  readonly keepOldVersionsDays: number;
  /** Lets the bucket be destroyed with all it holds. */
  readonly forceDestroy: boolean;
  /** Makes Terraform refuse every plan that would destroy the bucket. */
  readonly preventDestroy?: boolean;
}

/** An S3 bucket that nobody reaches from outside: encrypted, versioned, over TLS only, without ACLs, closed to the public. */
export class PrivateBucket extends Construct {
  readonly bucket: S3Bucket;
  private readonly document: DataAwsIamPolicyDocument;
  private readonly policy: S3BucketPolicy;
  private statements: readonly DataAwsIamPolicyDocumentStatement[];

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.bucket = new S3Bucket(this, "bucket", {
      bucket: props.name,
      forceDestroy: props.forceDestroy,
      ...(props.preventDestroy && { lifecycle: { preventDestroy: true } }),
    });
    const bucket = this.bucket.id;
    const closed = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", { bucket, rule: [encryption(props.kmsKeyArn)] });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [lifecycle(props)],
      dependsOn: [versioning],
    });
    this.statements = [overTlsOnly(this.bucket)];
    this.document = new DataAwsIamPolicyDocument(this, "policy-document", { statement: [...this.statements] });
    this.policy = new S3BucketPolicy(this, "policy", { bucket, policy: this.document.json, dependsOn: [closed] });
  }

  /** Adds a statement to the bucket's policy. Whoever writes under it must depend on the policy that this returns. */
  allow(statement: DataAwsIamPolicyDocumentStatement): S3BucketPolicy {
    this.statements = [...this.statements, statement];
    this.document.putStatement([...this.statements]);
    return this.policy;
  }
}

function encryption(kmsKeyArn?: string) {
  return kmsKeyArn
    ? {
        bucketKeyEnabled: true,
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
      }
    : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
}

function lifecycle({ expireAfterDays, keepOldVersionsDays }: PrivateBucketProps) {
  return {
    id: "tidy",
    status: "Enabled",
    filter: [{ prefix: "" }],
    noncurrentVersionExpiration: [{ noncurrentDays: keepOldVersionsDays }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
    ...(expireAfterDays && { expiration: [{ days: expireAfterDays }] }),
  };
}

function overTlsOnly(bucket: S3Bucket): DataAwsIamPolicyDocumentStatement {
  return {
    sid: "OverTlsOnly",
    effect: "Deny",
    principals: [{ type: "*", identifiers: ["*"] }],
    // A Deny that must leave nothing out.
    actions: ["s3:*"],
    resources: [bucket.arn, `${bucket.arn}/*`],
    condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
}
