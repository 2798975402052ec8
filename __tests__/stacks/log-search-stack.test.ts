import test from "ava";
import type { App } from "#cdktf";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import { type Engine, readSettings } from "../../lambda/log-shipper/settings.ts";
import type { Settings } from "../../settings/schema.ts";
import { LogSearchStack } from "../../stacks/log-search-stack.ts";
import { NetworkStack } from "../../stacks/network-stack.ts";
import { PlatformStack } from "../../stacks/platform-stack.ts";
import { ServicesStack } from "../../stacks/services-stack.ts";
import { deliveryOf, lineOf } from "../lambda/cloudwatch-logs.ts";
import { AMPLE_TIME, startShipper } from "../lambda/start-shipper.ts";
import { type Arguments, pathOf, resource, resources, type SynthesizedStack, synthesizeOnly } from "../synth.ts";

interface Statement {
  readonly effect?: string;
  readonly actions: string[];
  readonly resources?: string[];
  readonly principals?: { type: string; identifiers: string[] }[];
  readonly condition?: { test: string; variable: string; values: string[] }[];
}

function addStacks(app: App, settings: Settings): void {
  const network = new NetworkStack(app, settings);
  const platform = new PlatformStack(app, settings, network);
  const services = new ServicesStack(app, settings, network, platform);
  new LogSearchStack(app, settings, services);
}

function synthesizeAnew(environment: string, ...overrides: string[]): SynthesizedStack {
  return synthesizeOnly(addStacks, environment, ...overrides)["log-search"] as SynthesizedStack;
}

const synthesized = new Map<string, SynthesizedStack>();

function logSearch(...settings: [environment: string, ...overrides: string[]]): SynthesizedStack {
  const key = settings.join();
  const stack = synthesized.get(key) ?? synthesizeAnew(...settings);
  synthesized.set(key, stack);
  return stack;
}

function domainOf(stack: SynthesizedStack): Arguments {
  return resource(stack, "aws_opensearch_domain", "domain/domain");
}

/** Statements of every policy document, by the document's path. */
function policies(stack: SynthesizedStack): Map<string, Statement[]> {
  return new Map(
    Object.values(stack.data.aws_iam_policy_document ?? {}).map((document) => [
      pathOf(document).replace("log-search/", ""),
      document.statement as Statement[],
    ]),
  );
}

function policy(stack: SynthesizedStack, path: string): Statement[] {
  const statements = policies(stack).get(path);
  if (!statements) {
    throw new Error(`no policy document at ${path}: expected one of ${[...policies(stack).keys()].join(", ")}`);
  }
  return statements;
}

/** Replaces Terraform references with names to compare with. */
function readable(reference: string): string {
  return reference
    .replace(/\$\{data\.aws_partition\.[\w-]+\.partition\}/g, "aws")
    .replace(/\$\{(?:data\.)?aws_(\w+)\.[\w-]+\.(\w+)\}/g, "<$1 $2>");
}

for (const engine of ["OpenSearch_2.19", "Elasticsearch_7.10"]) {
  test(`a domain with ${engine} is encrypted at rest, between its nodes, and to its clients`, (t) => {
    t.like(domainOf(logSearch("workshop", `logSearch.engine=${engine}`)), {
      engine_version: engine,
      encrypt_at_rest: { enabled: true },
      node_to_node_encryption: { enabled: true },
      domain_endpoint_options: { enforce_https: true, tls_security_policy: "Policy-Min-TLS-1-2-PFS-2023-10" },
    });
  });
}

test("the dashboards address is the engine's: Dashboards or Kibana", (t) => {
  const address = (engine: string) => {
    const outputs = logSearch("workshop", `logSearch.engine=${engine}`).output ?? {};
    return readable(String(outputs["dashboards-address"]?.value));
  };
  t.is(address("OpenSearch_2.19"), "https://<opensearch_domain endpoint>/_dashboards/");
  t.is(address("Elasticsearch_7.10"), "https://<opensearch_domain endpoint>/_plugin/kibana/");
});

test("the workshop has one small node, production one per zone and three dedicated masters", (t) => {
  t.deepEqual(domainOf(logSearch("workshop")).cluster_config, {
    instance_type: "t3.small.search",
    instance_count: 1,
  });
  t.deepEqual(domainOf(logSearch("production")).cluster_config, {
    instance_type: "r6g.large.search",
    instance_count: 3,
    zone_awareness_enabled: true,
    zone_awareness_config: { availability_zone_count: 3 },
    dedicated_master_enabled: true,
    dedicated_master_type: "m6g.large.search",
    dedicated_master_count: 3,
  });
});

test("only an emulator's domain has short timeouts", (t) => {
  t.is(domainOf(logSearch("production")).timeouts, undefined);
  t.deepEqual(domainOf(logSearch("emulator")).timeouts, { create: "20s", update: "20s", delete: "20s" });
});

test("the domain has its own log groups, and only the account's search domains may write to them", (t) => {
  const stack = logSearch("workshop");
  const published = domainOf(stack).log_publishing_options as { log_type: string; cloudwatch_log_group_arn: string }[];
  t.deepEqual(
    published.map(({ log_type }) => log_type),
    ["ES_APPLICATION_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS"],
  );
  const [statement] = policy(stack, "domain/log-document");
  const [pattern = ""] = (statement?.resources ?? []).map(readable);
  t.regex(pattern, /:log-group:\/mysfits-\*\/log-search\/\*:\*$/);
  for (const { name } of resources(stack, "aws_cloudwatch_log_group")) {
    t.is(/^\/mysfits-.*\/log-search\//.test(String(name)), !String(name).startsWith("/aws/lambda/"), String(name));
  }
  t.deepEqual(
    statement?.condition?.map(({ variable, values }) => [variable, values.map(readable)]),
    [
      ["aws:SourceAccount", ["000000000000"]],
      ["aws:SourceArn", ["arn:aws:es:us-west-2:000000000000:domain/mysfits-*"]],
    ],
  );
  t.true(resources(stack, "aws_cloudwatch_log_group").every(({ retention_in_days }) => retention_in_days === 7));
});

test("an environment can use the account-wide resources of another one", (t) => {
  const { "log-search": search, platform } = synthesizeOnly(addStacks, "workshop", "sharedFrom=production");
  t.deepEqual(resources(search, "aws_cloudwatch_log_resource_policy"), []);
  t.deepEqual(resources(platform, "aws_cloudfront_response_headers_policy"), []);
  const policies = Object.values(platform?.data.aws_cloudfront_response_headers_policy ?? {});
  t.deepEqual(
    policies.map((policy) => (policy as { name: string }).name),
    ["mysfits-production-site"],
  );
});

test("the domain answers the admin role only", (t) => {
  const [statement, ...others] = policy(logSearch("workshop"), "domain/access-document");
  t.deepEqual(others, []);
  t.deepEqual(statement?.principals, [
    { type: "AWS", identifiers: [statement?.principals?.[0]?.identifiers[0] as string] },
  ]);
  t.regex(String(statement?.principals?.[0]?.identifiers), /^\$\{aws_iam_role\.sign-in_admin-role_\w+\.arn\}$/);
  t.deepEqual(statement?.resources?.map(readable), ["arn:aws:es:us-west-2:000000000000:domain/mysfits-workshop/*"]);
});

test("people sign in through Cognito, without guests and without self-registration", (t) => {
  const stack = logSearch("workshop");
  t.like(domainOf(stack).cognito_options as object, { enabled: true });
  t.is(resource(stack, "aws_cognito_identity_pool", "sign-in/identity-pool").allow_unauthenticated_identities, false);
  t.like(resource(stack, "aws_cognito_user_pool", "sign-in/user-pool"), {
    admin_create_user_config: { allow_admin_create_user_only: true },
    password_policy: {
      minimum_length: 14,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 7,
    },
  });
  t.is(
    resource(stack, "aws_cognito_user_pool_domain", "sign-in/page").domain,
    "mysfits-workshop-log-search-000000000000",
  );
});

test("the role comes from the token's group, and a user without a group has no permissions", (t) => {
  const stack = logSearch("workshop");
  const { roles, role_mapping } = resource(stack, "aws_cognito_identity_pool_roles_attachment", "roles");
  t.deepEqual(Object.keys(roles as object), ["authenticated"]);
  t.regex((roles as { authenticated: string }).authenticated, /powerless/);
  t.true(
    resources(stack, "aws_iam_role_policy").every(({ role }) => !/powerless/.test(String(role))),
    "the powerless role has no policy",
  );
  const [mapping] = role_mapping as [Arguments];
  t.like(mapping, { type: "Token", ambiguous_role_resolution: "Deny" });
  t.is(
    readable(String(mapping.identity_provider)),
    "<cognito_user_pool endpoint>:<cognito_managed_user_pool_client id>",
  );
  t.regex(String(resource(stack, "aws_cognito_user_group", "admins").role_arn), /admin-role/);
});

test("a trust policy checks the account only if its service is known to send it", (t) => {
  const stack = logSearch("workshop");
  const variables = (role: string) =>
    policy(stack, `${role}/trust`).flatMap(({ condition = [] }) => condition.map(({ variable }) => variable));
  t.deepEqual(variables("log-shipper/role"), ["aws:SourceAccount"]);
  t.deepEqual(variables("domain/cognito-access"), [], "AWS does not document that es.amazonaws.com sends it");
});

test("the roles trust signed-in users of this identity pool only", (t) => {
  const stack = logSearch("workshop");
  for (const role of ["admin", "powerless"]) {
    const [statement] = policy(stack, `sign-in/${role}-trust`);
    t.deepEqual(statement?.principals, [{ type: "Federated", identifiers: ["cognito-identity.amazonaws.com"] }]);
    t.deepEqual(
      statement?.condition?.map(({ variable, values }) => [variable, values.map(readable)]),
      [
        ["cognito-identity.amazonaws.com:aud", ["<cognito_identity_pool id>"]],
        ["cognito-identity.amazonaws.com:amr", ["authenticated"]],
      ],
    );
  }
});

test("the client of OpenSearch Service is looked up after the domain exists, and by this domain's name", (t) => {
  const stack = logSearch("workshop");
  const client = resource(stack, "aws_cognito_managed_user_pool_client", "client");
  t.regex(String(client.depends_on), /^aws_opensearch_domain\./);
  const pattern = new RegExp(String(client.name_pattern));
  t.regex("AmazonOpenSearchService-mysfits-workshop-us-west-2-2ni6nt4id5tg25yde3pztiqkd4", pattern);
  t.notRegex("AmazonOpenSearchService-mysfits-production-us-west-2-2ni6nt4id5tg25yde3pztiqkd4", pattern);
  t.deepEqual(resource(stack, "aws_cognito_identity_pool", "identity-pool").lifecycle, {
    ignore_changes: ["cognito_identity_providers"],
  });
});

test("the setting's address receives the invitation, and without it there is no user", (t) => {
  const invited = (...overrides: string[]) =>
    resources(logSearch("workshop", ...overrides), "aws_cognito_user").map(
      ({ attributes }) => (attributes as { email: string }).email,
    );
  t.deepEqual(invited(), []);
  t.deepEqual(invited("email=on-call@mysfits.example"), ["on-call@mysfits.example"]);
  t.deepEqual(invited("email=on-call@mysfits.example", "logSearch.adminEmail=ada@mysfits.example"), [
    "ada@mysfits.example",
  ]);
});

test("production requires a second factor and protects the user pool from deletion", (t) => {
  const pool = (environment: string) => resource(logSearch(environment), "aws_cognito_user_pool", "sign-in/user-pool");
  t.like(pool("production"), {
    mfa_configuration: "ON",
    software_token_mfa_configuration: { enabled: true },
    deletion_protection: "ACTIVE",
  });
  t.is(pool("workshop").mfa_configuration, undefined);
  t.is(pool("workshop").deletion_protection, "INACTIVE");
});

test("no role has a wildcard for actions or resources", (t) => {
  for (const environment of ["workshop", "production"]) {
    for (const [path, statements] of policies(logSearch(environment))) {
      for (const { effect = "Allow", actions, resources: on = [] } of statements) {
        // The one action without resource-level permissions.
        t.is(on.includes("*"), actions.join() === "cognito-identity:SetIdentityPoolRoles", path);
        if (effect === "Allow" && path !== "domain/access-document") {
          t.deepEqual(
            actions.filter((action) => action.includes("*")),
            [],
            path,
          );
        }
      }
    }
  }
});

for (const [version, engine] of [
  ["OpenSearch_2.19", "opensearch"],
  ["Elasticsearch_7.10", "elasticsearch"],
] as const satisfies readonly (readonly [string, Engine])[]) {
  test(`the shipper's role allows exactly the requests that the shipper sends to ${version}`, async (t) => {
    const { searchDomain, shipper } = await startShipper(t, { engine });
    await shipper.ship(deliveryOf([lineOf(1, "one line")]), AMPLE_TIME);
    const sent = new Set(
      searchDomain.requests.map((request) =>
        request.replace(/^(.)(\w+) /, (_, first, rest) => `es:ESHttp${first}${rest.toLowerCase()} `),
      ),
    );
    const allowed = policy(logSearch("workshop", `logSearch.engine=${version}`), "log-shipper/role/document").flatMap(
      ({ actions, resources: on = [] }) =>
        actions
          .filter((action) => action.startsWith("es:"))
          .flatMap((action) => on.map((path) => `${action} ${readable(path).replace("<opensearch_domain arn>", "")}`)),
    );
    t.deepEqual([...sent].sort(), allowed.sort());
  });
}

test("the shipper may also write its own log and its own dead-letter queue", (t) => {
  const statements = policy(logSearch("workshop"), "log-shipper/role/document").filter(
    ({ actions }) => !actions.some((action) => action.startsWith("es:")),
  );
  t.deepEqual(
    statements.map(({ actions, resources: on }) => [actions, on?.map(readable)]),
    [
      [["logs:CreateLogStream", "logs:PutLogEvents"], ["<cloudwatch_log_group arn>:*"]],
      [["sqs:SendMessage"], ["<sqs_queue arn>"]],
    ],
  );
});

test("the shipper starts with the function's environment variables", (t) => {
  for (const environment of ["workshop", "production", "emulator"]) {
    const stack = logSearch(environment);
    const { variables } = resource(stack, "aws_lambda_function", "function").environment as {
      variables: Record<string, string>;
    };
    const settings = readSettings({
      ...variables,
      AWS_LAMBDA_FUNCTION_NAME: "mysfits-workshop-log-shipper",
      SEARCH_ENDPOINT: variables.SEARCH_ENDPOINT?.replace(/\$\{.*\}/, "search-mysfits.us-west-2.es.amazonaws.com"),
      DEAD_LETTER_QUEUE_URL: variables.DEAD_LETTER_QUEUE_URL?.replace(
        /\$\{aws_sqs_queue.*\.url\}/,
        "https://sqs.us-west-2.amazonaws.com/000000000000/letters",
      ),
      AWS_REGION: "us-west-2",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
    t.notThrows(() => new Domain(settings).close());
    t.is(settings.engine, "opensearch");
  }
});

test("the shipper subscribes to both services, and only CloudWatch Logs may invoke it, for these two groups", (t) => {
  const stack = logSearch("workshop");
  const groups = ["like", "monolith"];
  const filters = resources(stack, "aws_cloudwatch_log_subscription_filter");
  const permissions = resources(stack, "aws_lambda_permission");
  t.is(filters.length, 2);
  t.is(permissions.length, 2);
  groups.forEach((group, index) => {
    t.regex(
      String(filters[index]?.log_group_name),
      new RegExp(`aws_cloudwatch_log_group${group}_task_log-group\\w+name`),
    );
    t.is(filters[index]?.filter_pattern, "", "every line");
    t.like(permissions[index], { principal: "logs.amazonaws.com", source_account: "000000000000" });
    t.regex(
      String(permissions[index]?.source_arn),
      new RegExp(`aws_cloudwatch_log_group${group}_task_log-group\\w+arn\\}:\\*$`),
    );
    t.regex(String(filters[index]?.depends_on), new RegExp(`aws_lambda_permission\\.log-shipper_from-${group}_`));
  });
});

test("a permanently failed delivery stays for two weeks in an encrypted, TLS-only queue", (t) => {
  const stack = logSearch("workshop");
  const shipper = resource(stack, "aws_lambda_function", "function");
  t.regex(String((shipper.dead_letter_config as Arguments).target_arn), /aws_sqs_queue/);
  t.like(resource(stack, "aws_lambda_function_event_invoke_config", "tries"), { maximum_retry_attempts: 2 });
  t.like(resource(stack, "aws_sqs_queue", "queue"), {
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 14 * 24 * 3600,
  });
  const [statement] = policy(stack, "log-shipper/dead-letters/document");
  t.is(statement?.effect, "Deny");
  t.deepEqual(statement?.condition, [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }]);
});

test("concurrency is reserved only if the setting says so, because a new account may not reserve any", (t) => {
  const reserved = (environment: string) =>
    resource(logSearch(environment), "aws_lambda_function", "function").reserved_concurrent_executions;
  t.is(reserved("workshop"), undefined);
  t.is(reserved("production"), 10);
});

test("unchanged source gives the same package under the same name", (t) => {
  const [once, again] = [synthesizeAnew("workshop"), synthesizeAnew("workshop")].map((stack) => {
    const { filename, source_code_hash } = resource(stack, "aws_lambda_function", "function");
    return { filename, source_code_hash };
  });
  t.deepEqual(once, again);
  t.regex(String(once?.source_code_hash), /^[\w+/]{43}=$/);
});

test("names fit AWS's limits for domains, roles, and sign-in pages, even for the longest environment name", (t) => {
  const stack = logSearch("workshop");
  const longest = (name: unknown) => String(name).length - "workshop".length + 20;
  t.true(longest(domainOf(stack).domain_name) <= 28);
  t.true(longest(resource(stack, "aws_cognito_user_pool_domain", "page").domain) <= 63);
  for (const { name } of resources(stack, "aws_iam_role")) {
    t.true(longest(name) <= 64, String(name));
  }
});
