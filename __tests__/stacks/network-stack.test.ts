import test from "ava";
import { type Arguments, resource, resources, type SynthesizedStack, synthesize } from "../synth.ts";

test("the workshop has two zones and one NAT gateway", (t) => {
  const { network } = synthesize("workshop");
  t.is(resources(network, "aws_subnet").length, 4);
  t.is(resources(network, "aws_nat_gateway").length, 1);
  t.is(resources(network, "aws_route_table_association").length, 4);
});

test("production has three zones and a NAT gateway in each", (t) => {
  const { network } = synthesize("production");
  t.is(resources(network, "aws_subnet").length, 6);
  t.is(resources(network, "aws_nat_gateway").length, 3);
  const gateways = resources(network, "aws_route")
    .map((route) => route.nat_gateway_id)
    .filter(Boolean);
  t.is(new Set(gateways).size, 3, "every private subnet uses the NAT gateway of its zone");
});

test("subnets do not overlap in any range", (t) => {
  for (const cidr of ["10.0.0.0/16", "172.31.4.0/22"]) {
    const { network } = synthesize("production", `network.cidr=${cidr}`);
    const blocks = resources(network, "aws_subnet").map((subnet) => String(subnet.cidr_block));
    t.is(new Set(blocks).size, 6);
    t.is(
      new Set(blocks.map((block) => block.split("/")[1])).size,
      1,
      "all have the same size, so different starts cannot overlap",
    );
  }
});

test("no subnet assigns public addresses, and the default security group admits nothing", (t) => {
  const { network } = synthesize("workshop");
  t.true(resources(network, "aws_subnet").every((subnet) => subnet.map_public_ip_on_launch === undefined));
  const closed = resource(network, "aws_default_security_group", "default-security-group");
  t.is(closed.ingress, undefined);
  t.is(closed.egress, undefined);
});

test("S3, DynamoDB, and every service in the setting have VPC endpoints", (t) => {
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

test("flow logs contain accepted and rejected traffic, and expire", (t) => {
  const { network } = synthesize("production");
  t.is(resource(network, "aws_flow_log", "flow-log").traffic_type, "ALL");
  t.is(resource(network, "aws_cloudwatch_log_group", "flow-logs/log-group").retention_in_days, 365);
});

test("an existing VPC is read, checked in every plan, and not changed", (t) => {
  const ids = (digits: string) => ["a", "b"].map((letter) => `subnet-${digits}${letter}`);
  const existing = {
    vpcId: "vpc-0123456789abcdef0",
    publicSubnetIds: ids("0000000"),
    privateSubnetIds: ids("1111111"),
    natAddresses: ["203.0.113.7"],
  };
  const { network, platform, services, delivery } = synthesize(
    "workshop",
    `network.existing=${JSON.stringify(existing)}`,
  );
  t.is(network?.resource, undefined);
  const [vpc] = Object.values(network?.data.aws_vpc ?? {});
  t.is(vpc?.id, existing.vpcId);
  const conditions = (data: Arguments = {}) =>
    (data.lifecycle as { postcondition: { condition: string }[] }).postcondition.map(({ condition }) => condition);
  t.deepEqual(conditions(vpc), [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
    "${self.enable_dns_support && self.enable_dns_hostnames}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
    '${contains(self.cidr_block_associations[*].cidr_block, "10.0.0.0/16")}',
  ]);
  const subnets = Object.values(network?.data.aws_subnet ?? {});
  t.deepEqual(subnets.map(({ id }) => id).sort(), [...existing.publicSubnetIds, ...existing.privateSubnetIds]);
  for (const subnet of subnets) {
    const zone = String(subnet.id).endsWith("a") ? "us-west-2a" : "us-west-2b";
    t.deepEqual(conditions(subnet), [
      `\${self.vpc_id == "${existing.vpcId}"}`,
      `\${self.availability_zone == "${zone}"}`,
    ]);
  }
  t.regex(JSON.stringify(resource(platform, "aws_lb", "load-balancer").subnets), /existing-vpc_public-us-west-2a/);
  const [like] = resources(services, "aws_ecs_service");
  t.regex(JSON.stringify(like?.network_configuration), /existing-vpc_private-us-west-2b/);
  t.is(resource(delivery, "aws_vpc_security_group_ingress_rule", "from-nat-0").cidr_ipv4, "203.0.113.7/32");
});
