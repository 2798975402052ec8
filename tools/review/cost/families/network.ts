import { type Family, HOURS } from "../family.ts";

const LOGS = "logs are most of what leaves the tasks for AWS, and take their endpoint where there is one";

export const network: Family = {
  name: "VPC",
  each: {
    aws_nat_gateway: (_values, { prices: { natGateway } }) => [
      { what: "NAT gateway-hours", quantity: HOURS, price: natGateway.hour },
    ],
    aws_eip: (_values, { prices: { publicIpv4 } }) => [
      { what: "public IPv4 address-hours", quantity: HOURS, price: publicIpv4.hour },
    ],
    aws_vpc_endpoint: ({ vpc_endpoint_type, subnet_ids }, { prices: { interfaceEndpoint } }) =>
      vpc_endpoint_type === "Interface"
        ? [
            {
              what: "interface endpoint-zone-hours",
              quantity: Array.isArray(subnet_ids) ? HOURS * subnet_ids.length : undefined,
              price: interfaceEndpoint.hour,
            },
          ]
        : [],
  },
  once: {
    aws_nat_gateway: ({ usage: { natGb }, prices: { natGateway } }) => [
      { what: "GB through NAT", quantity: natGb, price: natGateway.data, assumed: LOGS },
    ],
    aws_vpc_endpoint: ({ usage: { endpointGb }, prices: { interfaceEndpoint } }) => [
      { what: "GB through interface endpoints", quantity: endpointGb, price: interfaceEndpoint.data, assumed: LOGS },
    ],
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
