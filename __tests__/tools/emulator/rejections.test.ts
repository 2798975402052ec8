import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { type Call, callAws, type Response } from "./aws-calls.ts";

const test = testNeeding(motoProblem);

interface BadCall extends Call {
  readonly it: string;
  /** Exact text, or a regular expression between slashes. */
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

const { setup, cases } = parse(readFileSync(join(import.meta.dirname, "bad-calls.yaml"), "utf8"), { merge: true }) as {
  readonly setup: readonly Call[];
  readonly cases: readonly BadCall[];
};

let made: Promise<readonly Response[]> | undefined;

/** Responses to the setup calls, then to the bad calls, which are all made once. */
function responses(): Promise<readonly Response[]> {
  made ??= callAws([...setup, ...cases]);
  return made;
}

test("the setup calls are accepted", async (t) => {
  const all = await responses();
  const failed = setup.map((call, index) => ({ ...call, response: all[index] }));
  t.deepEqual(
    failed.filter(({ response }) => response?.result === undefined),
    [],
  );
});

for (const [index, { it, service, operation, code, message, status }] of cases.entries()) {
  test(`${service} ${operation} rejects ${it}`, async (t) => {
    const response = (await responses())[setup.length + index] ?? {};
    t.regex(response.code ?? "accepted", pattern(code));
    t.regex(response.message ?? "", pattern(message));
    t.is(response.status, status ?? response.status);
  });
}

test("valid calls that look wrong are accepted", async (t) => {
  const calls: readonly Call[] = parse(readFileSync(join(import.meta.dirname, "good-calls.yaml"), "utf8"));
  const all = await callAws(calls);
  const found = calls.map((call, index) => ({ ...call, response: all[index] }));
  t.deepEqual(
    found.filter(({ response }) => response?.result === undefined),
    [],
  );
});

test("metric data has at most 1,000 metrics of 150 values, and boto3 compresses large requests", async (t) => {
  const put = (...MetricData: readonly object[]) => ({
    ...{ service: "cloudwatch", operation: "PutMetricData", params: { Namespace: "likes", MetricData } },
  });
  const metrics = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ MetricName: `m${index}`, Value: 1 }));
  const values = (count: number) => ({ MetricName: "m", Values: Array.from({ length: count }, () => 1) });
  const responses = await callAws([
    ...[put(...metrics(1_000)), put(values(150))],
    ...[put(...metrics(1_001)), put(...metrics(1), values(151))],
  ]);
  t.deepEqual(
    responses.map(({ message }) => message),
    [
      ...[undefined, undefined],
      "The collection MetricData must not have a size greater than 1000.",
      "The collection MetricData.member.2.Values must not have a size greater than 150.",
    ],
  );
});

test("a batch of log events has at most 1 MiB, with an overhead of 26 bytes each, and spans at most a day", async (t) => {
  const now = Date.now();
  const stream = { logGroupName: "group", logStreamName: "stream" };
  const put = (...logEvents: readonly object[]) => ({
    ...{ service: "logs", operation: "PutLogEvents", params: { ...stream, logEvents } },
  });
  const responses = await callAws([
    { service: "logs", operation: "CreateLogGroup", params: { logGroupName: "group" } },
    { service: "logs", operation: "CreateLogStream", params: stream },
    put({ timestamp: now, message: "x".repeat(1_048_550) }),
    put({ timestamp: now, message: `${"x".repeat(1_048_549)}ü` }),
    put({ timestamp: now - 86_400_000, message: "a" }, { timestamp: now, message: "b" }),
    put({ timestamp: now - 86_400_001, message: "a" }, { timestamp: now, message: "b" }),
  ]);
  t.deepEqual(
    responses.map(({ message }) => message),
    [
      ...[undefined, undefined, undefined, "Upload too large: 1048577 bytes exceeds limit of 1048576", undefined],
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    ],
  );
});

test("a log group has at most five filters with a regular expression, and a filter replaces the former one", async (t) => {
  const put = (filterName: string, filterPattern: string) => ({
    service: "logs",
    operation: "PutMetricFilter",
    params: {
      ...{ logGroupName: "group", filterName, filterPattern },
      metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }],
    },
  });
  const responses = await callAws([
    { service: "logs", operation: "CreateLogGroup", params: { logGroupName: "group" } },
    ...["a", "b", "c", "d", "e", "f", "e"].map((name) => put(name, "%[0-9]+%")),
    put("e", "ERROR"),
    { service: "logs", operation: "DescribeMetricFilters", params: { filterNamePrefix: "e", logGroupName: "group" } },
  ]);
  t.deepEqual(
    responses.map(({ code }) => code).filter((code) => code !== undefined),
    ["LimitExceededException"],
  );
  const { metricFilters } = (responses.at(-1) as Response).result as { readonly metricFilters: readonly object[] };
  t.is(metricFilters.length, 1);
  t.like(metricFilters[0], { filterName: "e", filterPattern: "ERROR" });
});

test("a deleted service takes its scalable target and policies with it", async (t) => {
  const target = { ServiceNamespace: "ecs", ResourceId: "service/c/s", ScalableDimension: "ecs:service:DesiredCount" };
  const policy = {
    ...target,
    PolicyName: "steps",
    PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: {
      AdjustmentType: "ChangeInCapacity",
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  };
  const container = { name: "s", image: "image", memory: 128 };
  const scaling = "application-autoscaling";
  const found = await callAws([
    { service: "ecs", operation: "CreateCluster", params: { clusterName: "c" } },
    {
      service: "ecs",
      operation: "RegisterTaskDefinition",
      params: { family: "s", containerDefinitions: [container] },
    },
    { service: "ecs", operation: "CreateService", params: { cluster: "c", serviceName: "s", taskDefinition: "s" } },
    { service: scaling, operation: "RegisterScalableTarget", params: { ...target, MinCapacity: 1, MaxCapacity: 2 } },
    { service: scaling, operation: "PutScalingPolicy", params: policy },
    { service: "ecs", operation: "DeleteService", params: { cluster: "c", service: "s", force: true } },
    { service: scaling, operation: "DescribeScalableTargets", params: { ServiceNamespace: "ecs" } },
    { service: scaling, operation: "DescribeScalingPolicies", params: { ServiceNamespace: "ecs" } },
  ]);
  t.deepEqual(
    found.slice(0, 6).filter(({ result }) => result === undefined),
    [],
  );
  t.like(found[6]?.result, { ScalableTargets: [] });
  t.like(found[7]?.result, { ScalingPolicies: [] });
});

test("the second attempt at the first notification rule succeeds", async (t) => {
  const params = {
    Name: "failed",
    EventTypeIds: ["codepipeline-pipeline-pipeline-execution-failed"],
    Resource: "arn:aws:codepipeline:us-east-1:123456789012:like",
    Targets: [{ TargetType: "SNS", TargetAddress: "arn:aws:sns:us-east-1:123456789012:topic" }],
    DetailType: "FULL",
  };
  const create = { service: "codestar-notifications", operation: "CreateNotificationRule", params };
  const [first, second] = await callAws([create, create]);
  t.is(first?.code, "ConfigurationException");
  t.not(second?.result, undefined);
});

test("a domain lists the versions that it can be upgraded to", async (t) => {
  const [, versions, upgraded] = await callAws([
    {
      service: "opensearch",
      operation: "CreateDomain",
      params: { DomainName: "logs", EngineVersion: "OpenSearch_2.19" },
    },
    { service: "opensearch", operation: "GetCompatibleVersions", params: { DomainName: "logs" } },
    {
      service: "opensearch",
      operation: "UpgradeDomain",
      params: { DomainName: "logs", TargetVersion: "OpenSearch_1.3" },
    },
  ]);
  t.like(versions?.result, { CompatibleVersions: [{ SourceVersion: "OpenSearch_2.19" }] });
  t.regex(JSON.stringify(versions?.result), /"TargetVersions":\["OpenSearch_3\.1"/);
  t.is(upgraded?.message, "Invalid upgrade path. OpenSearch_2.19 can't be upgraded to OpenSearch_1.3");
});

/** Calls with a string that is too long, and the message. */
const TOO_LONG: readonly (readonly [service: string, operation: string, params: object, message: RegExp])[] = [
  [
    "iam",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: grants(200) },
    /^Maximum policy size of 10240 bytes exceeded for role r$/,
  ],
  [
    "iam",
    "UpdateAssumeRolePolicy",
    { RoleName: "r", PolicyDocument: trust(30) },
    /^Cannot exceed quota for ACLSizePerRole: 2048$/,
  ],
  [
    "iam",
    "CreatePolicy",
    { PolicyName: "p", PolicyDocument: grants(120) },
    /^Cannot exceed quota for PolicySize: 6144$/,
  ],
  [
    "iam",
    "AttachRolePolicy",
    { RoleName: "r", PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
    /^Cannot exceed quota for PoliciesPerRole: 10$/,
  ],
  [
    "ssm",
    "PutParameter",
    { Name: "/revision", Type: "String", Value: "x".repeat(4097) },
    /^Standard tier parameters support a maximum parameter value of 4096 characters\./,
  ],
  [
    "ec2",
    "RunInstances",
    { ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1, UserData: "x".repeat(16_385) },
    /^User data is limited to 16384 bytes$/,
  ],
];

test("policies, parameters, and user data have a limited length, and a role has a limited number of policies", async (t) => {
  const attached = [
    ..."AmazonEC2ReadOnlyAccess AmazonS3ReadOnlyAccess AmazonSQSReadOnlyAccess AmazonSNSReadOnlyAccess".split(" "),
    ..."IAMReadOnlyAccess CloudWatchReadOnlyAccess AmazonDynamoDBReadOnlyAccess AWSLambda_ReadOnlyAccess".split(" "),
    ..."AmazonSSMReadOnlyAccess CloudFrontReadOnlyAccess".split(" "),
  ].map((name) => ({ RoleName: "r", PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
  const accepted = [
    { service: "iam", operation: "CreateRole", params: { RoleName: "r", AssumeRolePolicyDocument: trust(1) } },
    {
      service: "iam",
      operation: "PutRolePolicy",
      params: { RoleName: "r", PolicyName: "p", PolicyDocument: grants(150) },
    },
    ...attached.map((params) => ({ service: "iam", operation: "AttachRolePolicy", params })),
    { service: "ssm", operation: "PutParameter", params: { Name: "/a", Type: "String", Value: "x".repeat(4096) } },
  ];
  const all = await callAws([
    ...accepted,
    ...TOO_LONG.map(([service, operation, params]) => ({ service, operation, params })),
  ]);
  t.deepEqual(
    all.slice(0, accepted.length).filter(({ result }) => result === undefined),
    [],
  );
  for (const [index, [service, operation, , message]] of TOO_LONG.entries()) {
    t.regex(all[accepted.length + index]?.message ?? "accepted", message, `${service} ${operation}`);
  }
});

/** A role's policy with this many resources of about 50 characters. */
function grants(resources: number): string {
  const Resource = Array.from(
    { length: resources },
    (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name/folder/${index}/*`,
  );
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource }] });
}

function trust(statements: number): string {
  const statement = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: Array.from({ length: statements }, () => statement) });
}

/** Reads an expected code or message of bad-calls.yaml. */
function pattern(expected: string): RegExp {
  const [, source] = /^\/(.*)\/$/s.exec(expected) ?? [];
  return new RegExp(source ?? `^${RegExp.escape(expected)}$`);
}
