import test from "ava";
import { loadSettings } from "../../../../settings/load.ts";
import { costEstimate } from "../../../../tools/review/cost/estimate.ts";
import { counted } from "../../../../tools/review/cost/plan-cost.ts";
import { readPlan } from "../../../../tools/review/plan/file.ts";

const gateway = (address: string) => ({
  address,
  mode: "managed",
  type: "aws_nat_gateway",
  change: { actions: ["create"], before: null, after: {}, after_unknown: {} },
});

const configured = (provider: string, name = "it") => ({
  address: `aws_nat_gateway.${name}`,
  provider_config_key: provider,
  expressions: {},
});

const PLAN = {
  format_version: "1.2",
  variables: { region: { value: "ap-southeast-1" } },
  resource_changes: [
    gateway("aws_nat_gateway.it"),
    gateway("aws_nat_gateway.east"),
    gateway('module.edge["a.b"].aws_nat_gateway.it[0]'),
    gateway("aws_nat_gateway.variable"),
    gateway("aws_nat_gateway.computed"),
  ],
  configuration: {
    provider_config: {
      aws: { name: "aws", expressions: { region: { constant_value: "us-west-2" } } },
      "aws.east": { name: "aws", alias: "east", expressions: { region: { constant_value: "us-east-1" } } },
      "module.edge:aws": { name: "aws", expressions: { region: { constant_value: "eu-west-1" } } },
      "aws.variable": { name: "aws", expressions: { region: { references: ["var.region"] } } },
      "aws.computed": { name: "aws", expressions: { region: { references: ["local.region"] } } },
    },
    root_module: {
      resources: [
        configured("aws"),
        configured("aws.east", "east"),
        configured("aws.variable", "variable"),
        configured("aws.computed", "computed"),
      ],
      module_calls: { edge: { module: { resources: [configured("module.edge:aws")] } } },
    },
  },
};

test("resources are billed in the regions of their providers", async (t) => {
  const { lines, unpriced } = await costOf(PLAN);
  t.deepEqual(
    lines.filter(({ what }) => what === "NAT gateway-hours").map(({ after }) => after),
    [730],
  );
  t.deepEqual(
    unpriced.map(({ what }) => what),
    ["an unknown region", "ap-southeast-1", "eu-west-1", "us-east-1"].map((region) => `aws_nat_gateway in ${region}`),
  );
});

test("the order of the plan's sections does not matter", async (t) => {
  const { configuration, variables, ...rest } = PLAN;
  t.deepEqual(await costOf({ configuration, variables, ...rest }), await costOf(PLAN));
});

test("a plan with deferred changes is listed as missing in part", async (t) => {
  const deferred = { reason: "instance_count_unknown", resource_change: gateway("aws_nat_gateway.later") };
  const { unpriced } = await costOf({ ...PLAN, complete: false, deferred_changes: [deferred] });
  t.true(unpriced.some(({ what, why }) => what === "network" && why === "partial plan, changes deferred: 1"));
});

async function costOf(plan: object) {
  const estimate = costEstimate(loadSettings({ environment: "workshop", overrides: [] }));
  for await (const _ of counted(readPlan("plan.json", [Buffer.from(JSON.stringify(plan))]), "network", estimate)) {
    // The estimate is complete after the last part.
  }
  return estimate.finish();
}
