import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project/index.js";
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Instance } from "@cdktf/provider-aws/lib/instance/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { OpensearchDomain } from "@cdktf/provider-aws/lib/opensearch-domain/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketAcl } from "@cdktf/provider-aws/lib/s3-bucket-acl/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { SecurityGroupRule } from "@cdktf/provider-aws/lib/security-group-rule/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import test from "ava";
import { Fn, type TerraformStack } from "cdktf";
import { PrivateBucket } from "../../modules/private-bucket.ts";
import { problemsOf, problemsWithoutTags } from "./guarded-stack.ts";

interface Case {
  readonly what: string;
  readonly build: (stack: TerraformStack) => void;
  /** Whole lines; none for what must pass. */
  readonly problems: readonly string[];
}

const WEB = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 80, toPort: 80 };
const OPEN = 'is "0.0.0.0/0", everybody: name the ranges, the prefix list or the security group that may come in';
const OPEN6 = OPEN.replace("0.0.0.0/0", "::/0");

const openIngress: readonly Case[] = [
  {
    what: "an ingress rule for all of IPv4",
    build: (stack) => new VpcSecurityGroupIngressRule(stack, "web", { ...WEB, cidrIpv4: "0.0.0.0/0" }),
    problems: [`stack/web: open-ingress: cidr_ipv4 ${OPEN}`],
  },
  {
    what: "an ingress rule for all of IPv6",
    build: (stack) => new VpcSecurityGroupIngressRule(stack, "web", { ...WEB, cidrIpv6: "::/0" }),
    problems: [`stack/web: open-ingress: cidr_ipv6 ${OPEN6}`],
  },
  {
    what: "an ingress rule that an override opens",
    build: (stack) =>
      new VpcSecurityGroupIngressRule(stack, "web", { ...WEB, cidrIpv4: "10.0.0.0/16" }).addOverride(
        "cidr_ipv4",
        "0.0.0.0/0",
      ),
    problems: [`stack/web: open-ingress: cidr_ipv4 ${OPEN}`],
  },
  {
    what: "security groups with open blocks of their own",
    build: (stack) => {
      const ingress = [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }];
      new SecurityGroup(stack, "group", { ingress });
      new DefaultSecurityGroup(stack, "default", { ingress: [{ ...ingress[0], ipv6CidrBlocks: ["::/0"] }] });
    },
    problems: [
      `stack/group: open-ingress: cidr_blocks ${OPEN}`,
      `stack/default: open-ingress: cidr_blocks ${OPEN}`,
      `stack/default: open-ingress: ipv6_cidr_blocks ${OPEN6}`,
    ],
  },
  {
    what: "an old ingress rule for everybody",
    build: (stack) =>
      new SecurityGroupRule(stack, "old", {
        type: "ingress",
        securityGroupId: "sg-1",
        protocol: "-1",
        fromPort: 0,
        toPort: 0,
        cidrBlocks: ["0.0.0.0/0"],
      }),
    problems: [`stack/old: open-ingress: cidr_blocks ${OPEN}`],
  },
  {
    what: "ways in for a range, a prefix list and a group, and ways out for everybody",
    build: (stack) => {
      new VpcSecurityGroupIngressRule(stack, "range", { ...WEB, cidrIpv4: "10.0.0.0/16" });
      new VpcSecurityGroupIngressRule(stack, "list", { ...WEB, prefixListId: "pl-1" });
      new VpcSecurityGroupIngressRule(stack, "group", { ...WEB, referencedSecurityGroupId: "sg-2" });
      new SecurityGroup(stack, "out", {
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      });
      new SecurityGroupRule(stack, "old-out", {
        type: "egress",
        securityGroupId: "sg-1",
        protocol: "-1",
        fromPort: 0,
        toPort: 0,
        cidrBlocks: ["0.0.0.0/0"],
      });
    },
    problems: [],
  },
];

const KEY = [{ name: "id", type: "S" }];
const TABLE = { name: "table", hashKey: "id", attribute: KEY, billingMode: "PAY_PER_REQUEST" };
const DOMAIN = { domainName: "domain" };

const unencryptedStore: readonly Case[] = [
  {
    what: "a table, a topic, a queue and a volume that say nothing of encryption",
    build: (stack) => {
      new DynamodbTable(stack, "table", TABLE);
      new SnsTopic(stack, "topic", {});
      new SqsQueue(stack, "queue", {});
      new EbsVolume(stack, "volume", { availabilityZone: "us-east-1a", size: 8 });
    },
    problems: [
      "stack/table: unencrypted-store: server_side_encryption.enabled is missing: set it to true",
      "stack/topic: unencrypted-store: kms_master_key_id is missing: give the topic a KMS key",
      "stack/queue: unencrypted-store: sqs_managed_sse_enabled is not true: set it, or give the queue a KMS key with kms_master_key_id",
      "stack/volume: unencrypted-store: encrypted is missing: set it to true",
    ],
  },
  {
    what: "a table and a domain whose encryption is off",
    build: (stack) => {
      new DynamodbTable(stack, "table", { ...TABLE, serverSideEncryption: { enabled: false } });
      new OpensearchDomain(stack, "domain", { ...DOMAIN, encryptAtRest: { enabled: false } });
    },
    problems: [
      "stack/table: unencrypted-store: server_side_encryption.enabled is false: set it to true",
      "stack/domain: unencrypted-store: encrypt_at_rest.enabled is false: set it to true",
      "stack/domain: unencrypted-store: node_to_node_encryption.enabled is missing: set it to true",
    ],
  },
  {
    what: "an instance and a launch template whose volumes are plain",
    build: (stack) => {
      new Instance(stack, "instance", { ami: "ami-1", instanceType: "t4g.small" });
      new LaunchTemplate(stack, "template", {
        tagSpecifications: [{ resourceType: "instance" }, { resourceType: "volume" }],
        blockDeviceMappings: [
          { deviceName: "/dev/xvda", ebs: { encrypted: "true" } },
          { deviceName: "/dev/xvdb", ebs: { volumeSize: 8 } },
        ],
      });
    },
    problems: [
      "stack/instance: unencrypted-store: root_block_device.encrypted is missing: set it to true",
      "stack/template: unencrypted-store: block_device_mappings.ebs.encrypted is missing: set it to true",
    ],
  },
  {
    what: "a bucket without its encryption, beside one that has it",
    build: (stack) => {
      new PrivateBucket(stack, "private", { name: "private", keepOldVersionsDays: 1, forceDestroy: false });
      const bare = new S3Bucket(stack, "bare", { bucket: "bare" });
      closed(stack, bare);
    },
    problems: [
      "stack/bare: unencrypted-store: no aws_s3_bucket_server_side_encryption_configuration names the bucket: add one, or use PrivateBucket",
    ],
  },
  {
    what: "stores that say that they encrypt",
    build: (stack) => {
      new DynamodbTable(stack, "table", { ...TABLE, serverSideEncryption: { enabled: true } });
      new SnsTopic(stack, "topic", { kmsMasterKeyId: "key" });
      new SqsQueue(stack, "queue", { sqsManagedSseEnabled: true });
      new SqsQueue(stack, "other-queue", { kmsMasterKeyId: "key" });
      new EbsVolume(stack, "volume", { availabilityZone: "us-east-1a", size: 8, encrypted: true });
      new Instance(stack, "instance", {
        ami: "ami-1",
        instanceType: "t4g.small",
        rootBlockDevice: { encrypted: true },
      });
      new Instance(stack, "launched", { launchTemplate: { id: "lt-1" } });
      new OpensearchDomain(stack, "domain", {
        ...DOMAIN,
        encryptAtRest: { enabled: true },
        nodeToNodeEncryption: { enabled: true },
      });
    },
    problems: [],
  },
];

const publicBucket: readonly Case[] = [
  {
    what: "a bucket without its locks",
    build: (stack) => encrypted(stack, new S3Bucket(stack, "site", { bucket: "site" })),
    problems: [
      "stack/site: public-bucket: no aws_s3_bucket_public_access_block names the bucket: add one, or use PrivateBucket",
    ],
  },
  {
    what: "a bucket with two locks open, and a public ACL",
    build: (stack) => {
      const bucket = new S3Bucket(stack, "site", { bucket: "site" });
      encrypted(stack, bucket);
      new S3BucketPublicAccessBlock(stack, "locks", {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: false,
        ignorePublicAcls: true,
      });
      new S3BucketAcl(stack, "acl", { bucket: bucket.id, acl: "public-read" });
    },
    problems: [
      "stack/site: public-bucket: block_public_policy of stack/locks is false: set it to true",
      "stack/site: public-bucket: restrict_public_buckets of stack/locks is missing: set it to true",
      'stack/acl: public-bucket: acl is "public-read": leave it out, and let CloudFront read the bucket for the public',
    ],
  },
  {
    what: "a private bucket, and an ACL for its owner",
    build: (stack) => {
      const { bucket } = new PrivateBucket(stack, "private", {
        name: "private",
        keepOldVersionsDays: 1,
        forceDestroy: false,
      });
      new S3BucketAcl(stack, "acl", { bucket: bucket.id, acl: "private" });
    },
    problems: [],
  },
];

const logRetention: readonly Case[] = [
  {
    what: "log groups that keep everything",
    build: (stack) => {
      new CloudwatchLogGroup(stack, "silent", { name: "silent" });
      new CloudwatchLogGroup(stack, "zero", { name: "zero", retentionInDays: 0 });
    },
    problems: [
      "stack/silent: log-retention: retention_in_days is missing, for ever: take it from the settings, logs.retentionDays",
      "stack/zero: log-retention: retention_in_days is 0, for ever: take it from the settings, logs.retentionDays",
    ],
  },
  {
    what: "a log group that forgets",
    build: (stack) => new CloudwatchLogGroup(stack, "short", { name: "short", retentionInDays: 7 }),
    problems: [],
  },
];

const DIGEST = `public.ecr.aws/x/y@sha256:${"a".repeat(64)}`;

const latestImage: readonly Case[] = [
  {
    what: "task definitions, builds and functions of floating images",
    build: (stack) => {
      task(stack, "task", ["registry:5000/app", "nginx:latest", "nginx:1.29"]);
      build(stack, "build", "node:latest");
      lambda(stack, "function", "123456789012.dkr.ecr.us-east-1.amazonaws.com/app");
    },
    problems: [
      'stack/task: latest-image: image is "registry:5000/app": pin it to a version or a digest',
      'stack/task: latest-image: image is "nginx:latest": pin it to a version or a digest',
      'stack/build: latest-image: image is "node:latest": pin it to a version or a digest',
      'stack/function: latest-image: image is "123456789012.dkr.ecr.us-east-1.amazonaws.com/app": pin it to a version or a digest',
    ],
  },
  {
    what: "container definitions that only Terraform could read",
    build: (stack) =>
      new EcsTaskDefinition(stack, "task", {
        family: "task",
        containerDefinitions: Fn.jsonencode([{ name: "app", image: "app:latest" }]),
      }),
    problems: [
      "stack/task: latest-image: container_definitions is no JSON before Terraform runs: write it with JSON.stringify, so that it can be checked",
    ],
  },
  {
    what: "pinned images, one behind a reference",
    build: (stack) => {
      const bucket = new CloudwatchLogGroup(stack, "logs", { name: "logs", retentionInDays: 1 });
      task(stack, "task", ["public.ecr.aws/xray/aws-xray-daemon:3.3.14", DIGEST, `${bucket.name}/app:1`, bucket.name]);
      build(stack, "build", "aws/codebuild/amazonlinux-aarch64-standard:3.0");
      lambda(stack, "function", DIGEST);
    },
    problems: [],
  },
];

const WHO = ": name the account, the role or the service that it is for";
const NARROW = ": add a condition on its :sub, or on the :aud of a Cognito identity pool, with no * for the owner";
const FEDERATED = [{ type: "Federated", identifiers: ["arn:aws:iam::123456789012:oidc-provider/github"] }];

const wildcardPrincipal: readonly Case[] = [
  {
    what: "documents that trust everybody, with a condition and without",
    build: (stack) => {
      document(stack, "bare", { principals: [{ type: "AWS", identifiers: ["*"] }] });
      document(stack, "all", { principals: [{ type: "*", identifiers: ["*"] }] });
      document(stack, "accounts", { principals: [{ type: "AWS", identifiers: ["arn:aws:iam::*:root"] }] });
      document(stack, "source", {
        principals: [{ type: "AWS", identifiers: ["*"] }],
        condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["123456789012"] }],
      });
      document(stack, "others", { notPrincipals: [{ type: "AWS", identifiers: ["123456789012"] }] });
    },
    problems: [
      `stack/bare: wildcard-principal: principal is "*"${WHO}`,
      `stack/all: wildcard-principal: principal is "*"${WHO}`,
      `stack/accounts: wildcard-principal: principal is "arn:aws:iam::*:root"${WHO}`,
      `stack/source: wildcard-principal: principal is "*"${WHO}`,
      `stack/others: wildcard-principal: not_principals in an Allow means almost everybody${WHO}`,
    ],
  },
  {
    what: "trust in everybody's workflows",
    build: (stack) => {
      const audience = { test: "StringEquals", variable: "token.actions.githubusercontent.com:aud", values: ["sts"] };
      document(stack, "audience", { principals: FEDERATED, condition: [audience] });
      document(stack, "any", { principals: FEDERATED, condition: [subject("repo:*:ref:refs/heads/main")] });
    },
    problems: ["audience", "any"].map(
      (id) => `stack/${id}: wildcard-principal: a federated principal without the one it is for${NARROW}`,
    ),
  },
  {
    what: "policies written as JSON, and a function for everybody",
    build: (stack) => {
      new IamRole(stack, "role", {
        assumeRolePolicy: JSON.stringify({
          Statement: { Effect: "Allow", Principal: { AWS: ["123456789012", "*"] }, Action: "sts:AssumeRole" },
        }),
      });
      new LambdaPermission(stack, "call", { action: "lambda:InvokeFunction", functionName: "f", principal: "*" });
    },
    problems: [
      `stack/role: wildcard-principal: principal is "*"${WHO}`,
      `stack/call: wildcard-principal: principal is "*"${WHO}`,
    ],
  },
  {
    what: "a Deny for everybody, and trust in a service, an account, one repository and one identity pool",
    build: (stack) => {
      document(stack, "tls", { effect: "Deny", principals: [{ type: "*", identifiers: ["*"] }] });
      const service = document(stack, "service", {
        principals: [{ type: "Service", identifiers: ["ecs-tasks.amazonaws.com"] }],
      });
      document(stack, "account", { principals: [{ type: "AWS", identifiers: ["123456789012"] }] });
      document(stack, "repository", { principals: FEDERATED, condition: [subject("repo:octo/mysfits:pull_request")] });
      document(stack, "pool", {
        principals: [{ type: "Federated", identifiers: ["cognito-identity.amazonaws.com"] }],
        condition: [{ test: "StringEquals", variable: "cognito-identity.amazonaws.com:aud", values: ["pool"] }],
      });
      document(stack, "no-principals", { actions: ["s3:GetObject"], resources: ["*"] });
      new IamRole(stack, "role", { assumeRolePolicy: service.json });
      new LambdaPermission(stack, "call", {
        action: "lambda:InvokeFunction",
        functionName: "f",
        principal: "logs.amazonaws.com",
      });
    },
    problems: [],
  },
];

const cases = { openIngress, unencryptedStore, publicBucket, logRetention, latestImage, wildcardPrincipal };

for (const [rule, ofRule] of Object.entries(cases)) {
  for (const { what, build, problems } of ofRule) {
    test(`${rule}: ${problems.length > 0 ? "refuses" : "lets pass"} ${what}`, (t) => {
      t.deepEqual(problemsOf(build), problems);
    });
  }
}

test("missingTags: refuses a provider without the tags, and a template that leaves what it launches without", (t) => {
  const problems = problemsWithoutTags((stack) => {
    new AwsProvider(stack, "aws", { region: "us-east-1", defaultTags: [{ tags: { Project: "x", ManagedBy: "" } }] });
    new LaunchTemplate(stack, "template", {
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
      tagSpecifications: [{ resourceType: "instance" }],
    });
  });
  t.deepEqual(problems, [
    "stack/aws: missing-tags: default_tags has no Environment: make the provider with awsProvider, which sets it",
    "stack/aws: missing-tags: default_tags has no ManagedBy: make the provider with awsProvider, which sets it",
    'stack/template: missing-tags: tag_specifications for "volume" is missing: default tags do not reach what a template launches',
  ]);
});

test("missingTags: lets the project's provider pass", (t) => {
  t.deepEqual(
    problemsOf(() => {}),
    [],
  );
});

function encrypted(stack: TerraformStack, bucket: S3Bucket): void {
  new S3BucketServerSideEncryptionConfigurationA(stack, `${bucket.node.id}-encryption`, {
    bucket: bucket.id,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
}

function closed(stack: TerraformStack, bucket: S3Bucket): void {
  new S3BucketPublicAccessBlock(stack, `${bucket.node.id}-locks`, {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
}

function task(stack: TerraformStack, id: string, images: readonly string[]): void {
  new EcsTaskDefinition(stack, id, {
    family: id,
    containerDefinitions: JSON.stringify(images.map((image, index) => ({ name: `c${index}`, image }))),
  });
}

function build(stack: TerraformStack, id: string, image: string): void {
  new CodebuildProject(stack, id, {
    name: id,
    serviceRole: "role",
    artifacts: { type: "NO_ARTIFACTS" },
    source: { type: "NO_SOURCE" },
    environment: { computeType: "BUILD_GENERAL1_SMALL", type: "ARM_CONTAINER", image },
  });
}

function lambda(stack: TerraformStack, id: string, imageUri: string): void {
  new LambdaFunction(stack, id, { functionName: id, role: "role", packageType: "Image", imageUri });
}

function document(stack: TerraformStack, id: string, statement: DataAwsIamPolicyDocumentStatement) {
  return new DataAwsIamPolicyDocument(stack, id, {
    statement: [{ actions: ["sts:AssumeRole"], ...statement }],
  });
}

function subject(value: string) {
  return { test: "StringLike", variable: "token.actions.githubusercontent.com:sub", values: [value] };
}
