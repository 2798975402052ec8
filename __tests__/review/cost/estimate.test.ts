import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { loadPrices, PricesError } from "../../../prices/load.ts";
import { type Cost, type CostEstimate, costEstimate, typesOf } from "../../../review/cost/estimate.ts";
import { FAMILIES } from "../../../review/cost/families.ts";
import { costLines, costTable } from "../../../review/cost/markdown.ts";
import { readPlan } from "../../../review/plan-file.ts";
import { loadSettings } from "../../../settings/load.ts";
import type { Settings } from "../../../settings/schema.ts";
import { synthesize } from "../../synth.ts";

// The folders hold what Terraform 1.11.4 planned of the workshop against the emulator, stack by stack: `first`, each before it was
// applied for the first time; `change`, with all applied, for a second NAT gateway, an endpoint, a bigger like service and a second
// node. Of every resource they keep the address, of those that are billed one by one their attributes too.
const PLANS = join(import.meta.dirname, "plans");

const WORKSHOP = loadSettings({ environment: "workshop", overrides: [] });
const { cost: usage } = WORKSHOP;

test("the first deployment of the workshop costs what a person reckons by hand", async (t) => {
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
  t.is(usd("CloudWatch and X-Ray"), round(48 * 0.1 + 0.5 + 3 + 5 * 0.5 + 5 * (7 / 30) * 0.03 + 5));
  t.is(usd("Lambda and messages"), round(0.005 * 0.2 + 1250 * 0.0000133334 + 0.001 * 2));
  t.is(usd("Delivery"), round(20 * 30 * 0.002));
  t.is(round(before), round(1 + 5 * 0.023)); // the state bucket and its key are there from the bootstrap on
  t.is(round(after), 119.11);
});

test("the page on cost comes to the same sum", async (t) => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/cost.md"), "utf8");
  const [, sum] = /^\| \*\*together\*\* \|.*\| \*\*\$([\d.]+)\*\* \|$/m.exec(page) ?? [];
  t.is(Number(sum), round((await costOf("first")).after));
});

test("names out of a plan stand as code in the bill, whatever is written in them", async (t) => {
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

test("a change costs the difference of what it changes, and nothing else moves", async (t) => {
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

test("what AWS bills and nobody has a price or a figure for is listed, not guessed", async (t) => {
  const { unpriced, unknown } = await costOf("first");
  t.deepEqual(unpriced, [
    { what: "CloudWatch and X-Ray: metrics of Container Insights", why: "no price in prices/us-west-2.yaml" },
    {
      what: "Delivery: build-minutes, ARM_CONTAINER BUILD_GENERAL1_SMALL",
      why: "no price in prices/us-west-2.yaml",
    },
    { what: "aws_codecommit_repository", why: "billed by people who use it, beyond the five that are free" },
    { what: "aws_cognito_user_pool", why: "billed by people who sign in, beyond those that are free" },
  ]);
  t.deepEqual(unknown, {});
});

test("a type that nobody knows is counted by name; one that goes is not", (t) => {
  const { unknown } = billOf(
    { type: "aws_mq_broker", after: {} },
    { type: "aws_mq_broker", after: {} },
    { type: "aws_msk_cluster", before: {}, after: null },
  );
  t.deepEqual(unknown, { aws_mq_broker: 2 });
});

test("amounts that only an apply tells are said to be unknown", (t) => {
  const { lines, unpriced } = billOf(
    { type: "aws_vpc_endpoint", after: { vpc_endpoint_type: "Interface" } },
    { type: "aws_ecs_service", after: { name: "adrift", desired_count: 2, capacity_provider_strategy: [] } },
  );
  t.deepEqual(lines, []);
  t.deepEqual(
    unpriced.map(({ what, why }) => `${what}: ${why}`),
    ["Fargate: adrift: GB-hours", "Fargate: adrift: vCPU-hours", "VPC: interface endpoint-zone-hours"].map(
      (what) => `${what}: how much is known once it is applied`,
    ),
  );
});

test("a service pays for the tasks it has: their architecture, their share on Spot, their number", (t) => {
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

test("alarms are billed by their metrics, and target tracking brings two", (t) => {
  const metric = { metric: [{ period: 60 }] };
  const { lines, unpriced } = billOf(
    { type: "aws_cloudwatch_metric_alarm", after: { period: 60, metric_query: [] } },
    { type: "aws_cloudwatch_metric_alarm", after: { period: 0, metric_query: [metric, metric, { metric: [] }] } },
    { type: "aws_cloudwatch_metric_alarm", after: { period: 10, metric_query: [] } },
    {
      type: "aws_appautoscaling_policy",
      after: { policy_type: "TargetTrackingScaling", target_tracking_scaling_policy_configuration: [{}] },
    },
    { type: "aws_appautoscaling_policy", after: { policy_type: "StepScaling" } },
  );
  t.deepEqual(
    lines.map(({ what, after }) => [what, after]),
    [["metrics of alarms", 5]],
  );
  t.deepEqual(
    unpriced.map(({ what }) => what),
    ["CloudWatch and X-Ray: metrics of alarms faster than a minute"],
  );
});

test("what the settings assume moves what is billed by use, and only that", async (t) => {
  const quiet = { ...WORKSHOP, cost: { requestsPerMonth: 0, logGbPerMonth: 0, releasesPerMonth: 0 } };
  const { lines } = await costOf("first", quiet);
  const gone = (await costOf("first")).lines.filter(({ what }) => !lines.some((line) => line.what === what));
  t.true(gone.length >= 10);
  t.true(gone.every(({ assumed }) => assumed !== undefined));
});

test("every type of resource that the stacks can have stands in one family", (t) => {
  const types = new Set(
    ["workshop", "production", "emulator"].flatMap((environment) =>
      Object.values(
        synthesize(
          environment,
          "github={repository: octo/mysfits, deployEnvironment: production}",
          "email=on-call@example.com",
          "load.generator=on",
          "tls={hostName: api.example.com, certificateArn: 'arn:aws:acm:us-west-2:123456789012:certificate/a', hostedZoneId: Z1}",
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

test("no type stands in two families, and none both under a price and under the free ones", (t) => {
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

test("a region without prices is said to have none", (t) => {
  t.throws(() => costEstimate({ ...WORKSHOP, region: "eu-west-1" }), { instanceOf: PricesError });
});

test("the table sums up by service, and the lines say price, amounts and assumptions", async (t) => {
  const cost = await costOf("change");
  const table = costTable(cost);
  t.regex(table, /^\*\*\$\d+\.\d\d a month, \+\$\d+\.\d\d\.\*\* Of that, /);
  t.true(table.includes("| DynamoDB | $0.30 | $0.30 |  |"));
  t.regex(table, /^\| VPC \| \$36\.73 \| \$87\.83 \| \+\$51\.10 \|$/m);
  t.regex(table, /^Billed, but not in the sum: .*`aws_codecommit_repository` \(billed by people who use it/m);
  t.regex(costLines(cost), /^\| VPC: NAT gateway-hours \| \$0\.045 per gateway-hour \| 730 \| 1,460 \| {2}\|$/m);
  t.is(costTable(await costOf("change")), table);
});

test("the price file has the figures that this test reckons with", (t) => {
  const { fargate, natGateway } = loadPrices("us-west-2");
  t.is(fargate.arm.vcpu?.usd, 0.03238);
  t.is(natGateway.hour?.usd, 0.045);
});

async function costOf(plans: "first" | "change", settings: Settings = WORKSHOP): Promise<Cost> {
  const estimate = costEstimate(settings);
  for (const file of globSync("*.json", { cwd: join(PLANS, plans) })) {
    for await (const part of readPlan(join(PLANS, plans, file))) {
      if (part.kind === "resource") {
        estimate.add(part.resource);
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

/** The bill of resources, without what is billed by use. */
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

function round(usd: number): number {
  return Number(usd.toFixed(2));
}
