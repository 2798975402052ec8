import test from "ava";
import { CloudfrontDistribution, type CloudfrontDistributionViewerCertificate } from "#aws/cloudfront-distribution";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import { CodebuildProject } from "#aws/codebuild-project";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { DataAwsSecretsmanagerSecretVersion } from "#aws/data-aws-secretsmanager-secret-version";
import { DataAwsSsmParameter } from "#aws/data-aws-ssm-parameter";
import { DefaultSecurityGroup } from "#aws/default-security-group";
import { DynamodbTable } from "#aws/dynamodb-table";
import { EbsVolume } from "#aws/ebs-volume";
import { EcsTaskDefinition } from "#aws/ecs-task-definition";
import { IamRole } from "#aws/iam-role";
import { Instance } from "#aws/instance";
import { KmsAlias } from "#aws/kms-alias";
import { LambdaFunction } from "#aws/lambda-function";
import { LambdaPermission } from "#aws/lambda-permission";
import { LaunchTemplate } from "#aws/launch-template";
import { LbListener } from "#aws/lb-listener";
import { OpensearchDomain } from "#aws/opensearch-domain";
import { AwsProvider } from "#aws/provider";
import { S3Bucket } from "#aws/s3-bucket";
import { S3BucketAcl } from "#aws/s3-bucket-acl";
import { S3BucketPublicAccessBlock } from "#aws/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "#aws/s3-bucket-server-side-encryption-configuration";
import { SecretsmanagerSecretVersion } from "#aws/secretsmanager-secret-version";
import { SecurityGroup } from "#aws/security-group";
import { SecurityGroupRule } from "#aws/security-group-rule";
import { SnsTopic } from "#aws/sns-topic";
import { SqsQueue } from "#aws/sqs-queue";
import { SsmParameter } from "#aws/ssm-parameter";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import { XrayGroup } from "#aws/xray-group";
import { Fn, type TerraformStack } from "#cdktf";
import { setEnvironment } from "../../../modules/environment.ts";
import { PrivateBucket } from "../../../modules/private-bucket.ts";
import { loadSettings } from "../../../settings/load.ts";
import { problemsOf, problemsWithoutTags } from "./guarded-stack.ts";

interface Case {
  readonly what: string;
  readonly build: (stack: TerraformStack) => void;
  /** Whole lines; empty for a stack that passes. */
  readonly problems: readonly string[];
}

const WEB = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 80, toPort: 80 };
const OPEN =
  'is "0.0.0.0/0", the whole internet: name the CIDR ranges, the prefix list, or the security group to admit';
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
    what: "security groups with open ingress blocks",
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
    what: "an aws_security_group_rule for all of IPv4",
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
    what: "ingress rules for a range, a prefix list, and a group, and open egress rules",
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
    what: "a table, a topic, a queue, and a volume without encryption arguments",
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
    what: "an instance and a launch template with unencrypted volumes",
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
    what: "a bucket without encryption, next to an encrypted one",
    build: (stack) => {
      new PrivateBucket(stack, "private", { name: "private", keepOldVersionsDays: 1, forceDestroy: false });
      const bare = new S3Bucket(stack, "bare", { bucket: "bare" });
      closed(stack, bare);
    },
    problems: [
      "stack/bare: unencrypted-store: no aws_s3_bucket_server_side_encryption_configuration references the bucket: add one, or use PrivateBucket",
    ],
  },
  {
    what: "stores with explicit encryption",
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
    what: "a bucket without a public access block",
    build: (stack) => encrypted(stack, new S3Bucket(stack, "site", { bucket: "site" })),
    problems: [
      "stack/site: public-bucket: no aws_s3_bucket_public_access_block references the bucket: add one, or use PrivateBucket",
    ],
  },
  {
    what: "a bucket that blocks only part of public access, and a public ACL",
    build: (stack) => {
      const bucket = new S3Bucket(stack, "site", { bucket: "site" });
      encrypted(stack, bucket);
      new S3BucketPublicAccessBlock(stack, "block", {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: false,
        ignorePublicAcls: true,
      });
      new S3BucketAcl(stack, "acl", { bucket: bucket.id, acl: "public-read" });
    },
    problems: [
      "stack/site: public-bucket: block_public_policy of stack/block is false: set it to true",
      "stack/site: public-bucket: restrict_public_buckets of stack/block is missing: set it to true",
      'stack/acl: public-bucket: acl is "public-read": remove it, and serve the bucket through CloudFront',
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
    what: "log groups without retention",
    build: (stack) => {
      new CloudwatchLogGroup(stack, "silent", { name: "silent" });
      new CloudwatchLogGroup(stack, "zero", { name: "zero", retentionInDays: 0 });
    },
    problems: [
      "stack/silent: log-retention: retention_in_days is missing, which means forever: use the setting logs.retentionDays",
      "stack/zero: log-retention: retention_in_days is 0, which means forever: use the setting logs.retentionDays",
    ],
  },
  {
    what: "a log group with retention",
    build: (stack) => new CloudwatchLogGroup(stack, "short", { name: "short", retentionInDays: 7 }),
    problems: [],
  },
];

const DIGEST = `public.ecr.aws/x/y@sha256:${"a".repeat(64)}`;

const latestImage: readonly Case[] = [
  {
    what: "task definitions, builds, and functions with unpinned images",
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
    what: "container definitions that only Terraform can evaluate",
    build: (stack) =>
      new EcsTaskDefinition(stack, "task", {
        family: "task",
        containerDefinitions: Fn.jsonencode([{ name: "app", image: "app:latest" }]),
      }),
    problems: [
      "stack/task: latest-image: container_definitions is not JSON before Terraform runs: write it with JSON.stringify, so that it can be checked",
    ],
  },
  {
    what: "pinned images, and an image that is a reference",
    build: (stack) => {
      const bucket = new CloudwatchLogGroup(stack, "logs", { name: "logs", retentionInDays: 1 });
      task(stack, "task", ["public.ecr.aws/xray/aws-xray-daemon:3.6.6", DIGEST, `${bucket.name}/app:1`, bucket.name]);
      build(stack, "build", "aws/codebuild/amazonlinux-aarch64-standard:4.0");
      lambda(stack, "function", DIGEST);
    },
    problems: [],
  },
];

const FIX = ": name the account, the role, or the service that it is for";
const RESTRICT = ": add a condition on its :sub, or on the :aud of a Cognito identity pool, with no * for the owner";
const FEDERATED = [{ type: "Federated", identifiers: ["arn:aws:iam::123456789012:oidc-provider/github"] }];

const oldTls: readonly Case[] = [
  {
    what: "listeners of your own certificates with TLS 1.0, and with the default policy",
    build: (stack) => {
      listener(stack, "old", "ELBSecurityPolicy-2016-08");
      listener(stack, "default");
    },
    problems: [
      'stack/old: old-tls: ssl_policy is "ELBSecurityPolicy-2016-08": set a policy without TLS 1.0 and 1.1',
      "stack/default: old-tls: ssl_policy is missing: set a policy without TLS 1.0 and 1.1",
    ],
  },
  {
    what: "listeners with TLS 1.2 or without TLS",
    build: (stack) => {
      listener(stack, "recent", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
      listener(stack, "plain", undefined, "HTTP");
    },
    problems: [],
  },
  {
    what: "a distribution of your own certificate with TLS 1.1",
    build: (stack) => distribution(stack, { acmCertificateArn: "arn", minimumProtocolVersion: "TLSv1.1_2016" }),
    problems: [
      'stack/site: old-tls: viewer_certificate.minimum_protocol_version is "TLSv1.1_2016": set a policy without TLS 1.0 and 1.1',
    ],
  },
  {
    what: "a distribution with CloudFront's certificate, whose policy is fixed",
    build: (stack) => distribution(stack, { cloudfrontDefaultCertificate: true }),
    problems: [],
  },
];

const TO_SETTING =
  "which gets into the plan and the state: use the setting services.<name>.secrets, which ECS resolves";

const secretValue: readonly Case[] = [
  {
    what: "a data source that reads a secret",
    build: (stack) => new DataAwsSecretsmanagerSecretVersion(stack, "token", { secretId: "shop/token" }),
    problems: [`stack/token: secret-value: aws_secretsmanager_secret_version: reads a value, ${TO_SETTING}`],
  },
  {
    what: "a data source that reads a parameter, except a public one of AWS",
    build: (stack) => {
      new DataAwsSsmParameter(stack, "token", { name: "/shop/token" });
      new DataAwsSsmParameter(stack, "image", { name: "/aws/service/ami-amazon-linux-latest/al2023" });
    },
    problems: [`stack/token: secret-value: name is "/shop/token": reads a value, ${TO_SETTING}`],
  },
  {
    what: "a secret's value, and a secure parameter's, but no plain parameter",
    build: (stack) => {
      new SecretsmanagerSecretVersion(stack, "token", { secretId: "shop/token", secretString: "hunter2" });
      new SsmParameter(stack, "secure", { name: "/shop/token", type: "SecureString", value: "hunter2" });
      new SsmParameter(stack, "plain", { name: "/shop/flag", type: "String", value: "on" });
    },
    problems: [
      `stack/token: secret-value: secret_string is set: stores a value, ${TO_SETTING}`,
      `stack/secure: secret-value: value is set: stores a value, ${TO_SETTING}`,
    ],
  },
];

const wildcardPrincipal: readonly Case[] = [
  {
    what: "policy documents with a wildcard principal, with and without a condition",
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
      `stack/bare: wildcard-principal: principal is "*"${FIX}`,
      `stack/all: wildcard-principal: principal is "*"${FIX}`,
      `stack/accounts: wildcard-principal: principal is "arn:aws:iam::*:root"${FIX}`,
      `stack/source: wildcard-principal: principal is "*"${FIX}`,
      `stack/others: wildcard-principal: not_principals in an Allow admits almost everyone${FIX}`,
    ],
  },
  {
    what: "trust in the workflows of any repository",
    build: (stack) => {
      const audience = { test: "StringEquals", variable: "token.actions.githubusercontent.com:aud", values: ["sts"] };
      document(stack, "audience", { principals: FEDERATED, condition: [audience] });
      document(stack, "any", { principals: FEDERATED, condition: [subject("repo:*:ref:refs/heads/main")] });
    },
    problems: ["audience", "any"].map(
      (id) => `stack/${id}: wildcard-principal: a federated principal without a subject${RESTRICT}`,
    ),
  },
  {
    what: "policies written as JSON, and a public function",
    build: (stack) => {
      new IamRole(stack, "role", {
        assumeRolePolicy: JSON.stringify({
          Statement: { Effect: "Allow", Principal: { AWS: ["123456789012", "*"] }, Action: "sts:AssumeRole" },
        }),
      });
      new LambdaPermission(stack, "call", { action: "lambda:InvokeFunction", functionName: "f", principal: "*" });
    },
    problems: [
      `stack/role: wildcard-principal: principal is "*"${FIX}`,
      `stack/call: wildcard-principal: principal is "*"${FIX}`,
    ],
  },
  {
    what: "a Deny for every principal, and trust in a service, an account, one repository, and one identity pool",
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

const cases = {
  openIngress,
  unencryptedStore,
  publicBucket,
  logRetention,
  latestImage,
  oldTls,
  secretValue,
  wildcardPrincipal,
};

for (const [rule, ofRule] of Object.entries(cases)) {
  for (const { what, build, problems } of ofRule) {
    test(`${rule}: ${problems.length > 0 ? "rejects" : "accepts"} ${what}`, (t) => {
      t.deepEqual(problemsOf(build), problems);
    });
  }
}

test("ownNames: rejects names of another project or environment, and a longer prefix", (t) => {
  const problems = problemsWithoutTags((stack) => {
    setEnvironment(stack, loadSettings({ environment: "workshop", overrides: ["project.prefix=acme"] }));
    new DynamodbTable(stack, "table", { name: "mysfits-workshop-mysfits", serverSideEncryption: { enabled: true } });
    new IamRole(stack, "role", { name: "acme-workshop2-task", assumeRolePolicy: "{}" });
    new SsmParameter(stack, "parameter", { name: "/acme/workshop/placement", type: "String", value: "x" });
    new XrayGroup(stack, "group", { groupName: "workshop-odd-likes", filterExpression: "error" });
  });
  const fix = "begin it with the stack's prefix, which is acme-workshop here, so that environments do not share it";
  t.deepEqual(problems, [
    `stack/table: own-names: name is "mysfits-workshop-mysfits": ${fix}`,
    `stack/role: own-names: name is "acme-workshop2-task": ${fix}`,
    `stack/parameter: own-names: name is "/acme/workshop/placement": ${fix}`,
    `stack/group: own-names: group_name is "workshop-odd-likes": ${fix}`,
  ]);
});

test("ownNames: accepts names with the prefix, the paths of AWS, and references to other names", (t) => {
  const problems = problemsWithoutTags((stack) => {
    setEnvironment(stack, loadSettings({ environment: "workshop", overrides: [] }));
    const role = new IamRole(stack, "role", { name: "mysfits-workshop-task", assumeRolePolicy: "{}" });
    new CloudwatchLogGroup(stack, "lambda-logs", { name: "/aws/lambda/mysfits-workshop-shipper", retentionInDays: 7 });
    new CloudwatchLogGroup(stack, "referring-logs", { name: `/aws/lambda/${role.name}`, retentionInDays: 7 });
    new KmsAlias(stack, "alias", { name: "alias/mysfits-workshop-state", targetKeyId: "key" });
    new XrayGroup(stack, "group", { groupName: "workshop-odd-likes", filterExpression: "error" });
  });
  t.deepEqual(problems, []);
});

test("missingTags: rejects a provider without the tags, and a launch template without tags for what it launches", (t) => {
  const problems = problemsWithoutTags((stack) => {
    new AwsProvider(stack, "aws", { region: "us-east-1", defaultTags: [{ tags: { Project: "x", ManagedBy: "" } }] });
    new LaunchTemplate(stack, "template", {
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
      tagSpecifications: [{ resourceType: "instance" }],
    });
  });
  t.deepEqual(problems, [
    "stack/aws: missing-tags: default_tags has no Environment: create the provider with awsProvider, which sets it",
    "stack/aws: missing-tags: default_tags has no ManagedBy: create the provider with awsProvider, which sets it",
    'stack/template: missing-tags: tag_specifications for "volume" is missing: default tags do not apply to what a template launches',
  ]);
});

test("missingTags: accepts the project's provider", (t) => {
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
  new S3BucketPublicAccessBlock(stack, `${bucket.node.id}-block`, {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
}

function listener(stack: TerraformStack, id: string, sslPolicy?: string, protocol = "HTTPS"): void {
  new LbListener(stack, id, { loadBalancerArn: "arn", protocol, sslPolicy, defaultAction: [{ type: "forward" }] });
}

function distribution(stack: TerraformStack, viewerCertificate: CloudfrontDistributionViewerCertificate): void {
  new CloudfrontDistribution(stack, "site", {
    enabled: true,
    origin: [{ originId: "o", domainName: "example.com" }],
    defaultCacheBehavior: {
      targetOriginId: "o",
      viewerProtocolPolicy: "https-only",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
    },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate,
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
