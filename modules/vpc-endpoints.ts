import { Construct } from "constructs";
import { SecurityGroup } from "#aws/security-group";
import { VpcEndpoint } from "#aws/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "#aws/vpc-security-group-ingress-rule";
import { environmentOf } from "./environment.ts";
import type { Vpc } from "./vpc.ts";

export interface VpcEndpointsProps {
  readonly name: string;
  readonly vpc: Vpc;
  readonly cidr: string;
  /** Services such as `ecr.api` that get an interface in every private subnet, each billed per hour in every zone. */
  readonly interfaces: readonly string[];
}

/** VPC endpoints, through which the private subnets reach AWS services without NAT or the internet. */
export class VpcEndpoints extends Construct {
  constructor(scope: Construct, id: string, { name, vpc, cidr, interfaces }: VpcEndpointsProps) {
    super(scope, id);
    const { region } = environmentOf(this);
    const serviceName = (service: string) => `com.amazonaws.${region}.${service}`;
    for (const service of ["s3", "dynamodb"]) {
      new VpcEndpoint(this, service, {
        vpcId: vpc.id,
        serviceName: serviceName(service),
        vpcEndpointType: "Gateway",
        routeTableIds: [...vpc.privateRouteTableIds],
        tags: { Name: `${name}-${service}` },
      });
    }
    if (interfaces.length === 0) {
      return;
    }
    const securityGroup = new SecurityGroup(this, "security-group", {
      name: `${name}-endpoints`,
      description: "Interface endpoints: HTTPS from inside the VPC",
      vpcId: vpc.id,
    });
    new VpcSecurityGroupIngressRule(this, "https-from-vpc", {
      securityGroupId: securityGroup.id,
      description: "HTTPS from inside the VPC",
      cidrIpv4: cidr,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    for (const service of interfaces) {
      new VpcEndpoint(this, service.replace(".", "-"), {
        vpcId: vpc.id,
        serviceName: serviceName(service),
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: [...vpc.privateSubnetIds],
        securityGroupIds: [securityGroup.id],
        tags: { Name: `${name}-${service}` },
      });
    }
  }
}
