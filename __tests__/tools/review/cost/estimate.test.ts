import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../../../settings/load.ts";
import type { Settings } from "../../../../settings/schema.ts";
import { type Cost, type CostEstimate, costEstimate, typesOf } from "../../../../tools/review/cost/estimate.ts";
import { FAMILIES } from "../../../../tools/review/cost/families.ts";
import { costLines, costTable } from "../../../../tools/review/cost/markdown.ts";
import { readPlan } from "../../../../tools/review/plan/file.ts";
import { loadPrices, PricesError, pricedRegions } from "../../../../tools/review/prices/load.ts";
import { synthesize } from "../../../synth.ts";

// Plans of the workshop's stacks by Terraform 1.11.4 against the emulator. `first`: each stack before its first apply. `change`: a
// second NAT gateway, an endpoint, a bigger like service, and a second node, with all stacks applied. The files contain the
// address of every resource, and the attributes of those that are billed individually.
const PLANS = join(import.meta.dirname, "plans");

const WORKSHOP = loadSettings({ environment: "workshop", overrides: [] });
const { cost: usage } = WORKSHOP;

test("the first deployment of the workshop costs as much as calculated by hand", async (t) => {
  const { region, before, after, lines } = await costOf("first");
  t.is(region, "us-west-2");
  const usd = (family: string) =>
    round(lines.filter((line) => line.family === family).reduce((sum, line) => sum + line.usd * line.after, 0));
  t.is(usd("Fargate"), round(4 * 730 * (0.25 * 0.03238 + 0.5 * 0.00356) * 0.3));
  t.is(usd("Load balancing"), round(730 * (0.0225 + 2 * 0.005) + (usage.requestsPerMonth / 90_000) * 0.008));
  t.is(usd("VPC"), round(730 * (0.045 + 0.005) + 5 * 0.045));
  t.is(usd("CloudFront and DNS"), round(0.5 + 100 * 0.01 + 10 * 0.085));
  t.is(usd("DynamoDB"), round(0.3 * 0.625 + 0.9 * 0.125));
  t.is(usd("Storage and keys"), round(2 * 1 + 5 * 0.023 + 6 * 0.1));
  t.is(usd("OpenSearch"), round(730 * 0.036 + 10 * 0.122));
  t.is(usd("CloudWatch and X-Ray"), round(47 * 0.1 + 0.5 + 3 + 5 * 0.5 + 5 * (7 / 30) * 0.03 + 5));
  t.is(usd("Lambda and messages"), round(0.005 * 0.2 + 1250 * 0.0000133334 + 0.001 * 2));
  t.is(usd("Delivery"), round(20 * 30 * 0.002));
  t.is(round(before), round(1 + 5 * 0.023)); // bootstrap has created the state bucket and its key
  t.is(round(after), 119.01);
});

test("docs/cost.md has the calculated sum", async (t) => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/cost.md"), "utf8");
  const [, sum] = /^\| \*\*total\*\* \|.*\| \*\*\$([\d.]+)\*\* \|$/m.exec(page) ?? [];
  t.is(Number(sum), round((await costOf("first")).after));
});

test("names from a plan are shown as code in the bill", async (t) => {
  const cost = await costOf("first");
  const [line] = cost.lines;
  const hostile = {
    ...cost,
    lines: [{ ...line, what: "@octocat | <b>**fine**</b> https://example.org" } as Cost["lines"][number]],
  };
  t.true(costLines(hostile).includes(": `@octocat \\u{7c} <b>**fine**</b> https://example.org` |"));
  const unpriced = { ...cost, unpriced: [{ what: "a\n# No danger", why: "no price" }], unknown: { "aws_`x": 1 } };
  t.regex(costTable(unpriced), /not in the sum: `a\\n# No danger` \(no price\)\.\n\n.*``aws_`x`` \(1\)\.$/s);
});

test("a change costs the difference of the resources that it changes", async (t) => {
  const { before, after, lines } = await costOf("change");
  const moved = lines.filter((line) => line.before !== line.after);
  t.deepEqual(
    moved.map(({ what, before, after }) => [what, before, after]),
    [
      ["mysfits-workshop-like, Spot: vCPU-hours", 365, 730],
      ["mysfits-workshop-like, Spot: GB-hours", 730, 1460],
      ["public IPv4 address-hours", 730, 1460],
      ["NAT gateway-hours", 730, 1460],
      ["interface endpoint-zone-hours", 0, 1460],
      ["data node-hours, t3.small.search", 730, 1460],
      ["GB of gp3 volumes", 10, 20],
    ],
  );
  const fargate = 365 * 0.009714 + 730 * 0.001068;
  t.is(round(after - before), round(fargate + 730 * 0.05 + 1460 * 0.01 + 730 * 0.036 + 10 * 0.122));
});

test("items without a price or an amount are listed", async (t) => {
  const { unpriced, unknown } = await costOf("first");
  t.deepEqual(unpriced, [
    {
      what: "CloudWatch and X-Ray: Container Insights metrics",
      why: "the review does not estimate it",
    },
    {
      what: "Delivery: build-minutes, ARM_CONTAINER BUILD_GENERAL1_SMALL",
      why: "no price in tools/review/prices/us-west-2.yaml",
    },
    { what: "aws_codecommit_repository", why: "billed per person who uses it, beyond the five that are free" },
    { what: "aws_cognito_user_pool", why: "billed per person who signs in, beyond those that are free" },
    { what: "aws_dynamodb_table", why: "without storage and backups" },
    { what: "aws_ecr_repository", why: "without data transfer of images" },
    { what: "aws_flow_log", why: "without the ingestion and storage of its records" },
    {
      what: "aws_kms_key",
      why: "without requests, and its first two rotations, each of which adds the price of another key",
    },
    { what: "aws_opensearch_domain", why: "without provisioned IOPS and throughput of its volumes" },
    { what: "aws_s3_bucket", why: "without requests" },
    { what: "aws_sqs_queue", why: "without requests; an average month has no dead letters" },
    { what: "aws_vpc", why: "without traffic between zones" },
    { what: "aws_xray_sampling_rule", why: "without traces that are read" },
  ]);
  t.deepEqual(unknown, {});
});

for (const region of pricedRegions()) {
  test(`the workshop in ${region} has a bill that names every item without a price`, async (t) => {
    const itemsOf = ({ lines, unpriced }: Cost) =>
      [
        ...lines.filter(({ after }) => after > 0).map(({ family, what }) => `${family}: ${what}`),
        ...unpriced.filter(({ why }) => why.startsWith("no price")).map(({ what }) => what),
      ].sort();
    const bill = await costOf("first", { ...WORKSHOP, region });
    t.deepEqual(itemsOf(bill), itemsOf(await costOf("first")));
    t.true(bill.unpriced.some(({ why }) => why === `no price in tools/review/prices/${region}.yaml`));
    const priced = (family: string) => bill.lines.some((line) => line.family === family && line.after > 0);
    t.true(["Fargate", "Load balancing", "VPC", "DynamoDB", "CloudWatch and X-Ray"].every(priced));
  });
}

test("a firewall and a redirect cost their rules and requests", (t) => {
  const estimate = costEstimate(WORKSHOP);
  for (const [type, after] of [
    ["aws_wafv2_web_acl", { rule: [{}, {}, {}] }],
    ["aws_cloudfront_function", {}],
  ] as const) {
    estimate.add({ mode: "managed", type, change: { actions: ["create"], before: null, after } });
  }
  t.deepEqual(
    estimate.finish().lines.map(({ what, usd, after }) => [what, usd, after]),
    [
      ["web ACLs", 5, 1],
      ["rules of web ACLs", 1, 3],
      ["million requests through WAF", 0.6, usage.requestsPerMonth / 1e6],
      ["million function invocations", 0.1, usage.requestsPerMonth / 1e6],
    ],
  );
});

test("unknown types are counted by name, without destroyed resources", (t) => {
  const { unknown } = billOf(
    { type: "aws_mq_broker", after: {} },
    { type: "aws_mq_broker", after: {} },
    { type: "aws_msk_cluster", before: {}, after: null },
  );
  t.deepEqual(unknown, { aws_mq_broker: 2 });
});

test("amounts that are known only after apply are listed", (t) => {
  const { lines, unpriced } = billOf(
    { type: "aws_vpc_endpoint", after: { vpc_endpoint_type: "Interface" } },
    { type: "aws_ecs_service", after: { name: "adrift", desired_count: 2, capacity_provider_strategy: [] } },
  );
  t.deepEqual(lines, []);
  t.deepEqual(
    unpriced.map(({ what, why }) => `${what}: ${why}`),
    ["Fargate: adrift: GB-hours", "Fargate: adrift: vCPU-hours", "VPC: interface endpoint-zone-hours"].map(
      (what) => `${what}: its amount is known only after apply`,
    ),
  );
});

test("an amount that an update makes unknown stays as it is", (t) => {
  const before = { load_balancer_type: "application", subnets: ["a", "b"] };
  const { lines, unpriced, ...sums } = billOf({ type: "aws_lb", before, after: { load_balancer_type: "application" } });
  t.is(sums.before, sums.after);
  t.like(
    lines.find(({ what }) => what === "public IPv4 address-hours, one per zone"),
    { before: 1460, after: 1460, assumed: "as before; the new amount is known only after apply" },
  );
  t.deepEqual(unpriced, []);
});

test("functions on x86 alone have a price", (t) => {
  const estimate = costEstimate(WORKSHOP);
  const after = { architectures: ["x86_64"] };
  estimate.add({ mode: "managed", type: "aws_lambda_function", change: { actions: ["create"], before: null, after } });
  const { lines, unpriced } = estimate.finish();
  t.is(lines.find(({ what }) => what === "GB-seconds")?.usd, 0.0000166667);
  t.deepEqual(unpriced, []);
});

test("a service costs its tasks by architecture, share on Spot, and number", (t) => {
  const { lines } = billOf(
    { type: "aws_ecs_task_definition", after: { family: "a", cpu: "1024", memory: "2048" } },
    {
      type: "aws_ecs_service",
      after: {
        name: "x",
        task_definition: "arn:aws:ecs:us-west-2:123456789012:task-definition/a:7",
        desired_count: 4,
        capacity_provider_strategy: [
          { capacity_provider: "FARGATE", weight: 1 },
          { capacity_provider: "FARGATE_SPOT", weight: 3 },
        ],
      },
    },
  );
  t.deepEqual(
    lines.map(({ what, usd, after }) => [what, usd, after]),
    [
      ["x: vCPU-hours", 0.04048, 730],
      ["x: GB-hours", 0.004445, 1460],
      ["x, Spot: vCPU-hours", 0.012144, 2190],
      ["x, Spot: GB-hours", 0.0013335, 4380],
    ],
  );
});

test("tasks on instances are listed, and public addresses of tasks are billed", (t) => {
  const size = { type: "aws_ecs_task_definition", after: { family: "a", cpu: "1024", memory: "2048" } };
  const service = { name: "a", task_definition: "task-definition/a:1", desired_count: 2 };
  const onInstances = billOf(size, { type: "aws_ecs_service", after: { ...service, launch_type: "EC2" } });
  t.deepEqual(onInstances.lines, []);
  t.true(onInstances.unpriced.some(({ what }) => what === "Fargate: a: tasks on instances, billed by the instances"));
  const { lines } = billOf(size, {
    type: "aws_ecs_service",
    after: { ...service, network_configuration: [{ assign_public_ip: true }] },
  });
  t.like(
    lines.find(({ what }) => what === "a: public IPv4 address-hours"),
    { usd: 0.005, after: 1460 },
  );
});

test("variants of a resource that cost something else are listed", (t) => {
  const { unpriced } = billOf(
    { type: "aws_ecs_task_definition", after: { family: "a", ephemeral_storage: [{ size_in_gib: 50 }] } },
    { type: "aws_ecs_task_definition", after: { family: "b", ephemeral_storage: [{ size_in_gib: 20 }] } },
    {
      type: "aws_instance",
      after: { instance_type: "t3.medium", instance_market_options: [{ market_type: "spot" }] },
    },
    {
      type: "aws_opensearch_domain",
      after: { cluster_config: [{ warm_enabled: true, warm_type: "ultrawarm1.medium.search", warm_count: 2 }] },
    },
    {
      type: "aws_dynamodb_table",
      after: { billing_mode: "PAY_PER_REQUEST", table_class: "STANDARD_INFREQUENT_ACCESS" },
    },
    { type: "aws_ssm_parameter", after: { tier: "Advanced" } },
    { type: "aws_codepipeline", after: { pipeline_type: "V1" } },
    { type: "aws_lambda_function", after: { architectures: ["x86_64"] } },
    { type: "aws_lambda_function", after: { architectures: ["arm64"] } },
    { type: "aws_cloudwatch_event_target", after: { ecs_target: [{ launch_type: "FARGATE" }] } },
    {
      type: "aws_cloudfront_distribution",
      after: {
        anycast_ip_list_id: "aip-1",
        default_cache_behavior: [{ realtime_log_config_arn: "arn:aws:cloudfront::1:realtime-log-config/a" }],
        ordered_cache_behavior: [{ lambda_function_association: [{ event_type: "viewer-request" }] }],
      },
    },
  );
  const listed = unpriced.map(({ what }) => what);
  for (const what of [
    "Fargate: a: task storage beyond 20 GB",
    "EC2: instance-hours, t3.medium, Spot",
    "OpenSearch: UltraWarm node-hours, ultrawarm1.medium.search",
    "DynamoDB: the class for infrequent access",
    "Storage and keys: advanced parameters",
    "Delivery: pipelines of type V1",
    "Lambda and messages: functions on x86",
    "Delivery: tasks that rules start",
    "CloudFront and DNS: static addresses of a distribution",
    "CloudFront and DNS: functions on Lambda@Edge",
    "CloudFront and DNS: real-time logs",
  ]) {
    t.true(listed.includes(what), `${what} is not in ${listed.join("; ")}`);
  }
  t.false(listed.some((what) => what.includes("b: task storage")));
});

test("a kind that no price file has is told apart from a missing price", (t) => {
  const instance = (instance_type: string, others: object = {}) => ({
    type: "aws_instance",
    after: { instance_type, root_block_device: [{ volume_type: "io2", volume_size: 8 }], ...others },
  });
  const { unpriced } = billOf(
    instance("x9.large"),
    instance("t3.medium", { tenancy: "dedicated" }),
    { type: "aws_lb", after: { load_balancer_type: "gateway" } },
    { type: "aws_cloudwatch_metric_alarm", after: { period: 10 } },
    { type: "aws_opensearch_domain", after: { ebs_options: [{ ebs_enabled: true, volume_type: "io1" }] } },
  );
  const reasons = Object.fromEntries(unpriced.map(({ what, why }) => [what, why]));
  const { "EC2: instance-hours, x9.large": missing, ...others } = reasons;
  t.is(missing, "no price in tools/review/prices/us-west-2.yaml");
  for (const what of [
    "EC2: instance-hours, t3.medium, dedicated",
    "EC2: GB of io2 volumes",
    "Load balancing: load balancer-hours, gateway",
    "CloudWatch and X-Ray: alarm metrics with periods under a minute",
    "OpenSearch: GB of io1 volumes",
  ]) {
    t.is(others[what], "the review does not estimate it", what);
  }
});

test("the base of a capacity provider counts before the weights", (t) => {
  const size = { type: "aws_ecs_task_definition", after: { family: "a", cpu: "1 vCPU", memory: "2 GB" } };
  const service = (capacity_provider_strategy: readonly object[]) => ({
    type: "aws_ecs_service",
    after: { name: "x", task_definition: "a:3", desired_count: 4, capacity_provider_strategy },
  });
  const vcpus = ({ lines }: Cost) => lines.filter(({ what }) => what.endsWith("vCPU-hours")).map(({ after }) => after);
  const spot = { capacity_provider: "FARGATE_SPOT", weight: 1 };
  t.deepEqual(vcpus(billOf(size, service([{ capacity_provider: "FARGATE", base: 1, weight: 0 }, spot]))), [730, 2190]);
  const mixed = billOf(size, service([{ capacity_provider: "instances", weight: 1 }, spot]));
  t.deepEqual(vcpus(mixed), [1460]);
  t.true(mixed.unpriced.some(({ what }) => what === "Fargate: x: tasks on instances, billed by the instances"));
});

test("other kinds of load balancers, endpoints, and addresses have their own bill", (t) => {
  const { lines, unpriced } = billOf(
    {
      type: "aws_lb",
      after: {
        load_balancer_type: "network",
        subnets: ["a", "b", "c"],
        subnet_mapping: [{ allocation_id: "e" }, { allocation_id: "" }, { allocation_id: "" }],
      },
    },
    { type: "aws_lb", after: { load_balancer_type: "gateway", subnets: ["a"] } },
    { type: "aws_lb", after: { ip_address_type: "dualstack-without-public-ipv4", subnets: ["a", "b"] } },
    { type: "aws_vpc_endpoint", after: { vpc_endpoint_type: "GatewayLoadBalancer", subnet_ids: ["a"] } },
    { type: "aws_vpc_endpoint", after: { vpc_endpoint_type: "Gateway" } },
    { type: "aws_nat_gateway", after: { availability_mode: "regional" } },
    { type: "aws_eip", after: { public_ipv4_pool: "ipv4pool-ec2-1" } },
    { type: "aws_eip", after: { ipam_pool_id: "ipam-pool-1" } },
  );
  t.deepEqual(
    lines.map(({ what, after }) => [what, after]),
    [
      ["public IPv4 address-hours, one per zone", 1460],
      ["load balancer-hours", 730],
    ],
  );
  t.deepEqual(
    unpriced.map(({ what }) => what),
    [
      "Load balancing: load balancer-hours, gateway",
      "Load balancing: load balancer-hours, network",
      "VPC: NAT gateway-hours",
      "VPC: endpoints of the type GatewayLoadBalancer",
      "VPC: public IPv4 addresses from IPAM",
    ],
  );
});

test("every volume and node is billed or listed", (t) => {
  const { lines, unpriced } = billOf(
    {
      type: "aws_instance",
      after: {
        instance_type: "t3.medium",
        root_block_device: [{ volume_type: "gp3", volume_size: 8 }],
        ebs_block_device: [
          { volume_type: "gp3", volume_size: 50 },
          { volume_type: "io2", volume_size: 9 },
        ],
      },
    },
    { type: "aws_instance", after: { tenancy: "dedicated", instance_type: "t3.medium" } },
    { type: "aws_instance", after: {} },
    {
      type: "aws_opensearch_domain",
      after: {
        cluster_config: [
          {
            instance_type: "t3.small.search",
            instance_count: 3,
            dedicated_master_enabled: true,
            dedicated_master_type: "m6g.large.search",
            node_options: [
              { node_type: "coordinator", node_config: [{ enabled: true, type: "m6g.large.search", count: 2 }] },
            ],
            cold_storage_options: [{ enabled: true }],
          },
        ],
        ebs_options: [{ ebs_enabled: true, volume_type: "gp3" }],
      },
    },
  );
  t.deepEqual(
    lines.map(({ what, after }) => [what, after]),
    [
      ["instance-hours, t3.medium", 730],
      ["GB of gp3 volumes", 58],
      ["data node-hours, t3.small.search", 2190],
      ["coordinator node-hours, m6g.large.search", 1460],
    ],
  );
  t.deepEqual(
    unpriced.filter(({ why }) => !why.startsWith("without")).map(({ what }) => what),
    [
      "EC2: GB of io2 volumes",
      "EC2: GB of the image's volumes",
      "EC2: instance-hours, t3.medium, dedicated",
      "EC2: instances of a type that is known only after apply",
      "OpenSearch: GB of cold storage",
      "OpenSearch: GB of gp3 volumes",
      "OpenSearch: master node-hours, m6g.large.search",
    ],
  );
});

test("items billed by use cost nothing extra where another kind of resource has them", async (t) => {
  const whatOf = async (resource: Resource) => {
    const estimate = costEstimate(WORKSHOP);
    estimate.add({ mode: "managed", type: resource.type, change: { actions: ["create"], ...resource } });
    return estimate.finish().lines.map(({ what }) => what);
  };
  t.deepEqual(await whatOf({ type: "aws_dynamodb_table", after: { billing_mode: "PROVISIONED" } }), []);
  t.deepEqual(await whatOf({ type: "aws_codepipeline", after: { pipeline_type: "V1" } }), []);
  t.deepEqual(await whatOf({ type: "aws_lb", after: { load_balancer_type: "network", internal: true } }), []);
  t.deepEqual(await whatOf({ type: "aws_vpc_endpoint", after: { vpc_endpoint_type: "Gateway" } }), []);
  t.deepEqual(await whatOf({ type: "aws_cloudwatch_log_group", after: { log_group_class: "DELIVERY" } }), []);
});

test("resources that Terraform forgets stay in the bill", (t) => {
  const gateway = (actions: readonly string[], after: object | null) => {
    const estimate = costEstimate(WORKSHOP);
    estimate.add({ mode: "managed", type: "aws_kms_key", change: { actions, before: {}, after } });
    return estimate.finish();
  };
  t.is(gateway(["forget"], null).after, 1);
  t.is(gateway(["create", "forget"], {}).after, 2);
  t.is(gateway(["delete", "create"], {}).after, 1);
});

test("resources in other regions are listed, except where prices are the same everywhere", (t) => {
  const { lines, unpriced } = billOf(
    { type: "aws_nat_gateway", after: { region: "eu-west-1" } },
    { type: "aws_nat_gateway", after: { region: "us-west-2" } },
    { type: "aws_lb", after: { arn: "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:loadbalancer/app/a/1" } },
    { type: "aws_subnet", after: { region: "eu-west-1" } },
    { type: "aws_wafv2_web_acl", after: { region: "us-east-1", rule: [] } },
  );
  t.deepEqual(
    lines.map(({ what, after }) => [what, after]),
    [
      ["NAT gateway-hours", 730],
      ["web ACLs", 1],
    ],
  );
  t.deepEqual(unpriced, [
    { what: "aws_lb in ap-southeast-1", why: "priced only in us-west-2" },
    { what: "aws_nat_gateway in eu-west-1", why: "priced only in us-west-2" },
  ]);
});

test("a change to items without a price is not reported as no change", (t) => {
  const before = { instance_type: "m5.24xlarge", root_block_device: [{ volume_type: "gp3", volume_size: 8 }] };
  const cheaper = billOf({ type: "aws_instance", before, after: { ...before, instance_type: "t3.medium" } });
  t.true(
    cheaper.unpriced.some(
      ({ what, why }) => what === "EC2: instance-hours, m5.24xlarge" && why.startsWith("before the change; no price"),
    ),
  );
  const gone = billOf({ type: "aws_db_instance", before: {}, after: null });
  t.deepEqual(gone.unpriced, [{ what: "aws_db_instance", why: "1 fewer, without a known cost" }]);
  t.regex(costTable(gone), /\$0\.00 a month, as before, without what has no price here\./);
  t.false(billOf({ type: "aws_db_instance", before: {}, after: {} }).changesUnpriced);
});

test("a nested value that is sensitive is not in the bill", (t) => {
  const estimate = costEstimate(WORKSHOP);
  estimate.add({
    mode: "managed",
    type: "aws_opensearch_domain",
    change: {
      actions: ["create"],
      before: null,
      after: { cluster_config: [{ instance_type: "winter.large.search", instance_count: 1 }] },
      after_sensitive: { cluster_config: [{ instance_type: true }] },
    },
  });
  t.notRegex(JSON.stringify(estimate.finish()), /winter/);
});

test("a name that is sensitive on one side is not in the bill", (t) => {
  const estimate = costEstimate(WORKSHOP);
  const network = { network_configuration: [{ assign_public_ip: true }], desired_count: 1 };
  estimate.add({
    mode: "managed",
    type: "aws_ecs_service",
    change: {
      actions: ["update"],
      before: { name: "winter", ...network },
      after: { name: "winter", ...network },
      before_sensitive: {},
      after_sensitive: { name: true },
    },
  });
  const bill = estimate.finish();
  t.true(bill.lines.some(({ what }) => what === "(sensitive): public IPv4 address-hours"));
  t.notRegex(JSON.stringify(bill), /winter/);
});

test("alarms are billed by metric, and target tracking adds two", (t) => {
  const metric = { metric: [{ period: 60 }] };
  const { lines, unpriced } = billOf(
    { type: "aws_cloudwatch_metric_alarm", after: { period: 60, metric_query: [] } },
    { type: "aws_cloudwatch_metric_alarm", after: { period: 0, metric_query: [metric, metric, { metric: [] }] } },
    { type: "aws_cloudwatch_metric_alarm", after: { metric_query: [metric, {}], threshold_metric_id: "band" } },
    { type: "aws_cloudwatch_metric_alarm", after: { period: 10, metric_query: [] } },
    {
      type: "aws_appautoscaling_policy",
      after: { policy_type: "TargetTrackingScaling", target_tracking_scaling_policy_configuration: [{}] },
    },
    { type: "aws_appautoscaling_policy", after: { policy_type: "StepScaling" } },
  );
  t.deepEqual(
    lines.map(({ what, after }) => [what, after]),
    [["alarm metrics", 8]],
  );
  t.deepEqual(
    unpriced.map(({ what }) => what),
    ["CloudWatch and X-Ray: alarm metrics with periods under a minute"],
  );
});

test("the assumptions in the settings affect only items billed by use", async (t) => {
  const quiet = { ...WORKSHOP, cost: { requestsPerMonth: 0, logGbPerMonth: 0, releasesPerMonth: 0 } };
  const { lines } = await costOf("first", quiet);
  const gone = (await costOf("first")).lines.filter(({ what }) => !lines.some((line) => line.what === what));
  t.true(gone.length >= 10);
  t.true(gone.every(({ assumed }) => assumed !== undefined));
});

test("every resource type of the stacks belongs to a family", (t) => {
  const types = new Set(
    ["workshop", "production", "emulator"].flatMap((environment) =>
      Object.values(
        synthesize(
          environment,
          "github={repository: octo/mysfits, ownerId: 123456, repositoryId: 456789, deployEnvironment: production}",
          "email=on-call@example.com",
          "load.generator=on",
          `tls={hostName: api.example.com, certificateArn: 'arn:aws:acm:${regionOf(environment)}:123456789012:certificate/a', hostedZoneId: Z1}`,
          "site={domain: mysfits.example.com, hostedZoneId: Z1, redirectWww: on}",
          "waf=block",
        ),
      ).flatMap(({ resource = {} }) => Object.keys(resource)),
    ),
  );
  const known = FAMILIES.flatMap(typesOf);
  t.deepEqual(
    [...types].filter((type) => !known.includes(type)),
    [],
  );
});

test("every type belongs to only one family, and is either priced or free", (t) => {
  const known = FAMILIES.flatMap(typesOf);
  t.deepEqual(
    known.filter((type, index) => known.indexOf(type) !== index),
    [],
  );
  for (const { each = {}, once = {}, unpriced = {}, free = [] } of FAMILIES) {
    t.deepEqual(
      free.filter((type) => type in each || type in once || type in unpriced),
      [],
    );
  }
});

test("a region without a price file is rejected", (t) => {
  t.throws(() => costEstimate({ ...WORKSHOP, region: "eu-central-1" }), { instanceOf: PricesError });
});

test("the table has a sum for each service, and the lines have prices, amounts, and assumptions", async (t) => {
  const cost = await costOf("change");
  const table = costTable(cost);
  t.regex(table, /^\*\*\$\d+\.\d\d a month, \+\$\d+\.\d\d\.\*\* Of that, /);
  t.true(table.includes("| DynamoDB | $0.30 | $0.30 |  |"));
  t.regex(table, /^\| VPC \| \$36\.73 \| \$87\.83 \| \+\$51\.10 \|$/m);
  t.regex(table, /^Billed, but not in the sum: .*`aws_codecommit_repository` \(billed per person who uses it/m);
  t.regex(costLines(cost), /^\| VPC: NAT gateway-hours \| \$0\.045 per gateway-hour \| 730 \| 1,460 \| {2}\|$/m);
  t.is(costTable(await costOf("change")), table);
});

test("a sum and the difference from nothing are rounded alike", (t) => {
  const line = { family: "VPC", what: "hours", per: "hour", usd: 73.225, before: 0, after: 1 };
  const cost = { ...billOf(), lines: [line], before: 0, after: 73.225 };
  t.true(costTable(cost).includes("| VPC | $0.00 | $73.23 | +$73.23 |"), costTable(cost));
  const cheaper = { ...cost, lines: [{ ...line, before: 1, after: 0 }] };
  t.true(costTable(cheaper).includes("| VPC | $73.23 | $0.00 | -$73.23 |"), costTable(cheaper));
});

test("the price file has the figures that this test uses", (t) => {
  const { fargate, natGateway } = loadPrices("us-west-2");
  t.is(fargate.arm.vcpu?.usd, 0.03238);
  t.is(natGateway.hour?.usd, 0.045);
});

async function costOf(plans: "first" | "change", settings: Settings = WORKSHOP): Promise<Cost> {
  const estimate = costEstimate(settings);
  for (const file of globSync("*.json", { cwd: join(PLANS, plans) })) {
    for await (const part of readPlan(join(PLANS, plans, file))) {
      if (part.kind === "resource") {
        estimate.add(part.read());
      }
    }
  }
  return estimate.finish();
}

interface Resource {
  readonly type: string;
  readonly before?: object;
  readonly after: object | null;
}

/** Bill of the resources, without items billed by use. */
function billOf(...resources: readonly Resource[]): Cost {
  const estimate: CostEstimate = costEstimate({
    ...WORKSHOP,
    cost: { requestsPerMonth: 0, logGbPerMonth: 0, releasesPerMonth: 0 },
  });
  for (const { type, before = null, after } of resources) {
    estimate.add({ mode: "managed", type, change: { actions: ["update"], before, after } });
  }
  return estimate.finish();
}

function regionOf(environment: string): string {
  return loadSettings({ environment, overrides: [] }).region;
}

function round(usd: number): number {
  return Number(usd.toFixed(2));
}
