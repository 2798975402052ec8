import test from "ava";
import type { PlanPart } from "../../../../../tools/review/plan/part.ts";
import {
  findings,
  findingsIn,
  jsonOf,
  type ResourceInput,
  resource,
  reviewOf,
  reviewOfResources,
} from "../../plan-parts.ts";
import { testFindings } from "../cases.ts";

// Routes, and the subnets that they make public.

testFindings({
  "a route to an internet gateway": [
    [
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" },
      },
      {
        type: "aws_route_table",
        before: { route: [] },
        after: { route: [{ cidr_block: "0.0.0.0/0", gateway_id: "igw-1" }] },
      },
    ],
    [
      "danger network: A route for 0.0.0.0/0 leads to the internet gateway igw-1",
      "danger network: A route for 0.0.0.0/0 leads to the internet gateway igw-1",
    ],
  ],
  "a wide route to another network": [
    [
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "10.0.0.0/8", transit_gateway_id: "tgw-1" },
      },
    ],
    ["caution network: A route sends all of 10.0.0.0/8 to another network through tgw-1."],
  ],
});

test("a subnet that gets another route table may become public", async (t) => {
  const association = {
    type: "aws_route_table_association",
    before: { subnet_id: "subnet-1", route_table_id: "rtb-1" },
    after: { subnet_id: "subnet-1", route_table_id: "rtb-2" },
  };
  const route = (gateway: string) => ({
    type: "aws_route_table",
    before: { id: "rtb-2", tags: {}, route: [{ cidr_block: "0.0.0.0/0", gateway_id: gateway }] },
    after: { id: "rtb-2", tags: { a: "b" }, route: [{ cidr_block: "0.0.0.0/0", gateway_id: gateway }] },
  });
  const findings = async (...resources: readonly ResourceInput[]) =>
    jsonOf(await reviewOfResources(...resources)).attention.map(
      ({ severity, kind, text }) => `${severity} ${kind} ${text}`,
    );
  const replaced = "network The route table rtb-2 replaces rtb-1:";
  t.deepEqual(await findings(association, route("igw-1")), [
    `danger ${replaced} it leads to an internet gateway, so its subnets become public.`,
  ]);
  const caution = `caution ${replaced} its subnets become public if it leads to an internet gateway.`;
  t.deepEqual(await findings(association, route("vgw-1")), [caution]);
  t.deepEqual(await findings(association), [caution]);
  t.deepEqual(await findings({ ...association, before: association.after }), []);
});

test("new routes of existing subnets to the internet are found in every form", async (t) => {
  const toInternet = { cidr_block: "0.0.0.0/0", gateway_id: "igw-1" };
  const table = {
    type: "aws_route_table",
    actions: ["no-op"],
    before: {},
    after: { id: "rtb-1", route: [toInternet] },
  };
  const association = {
    type: "aws_route_table_association",
    after: { subnet_id: "subnet-1", route_table_id: "rtb-1" },
  };
  t.deepEqual(await findings(table, association), [
    "danger network: The route table rtb-1 replaces the main route table: it leads to an internet gateway, so its subnets become public.",
  ]);
  const route = {
    type: "aws_route",
    after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0" },
    unknown: { gateway_id: true },
  };
  const gateway = { type: "aws_internet_gateway", after: { vpc_id: "vpc-1" } };
  t.deepEqual(await findings(route, gateway), [
    "caution network: The network vpc-1 gets an internet gateway, to which routes may lead.",
    "caution network: A route for 0.0.0.0/0 leads to a gateway that does not exist yet: the subnets of the route table may become public.",
  ]);
});

test("an existing subnet that gets a new route table becomes public if the table leads to the internet", async (t) => {
  const table = (name: string, gateway: object) =>
    resource({
      type: "aws_route_table",
      name,
      after: { route: [{ cidr_block: "0.0.0.0/0", ...gateway }] },
      unknown: { id: true },
    });
  const association = (name: string): PlanPart[] => [
    resource({
      type: "aws_route_table_association",
      name,
      after: { subnet_id: "subnet-1" },
      unknown: { route_table_id: true },
    }),
    {
      kind: "configured",
      address: `aws_route_table_association.${name}`,
      attributes: ["subnet_id", "route_table_id"],
      references: { route_table_id: [`aws_route_table.${name}`] },
    },
  ];
  const parts = [table("open", { gateway_id: "igw-1" }), table("closed", { nat_gateway_id: "nat-1" })];
  const found = findingsIn(await reviewOf({ platform: [...parts, ...association("open"), ...association("closed")] }));
  t.deepEqual(found, [
    "danger network: A new route table replaces the main route table: it leads to an internet gateway, so its subnets become public.",
    "caution network: A new route table replaces the main route table: its subnets become public if it leads to an internet gateway.",
  ]);
});
