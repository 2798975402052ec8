/** Parts of a VPC that other modules use, whether the project creates the VPC or it exists already. */
export interface Network {
  readonly id: string;
  /** One per zone, with a route to an internet gateway. */
  readonly publicSubnetIds: readonly string[];
  /** One per zone, with a route to NAT. */
  readonly privateSubnetIds: readonly string[];
  /** Public IPv4 addresses from which the private subnets reach the internet. */
  readonly natAddresses: readonly string[];
}
