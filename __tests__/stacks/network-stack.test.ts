import test from "ava";
import { resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

test("the workshop has two zones and one way out", (t) => {
  const { network } = synthesize("workshop");
  t.is(resources(network, "aws_subnet").length, 4);
  t.is(resources(network, "aws_nat_gateway").length, 1);
  t.is(resources(network, "aws_route_table_association").length, 4);
});

test("production has three zones and a way out in each", (t) => {
  const { network } = synthesize("production");
  t.is(resources(network, "aws_subnet").length, 6);
  t.is(resources(network, "aws_nat_gateway").length, 3);
  const gateways = resources(network, "aws_route")
    .map((route) => route.nat_gateway_id)
    .filter(Boolean);
  t.is(new Set(gateways).size, 3, "every private subnet leaves through the gateway of its own zone");
});

test("subnets do not overlap, whatever the range", (t) => {
  for (const cidr of ["10.0.0.0/16", "172.31.4.0/22"]) {
    const { network } = synthesize("production", `network.cidr=${cidr}`);
    const blocks = resources(network, "aws_subnet").map((subnet) => String(subnet.cidr_block));
    t.is(new Set(blocks).size, 6);
    t.is(
      new Set(blocks.map((block) => block.split("/")[1])).size,
      1,
      "all of one size, so different starts cannot overlap",
    );
  }
});

test("no subnet hands out public addresses, and the default security group admits nothing", (t) => {
  const { network } = synthesize("workshop");
  t.true(resources(network, "aws_subnet").every((subnet) => subnet.map_public_ip_on_launch === undefined));
  const closed = resource(network, "aws_default_security_group", "default-security-group");
  t.is(closed.ingress, undefined);
  t.is(closed.egress, undefined);
});

test("S3 and DynamoDB are reached past NAT, and so is every service that the setting names", (t) => {
  const types = (stack: SynthesizedStack | undefined) =>
    resources(stack, "aws_vpc_endpoint").map(
      (endpoint) => `${String(endpoint.service_name).split(".").slice(3).join(".")} ${endpoint.vpc_endpoint_type}`,
    );
  t.deepEqual(types(synthesize("workshop").network), ["dynamodb Gateway", "s3 Gateway"]);
  t.deepEqual(types(synthesize("workshop", "network.interfaceEndpoints=[xray, ecr.dkr]").network), [
    "dynamodb Gateway",
    "ecr.dkr Interface",
    "s3 Gateway",
    "xray Interface",
  ]);
});

test("flow logs tell of accepted and rejected traffic and expire", (t) => {
  const { network } = synthesize("production");
  t.is(resource(network, "aws_flow_log", "flow-log").traffic_type, "ALL");
  t.is(resource(network, "aws_cloudwatch_log_group", "flow-logs/log-group").retention_in_days, 365);
});
