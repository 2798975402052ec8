import { Construct } from "constructs";
import { DataAwsSubnet } from "#aws/data-aws-subnet";
import { DataAwsVpc } from "#aws/data-aws-vpc";
import type { ExistingVpcSettings } from "../settings/network.ts";
import type { Network } from "./network.ts";

interface SubnetProps {
  readonly kind: "public" | "private";
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
}

export interface ExistingVpcProps {
  readonly existing: ExistingVpcSettings;
  /** Zones of the subnets, in the same order. */
  readonly zones: readonly string[];
  /** A range of the VPC. */
  readonly cidr: string;
}

/**
 * A VPC that is managed elsewhere: read and checked in every plan, and never changed. Routes and free addresses are checked
 * by `npm run preflight`.
 */
export class ExistingVpc extends Construct implements Network {
  readonly id: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly natAddresses: readonly string[];

  constructor(scope: Construct, id: string, { existing, zones, cidr }: ExistingVpcProps) {
    super(scope, id);
    const { vpcId } = existing;
    this.id = new DataAwsVpc(this, "vpc", {
      id: vpcId,
      lifecycle: {
        postcondition: [
          {
            // Private DNS zones, such as that of service discovery, require both attributes.
            // Source: "DNS attributes for your VPC", Amazon VPC user guide.
            // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
            condition: "${self.enable_dns_support && self.enable_dns_hostnames}",
            errorMessage: `network.existing.vpcId is ${vpcId}: expected a VPC with the attributes enableDnsSupport and enableDnsHostnames`,
          },
          {
            condition: `\${contains(self.cidr_block_associations[*].cidr_block, "${cidr}")}`,
            errorMessage: `network.cidr is ${cidr}: expected a range of ${vpcId}`,
          },
        ],
      },
    }).id;
    const subnetIds = (kind: "public" | "private") =>
      zones.map((zone, index) => {
        const subnetId = existing[`${kind}SubnetIds`][index] as string;
        return this.subnet(`${kind}-${zone}`, { kind, subnetId, vpcId, zone });
      });
    this.publicSubnetIds = subnetIds("public");
    this.privateSubnetIds = subnetIds("private");
    this.natAddresses = existing.natAddresses;
  }

  private subnet(id: string, { kind, subnetId, vpcId, zone }: SubnetProps): string {
    const setting = `network.existing.${kind}SubnetIds has ${subnetId}`;
    return new DataAwsSubnet(this, id, {
      id: subnetId,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.vpc_id == "${vpcId}"}`,
            errorMessage: `${setting}: expected a subnet of ${vpcId}`,
          },
          {
            condition: `\${self.availability_zone == "${zone}"}`,
            errorMessage: `${setting}: expected a subnet in ${zone}, in the order of zones`,
          },
        ],
      },
    }).id;
  }
}
