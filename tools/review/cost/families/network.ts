import { blocks, type Context, type Family, HOURS, type Item, times, unpriced, type Values } from "../family.ts";

const LOGS = "logs are most of what leaves the tasks for AWS, and take their endpoint where there is one";

export const network: Family = {
  name: "VPC",
  each: {
    // A regional gateway is billed in every zone that it covers.
    aws_nat_gateway: ({ availability_mode }, { prices: { natGateway } }) => [
      {
        what: "NAT gateway-hours",
        quantity: availability_mode === "regional" ? undefined : HOURS,
        price: natGateway.hour,
      },
    ],
    aws_eip: addressHours,
    aws_vpc_endpoint: endpointHours,
  },
  once: {
    aws_nat_gateway: ({ usage: { natGb }, prices: { natGateway } }) => [
      { what: "GB through NAT", quantity: natGb, price: natGateway.data, assumed: LOGS },
    ],
    aws_vpc_endpoint: ({ usage: { endpointGb }, prices: { interfaceEndpoint } }, endpoints) =>
      endpoints.some(isInterface)
        ? [
            {
              what: "GB through interface endpoints",
              quantity: endpointGb,
              price: interfaceEndpoint.data,
              assumed: LOGS,
            },
          ]
        : [],
  },
  excluded: {
    aws_flow_log: "the ingestion and storage of its records",
    aws_vpc: "traffic between zones",
  },
  free: [
    "aws_default_security_group",
    "aws_flow_log",
    "aws_internet_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
  ],
};

/** Addresses that the account brings along are free. Source: https://aws.amazon.com/vpc/pricing/ */
function addressHours({ ipam_pool_id, public_ipv4_pool }: Values, { prices: { publicIpv4 } }: Context): Item[] {
  if (ipam_pool_id) {
    return [unpriced("public IPv4 addresses from IPAM")];
  }
  return public_ipv4_pool && public_ipv4_pool !== "amazon"
    ? []
    : [{ what: "public IPv4 address-hours", quantity: HOURS, price: publicIpv4.hour }];
}

function endpointHours(endpoint: Values, { prices: { interfaceEndpoint } }: Context): Item[] {
  const { vpc_endpoint_type = "Gateway", subnet_ids } = endpoint;
  if (isInterface(endpoint)) {
    const zones = blocks(subnet_ids).length || undefined;
    return [{ what: "interface endpoint-zone-hours", quantity: times(HOURS, zones), price: interfaceEndpoint.hour }];
  }
  return vpc_endpoint_type === "Gateway" ? [] : [unpriced(`endpoints of the type ${vpc_endpoint_type}`)];
}

function isInterface({ vpc_endpoint_type }: Values): boolean {
  return vpc_endpoint_type === "Interface";
}
