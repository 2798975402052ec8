import { Construct } from "constructs";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { S3Bucket } from "#aws/s3-bucket";
import { S3BucketLifecycleConfiguration } from "#aws/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "#aws/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "#aws/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "#aws/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "#aws/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "#aws/s3-bucket-versioning";
import { overTlsOnly } from "./over-tls-only.ts";

export interface PrivateBucketProps {
  readonly name: string;
  /** KMS key. Default: S3's own key. */
  readonly kmsKeyArn?: string;
  /** Days until objects expire. Default: never. */
  readonly expireAfterDays?: number;
  /** Days that a replaced or deleted object can be restored. */
  readonly keepOldVersionsDays: number;
  /** Lets Terraform destroy the bucket with its objects. */
  readonly forceDestroy: boolean;
  /** Makes Terraform reject every plan that destroys the bucket. */
  readonly preventDestroy?: boolean;
}

/** A private S3 bucket: encrypted, versioned, TLS only, without ACLs, public access blocked. */
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
    this.statements = [overTlsOnly("s3", [this.bucket.arn, `${this.bucket.arn}/*`])];
    this.document = new DataAwsIamPolicyDocument(this, "policy-document", { statement: [...this.statements] });
    this.policy = new S3BucketPolicy(this, "policy", { bucket, policy: this.document.json, dependsOn: [closed] });
  }

  /** Adds a statement to the bucket's policy. Resources that rely on it must depend on the returned policy. */
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
