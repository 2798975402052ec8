import test from "ava";
import { resources, synthesize } from "./synth.ts";

const EVERYTHING = [
  "load.generator=on",
  "github={repository: octo/pets, ownerId: 1, repositoryId: 2, deployEnvironment: production}",
];

/** A project with other names, and every optional resource. */
const acme = synthesize("workshop", "project={prefix: acme, tag: acme-pets, title: Acme Pets}", ...EVERYTHING);

/** The example's data: its paths in HTTP, where they may be escaped for a regular expression, and its table. */
const EXAMPLE_DATA = /\\*\/mysfits(?=$|[\\*/?"])|acme-workshop-mysfits|mythical-mysfits\.example/g;

test("with another prefix, only the example's data mentions mysfits", (t) => {
  const texts = Object.entries(acme).flatMap(([stack, content]) => strings(content).map((text) => `${stack}: ${text}`));
  t.true(texts.length > 1_000);
  t.deepEqual(
    texts.flatMap((text) => text.replaceAll(EXAMPLE_DATA, "").match(/.{0,60}mysfits.{0,60}/gi) ?? []),
    [],
  );
});

test("the state bucket, the roles, the boundary, and the traces have the other prefix; the tags have the other tag", (t) => {
  for (const [stack, { terraform, provider }] of Object.entries(acme)) {
    t.is(terraform.backend.s3.bucket, "acme-workshop-state-000000000000", stack);
    t.like(provider.aws[0]?.default_tags, [{ tags: { Project: "acme-pets", Environment: "workshop" } }], stack);
  }
  const all = (type: string, attribute: string) =>
    Object.values(acme).flatMap((stack) => resources(stack, type).map((resource) => String(resource[attribute])));
  const roles = all("aws_iam_role", "name");
  t.true(roles.length > 15);
  t.deepEqual(
    roles.filter((role) => !role.startsWith("acme-workshop-")),
    [],
  );
  t.true(roles.includes("acme-workshop-github-deploy"));
  t.deepEqual(all("aws_iam_policy", "name"), ["acme-workshop-boundary"]);
  t.deepEqual(all("aws_xray_group", "group_name"), ["acme-workshop-odd-likes"]);
  t.deepEqual(all("aws_xray_sampling_rule", "service_name"), [
    "acme-workshop * service",
    "acme-workshop like service",
    "acme-workshop * service",
  ]);
});

/**
 * Characters that AWS allows. Sources, all API references: CreateBucket, CreateRole, CreateTargetGroup, CreateLoadBalancer,
 * CreateDomain (OpenSearch Service), CreateUserPoolDomain, CreatePullThroughCacheRule, CreateSamplingRule and CreateGroup
 * (X-Ray), PutRule, CreateFunction, CreateQueue, CreatePipeline, CreateProject (CodeBuild).
 */
const LIMITS: readonly (readonly [type: string, attribute: string, limit: number])[] = [
  ["aws_s3_bucket", "bucket", 63],
  ["aws_iam_role", "name", 64],
  ["aws_lb_target_group", "name", 32],
  ["aws_lb", "name", 32],
  ["aws_opensearch_domain", "domain_name", 28],
  ["aws_cognito_user_pool_domain", "domain", 63],
  ["aws_ecr_pull_through_cache_rule", "ecr_repository_prefix", 30],
  ["aws_xray_sampling_rule", "rule_name", 32],
  ["aws_xray_group", "group_name", 32],
  ["aws_cloudwatch_event_rule", "name", 64],
  ["aws_lambda_function", "function_name", 64],
  ["aws_sqs_queue", "name", 80],
  ["aws_codepipeline", "name", 100],
  ["aws_codebuild_project", "name", 150],
];

test("with the longest prefix, every name fits its limit", (t) => {
  const longest = Object.values(synthesize("workshop", "project.prefix=adoptionhub", ...EVERYTHING));
  for (const [type, attribute, limit] of LIMITS) {
    const names = longest.flatMap((stack) => resources(stack, type).map((resource) => String(resource[attribute])));
    t.true(names.length > 0, type);
    t.deepEqual(
      names.filter((name) => name.length > limit),
      [],
      type,
    );
  }
});

/** All strings in a value, the names of its fields included. */
function strings(value: unknown): readonly string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => [name, ...strings(inner)]);
  }
  return typeof value === "string" ? [value] : [];
}
