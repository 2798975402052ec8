import { blocks, type Family, HOURS } from "../family.ts";

export const compute: Family = {
  name: "EC2",
  each: {
    aws_instance: (
      { instance_type, instance_market_options, root_block_device, associate_public_ip_address },
      { prices: { ec2, publicIpv4 } },
    ) => [
      {
        what: `instance-hours, ${instance_type}${isOnSpot(instance_market_options) ? ", Spot" : ""}`,
        quantity: HOURS,
        price: isOnSpot(instance_market_options) ? undefined : ec2.instances[String(instance_type)],
        assumed: "it runs all month",
      },
      ...blocks(root_block_device).map(({ volume_type, volume_size }) => ({
        what: `GB of ${volume_type ?? "the image's"} volumes`,
        quantity: Number(volume_size) || undefined,
        price: volume_type === "gp3" ? ec2.gp3 : undefined,
      })),
      ...(associate_public_ip_address === true
        ? [{ what: "public IPv4 address-hours", quantity: HOURS, price: publicIpv4.hour }]
        : []),
    ],
  },
  excluded: { aws_instance: "provisioned IOPS and throughput of its volumes" },
  free: ["aws_iam_instance_profile", "aws_launch_template"],
};

function isOnSpot(options: unknown): boolean {
  return blocks(options).some(({ market_type }) => market_type === "spot");
}
