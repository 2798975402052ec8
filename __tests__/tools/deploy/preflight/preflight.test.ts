import { CloudFrontClient, CreateResponseHeadersPolicyCommand } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient, PutResourcePolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateOpenIDConnectProviderCommand, IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { CreateGroupCommand, XRayClient } from "@aws-sdk/client-xray";
import test from "ava";
import { loadSettings } from "../../../../settings/load.ts";
import { checkCredentials, checkRegion, checkSource } from "../../../../tools/deploy/preflight/credentials.ts";
import { existingResources } from "../../../../tools/deploy/preflight/existing-resources.ts";
import { table } from "../../../../tools/deploy/preflight/finding.ts";
import { checkOidcProvider } from "../../../../tools/deploy/preflight/oidc-provider.ts";
import { orUnchecked } from "../../../../tools/deploy/preflight/preflight.ts";
import { checkQuotas } from "../../../../tools/deploy/preflight/quotas.ts";
import {
  checkServiceLinkedRoles,
  createServiceLinkedRoles,
} from "../../../../tools/deploy/preflight/service-linked-roles.ts";
import { checkSignInDomains } from "../../../../tools/deploy/preflight/sign-in-domain.ts";
import { evaluateVersion } from "../../../../tools/deploy/preflight/terraform-version.ts";
import { checkVpcRange } from "../../../../tools/deploy/preflight/vpc-range.ts";
import { checkZones } from "../../../../tools/deploy/preflight/zones.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../../needs.ts";
import { clientSettings } from "../../emulator/clients.ts";
import { inventory } from "./inventory.ts";

const testWithEmulator = testNeeding(motoProblem);

const ACCOUNT = "123456789012";
const GITHUB = {
  repository: "octo/mysfits",
  ownerId: 1,
  repositoryId: 2,
  deployEnvironment: "production",
} as const;

/** Undefined without moto and in the quick tests; the tests that use it are skipped then. */
let emulator: Emulator;

test.before(async () => {
  if (!process.env.QUICK_TESTS && motoProblem() === undefined) {
    emulator = await startEmulator();
    Object.assign(process.env, emulator.environment);
  }
});

test.after.always(() => emulator?.stop());

test("versions of Terraform that HashiCorp no longer supports need attention", (t) => {
  t.like(evaluateVersion("1.11.4"), { status: "attention", fix: "install Terraform 1.14 or 1.15" });
  for (const version of ["1.14.0", "1.15.9", "1.16.0-rc2", "2.0.0"]) {
    t.is(evaluateVersion(version).status, "ok", version);
  }
});

testWithEmulator("credentials of another account stop a deployment", async (t) => {
  const [own] = await checkCredentials({ account: ACCOUNT, region: "us-east-1" });
  t.like(own, { check: "account", status: "ok" });
  const [foreign] = await checkCredentials({ account: "999999999999", region: "us-east-1" });
  t.like(foreign, { check: "account", status: "stop" });
  t.regex(foreign?.text ?? "", /belong to 123456789012 .*, but the settings say 999999999999$/);
});

testWithEmulator("an endpoint that does not answer is no problem of the credentials", async (t) => {
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  t.teardown(() => Object.assign(process.env, emulator.environment));
  const [finding, ...others] = await checkCredentials({ account: ACCOUNT, region: "us-east-1" });
  t.like(finding, { check: "endpoint", status: "stop", fix: undefined });
  t.regex(finding?.text ?? "", /nothing listens at the endpoint: start the emulator \(npm run emulator\), or check/);
  t.deepEqual(others, []);
});

test("credentials of aws login stop a deployment, and those that expire soon need attention", (t) => {
  const now = Date.now();
  t.like(checkSource({ $source: { CREDENTIALS_PROFILE_LOGIN: "AC" } }), { status: "stop" });
  t.like(checkSource({ expiration: new Date(now + 10 * 60_000) }, now), {
    status: "attention",
    text: "they expire in 10 minutes; a first deployment takes about 60",
  });
  t.is(checkSource({ expiration: new Date(now + 120 * 60_000) }, now).status, "ok");
  t.is(checkSource({ $source: { CREDENTIALS_PROFILE: "n" } }).status, "ok");
});

test("a region of the shell that differs from the settings needs attention", (t) => {
  t.is(checkRegion({ region: "us-west-2" }, {}).status, "ok");
  t.is(checkRegion({ region: "us-west-2" }, { AWS_REGION: "us-west-2" }).status, "ok");
  t.like(checkRegion({ region: "us-west-2" }, { AWS_REGION: "us-east-1" }), { fix: "export AWS_REGION=us-west-2" });
});

testWithEmulator("zones that the account does not have stop a deployment", async (t) => {
  const ec2 = new EC2Client(clientSettings(emulator));
  const zones = ["us-east-1a", "us-east-1b"];
  t.deepEqual(await checkZones(ec2, { region: "us-east-1", zones }), [
    { check: "zones", status: "ok", text: "us-east-1a, us-east-1b" },
  ]);
  const [finding] = await checkZones(ec2, { region: "us-east-1", zones: ["us-east-1a", "us-east-1x", "us-east-1y"] });
  t.like(finding, { status: "stop", text: "the account does not have us-east-1x and us-east-1y" });
  t.regex(finding?.fix ?? "", /^set zones to two or three of those that it has in us-east-1: us-east-1a, us-east-1b, /);
});

test("a new VPC in the range of Docker's bridge needs attention, and one that exists does not", async (t) => {
  const check = (cidr: string, inState?: string) =>
    checkVpcRange(loadSettings({ environment: "workshop", overrides: [`network.cidr=${cidr}`] }), async () => inState);
  const [finding, ...others] = await check("172.17.128.0/18");
  t.like(finding, { check: "VPC range", status: "attention" });
  t.regex(finding?.text ?? "", /^network\.cidr is 172\.17\.128\.0\/18, .* addresses in 172\.17\.0\.0\/16$/);
  t.deepEqual(others, []);
  t.deepEqual(await check("172.17.128.0/18", "172.17.128.0/18"), [], "deployed with this range");
  t.is((await check("172.17.128.0/18", "10.0.0.0/16")).length, 1, "replaced by one with this range");
  t.deepEqual(await check("172.16.0.0/16"), []);
});

test("the subnets of a small range need addresses for the first deployment and for the highest task counts", async (t) => {
  const check = (...overrides: string[]) => {
    const settings = loadSettings({ environment: "workshop", overrides: ["network.cidr=10.0.0.0/22", ...overrides] });
    return checkVpcRange(settings, async () => undefined);
  };
  t.deepEqual(await check(), []);
  t.like((await check("services.like.maxTasks=111", "network.interfaceEndpoints=[logs]"))[0], {
    status: "attention",
    text: "each private subnet of 10.0.0.0/22 has 58 addresses for this environment, and the highest task counts use 60",
    fix: "set network.cidr to a larger range, which replaces a deployed VPC, or lower maxTasks",
  });
  t.like((await check("services.like.desiredTasks=60"))[0], {
    status: "stop",
    text: "each private subnet of 10.0.0.0/22 has 59 addresses for this environment, and the first deployment uses 64",
  });
});

test("a check that the credentials do not allow is reported by name as needing attention", async (t) => {
  const denied = Promise.reject(new Error("DescribeAvailabilityZones: HTTP 403"));
  t.deepEqual(await orUnchecked("zones", denied), [
    {
      check: "zones",
      status: "attention",
      text: "not checked: DescribeAvailabilityZones: HTTP 403",
      fix: "use credentials that may make this call, or check it yourself",
    },
  ]);
});

testWithEmulator("an OIDC provider that another deployment created stops one that would create its own", async (t) => {
  const iam = new IAMClient(clientSettings(emulator));
  const check = async (oidcProvider: "create" | "existing", environment = "workshop") =>
    (await checkOidcProvider(iam, { github: { ...GITHUB, oidcProvider }, environment }))[0];
  t.deepEqual(await checkOidcProvider(iam, { github: undefined, environment: "workshop" }), []);
  t.like(await check("create"), { status: "ok", text: "will be created" });
  t.like(await check("existing"), { status: "stop", fix: "set github.oidcProvider to create" });
  const Tags = [
    { Key: "ManagedBy", Value: "terraform" },
    { Key: "Environment", Value: "workshop" },
  ];
  await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: "https://token.actions.githubusercontent.com",
      ThumbprintList: ["0".repeat(40)],
      Tags,
    }),
  );
  t.is((await check("existing"))?.status, "ok");
  t.is((await check("create"))?.status, "ok", "this environment's own");
  t.like(await check("create", "production"), { status: "stop", fix: "set github.oidcProvider to existing" });
});

testWithEmulator("an OIDC provider that Terraform would delete stops a deployment, or needs attention", async (t) => {
  const iam = new IAMClient(clientSettings(emulator));
  const own = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
  const existing = { github: { ...GITHUB, oidcProvider: "existing" as const }, environment: "workshop" };
  t.like((await checkOidcProvider(iam, existing, own))[0], {
    status: "stop",
    text: `${own} is this environment's own, and Terraform would delete it`,
    fix: "set github.oidcProvider to create",
  });
  t.like((await checkOidcProvider(iam, { ...existing, github: undefined }, own))[0], {
    status: "attention",
    fix: "if another environment uses it, keep github in the settings",
  });
});

testWithEmulator("missing service-linked roles are reported by name, and created once", async (t) => {
  const iam = new IAMClient(clientSettings(emulator));
  const types = new Set(["aws_ecs_cluster", "aws_vpc"]);
  t.like(await checkServiceLinkedRoles(iam, types), { status: "attention", fix: "npm run bootstrap creates them" });
  t.deepEqual(await createServiceLinkedRoles(iam, types), ["ecs.amazonaws.com"]);
  t.deepEqual(await createServiceLinkedRoles(iam, types), []);
  t.is((await checkServiceLinkedRoles(iam, types)).status, "ok");
});

testWithEmulator(
  "a sign-in domain with a reserved word stops a deployment; a free one and one of this account are fine",
  async (t) => {
    const cognito = new CognitoIdentityProviderClient(clientSettings(emulator));
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: "own" }));
    await cognito.send(new CreateUserPoolDomainCommand({ Domain: "mysfits-own", UserPoolId: UserPool?.Id }));
    const findings = await checkSignInDomains(cognito, ["mysfits-paws-1", "mysfits-own", "mysfits-free"]);
    t.deepEqual(
      findings.map(({ status }) => status),
      ["stop", "ok", "ok"],
    );
    t.is(findings[0]?.text, 'mysfits-paws-1 contains "aws", which Cognito reserves');
  },
);

const otherVpcs = (names: readonly string[]) => ({ aws_vpc: async () => names });

testWithEmulator("quotas are compared with what the account uses and the environment adds", async (t) => {
  const quotas = new ServiceQuotasClient(clientSettings(emulator));
  const resources = {
    aws_vpc: { vpc: { tags: { Name: "mysfits-workshop" } } },
    aws_xray_sampling_rule: { likes: {}, reads: {}, other: {} },
    aws_appautoscaling_target: { like: { max_capacity: 100 } },
    aws_ecs_task_definition: { like: { cpu: "256" } },
  };
  const others = ["", "a", "b", "c", "d"];
  const findings = await checkQuotas(quotas, otherVpcs(others), inventory(t, resources));
  t.deepEqual(
    findings.map(({ status, text }) => [status, text.replace(/ \(.*?\)/, "")]),
    [
      ["stop", "VPCs per region: 5 in use, this environment adds 1, the quota is 5"],
      ["ok", "X-Ray sampling rules per region: this environment adds 3, the quota is 25, so 8 such environments fit"],
      ["attention", "Fargate vCPUs at the highest task count: this environment adds 25, the quota is 6"],
    ],
  );
  const [lambda] = await checkQuotas(
    quotas,
    {},
    inventory(t, { aws_lambda_function: { shipper: { reserved_concurrent_executions: 995 }, test: {} } }),
  );
  t.like(lambda, { status: "stop" });
  t.regex(
    lambda?.text ?? "",
    /^Lambda concurrency, of which 10 stay unreserved: this environment adds 1005, the quota is 1000/,
  );
  t.regex(findings[0]?.fix ?? "", /--service-code vpc --quota-code L-F678F1CE --desired-value 6$/);
  const [redeployed] = await checkQuotas(
    quotas,
    otherVpcs([...others.slice(1), "mysfits-workshop"]),
    inventory(t, resources),
  );
  t.regex(
    redeployed?.text ?? "",
    /^VPCs per region: 4 in use, this environment adds 1, .* so 1 such environments fit$/,
  );
});

testWithEmulator("existing resources of every limited type are listed by name", async (t) => {
  const ec2 = new EC2Client(clientSettings(emulator));
  const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: [{ Key: "Name", Value: "other" }] }];
  await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16", TagSpecifications }));
  const xray = new XRayClient(clientSettings(emulator));
  await xray.send(new CreateGroupCommand({ GroupName: "slow", FilterExpression: "responsetime > 1" }));
  const logs = new CloudWatchLogsClient(clientSettings(emulator));
  const statement = {
    Effect: "Allow",
    Principal: { Service: "es.amazonaws.com" },
    Action: "logs:PutLogEvents",
    Resource: "arn:aws:logs:us-east-1:123456789012:log-group:search:*",
  };
  const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await logs.send(new PutResourcePolicyCommand({ policyName: "es", policyDocument }));
  const cloudfront = new CloudFrontClient(clientSettings(emulator));
  const ResponseHeadersPolicyConfig = { Name: "headers", CustomHeadersConfig: { Quantity: 0 } };
  await cloudfront.send(new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig }));
  const names: Record<string, readonly string[]> = {};
  for (const [type, list] of Object.entries(existingResources(clientSettings(emulator)))) {
    names[type] = await list();
  }
  t.true(names.aws_vpc?.includes("other"), "beside the default VPC");
  t.like(names, { aws_xray_group: ["slow"], aws_cloudwatch_log_resource_policy: ["es"], aws_eip: [], aws_lb: [] });
  t.like(names, { aws_xray_sampling_rule: [], aws_cloudfront_response_headers_policy: ["headers"] });
  t.true(Array.isArray(names.aws_iam_role));
});

test("the table has a line for each finding, and the fix below it", (t) => {
  t.is(
    table([
      { check: "region", status: "ok", text: "us-east-1" },
      { check: "account", status: "stop", text: "wrong", fix: "set AWS_PROFILE" },
    ]),
    ["  ok    region   us-east-1", "  stop  account  wrong", "                 fix: set AWS_PROFILE"].join("\n"),
  );
});
