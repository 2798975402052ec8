import { amountOf, blocks, type Context, type Family, HOURS, type Item, unpriced, type Values } from "../family.ts";

export const compute: Family = {
  name: "EC2",
  each: {
    aws_instance: (instance, context) => [
      ...instanceHours(instance, context),
      ...volumes(instance, context),
      ...(instance.associate_public_ip_address === true
        ? [{ what: "public IPv4 address-hours", quantity: HOURS, price: context.prices.publicIpv4.hour }]
        : []),
    ],
  },
  excluded: {
    aws_instance:
      "provisioned IOPS and throughput of its volumes, detailed monitoring, CPU credits, and public addresses of its subnet",
  },
  free: ["aws_iam_instance_profile", "aws_launch_template"],
};

function instanceHours(instance: Values, { prices: { ec2 } }: Context): Item[] {
  const { instance_type } = instance;
  if (typeof instance_type !== "string") {
    return [unpriced("instances of a type that is known only after apply")];
  }
  const variants = [isOnSpot(instance) ? "Spot" : "", isDedicated(instance) ? "dedicated" : ""].filter(Boolean);
  const what = ["instance-hours", instance_type, ...variants].join(", ");
  return variants.length > 0
    ? [unpriced(what, HOURS)]
    : [{ what, quantity: HOURS, price: ec2.instances[instance_type], assumed: "it runs all month, with Linux" }];
}

function isOnSpot({ instance_market_options }: Values): boolean {
  return blocks(instance_market_options).some(({ market_type }) => market_type === "spot");
}

function isDedicated({ tenancy }: Values): boolean {
  return tenancy === "dedicated" || tenancy === "host";
}

/** Every instance here has a root volume. What the code does not say about it is in the image. */
function volumes({ root_block_device, ebs_block_device }: Values, { prices: { ec2 } }: Context): Item[] {
  const root = blocks(root_block_device);
  return [...(root.length > 0 ? root : [{}]), ...blocks(ebs_block_device)].map(
    ({ volume_type, volume_size }: Values) => {
      const what = `GB of ${volume_type ?? "the image's"} volumes`;
      const quantity = amountOf(volume_size);
      return volume_type === "gp3" ? { what, quantity, price: ec2.gp3 } : unpriced(what, quantity);
    },
  );
}
