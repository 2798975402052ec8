import { blocks, type Context, type Family, HOURS, type Item, times, unpriced, type Values } from "../family.ts";

/** New connections are the most expensive dimension of a capacity unit here: 25 per second. Source: AWS's price page. */
const REQUESTS_OF_UNIT_HOUR = 25 * 3600;

export const loadBalancing: Family = {
  name: "Load balancing",
  each: {
    aws_lb: (balancer, context) => [
      // Other types have different capacity units.
      isForApplications(balancer)
        ? { what: "load balancer-hours", quantity: HOURS, price: context.prices.loadBalancer.hour }
        : unpriced(`load balancer-hours, ${balancer.load_balancer_type}`, HOURS),
      ...addressHours(balancer, context),
      ...(blocks(balancer.minimum_load_balancer_capacity).length > 0 ? [unpriced("reserved capacity")] : []),
    ],
  },
  once: {
    aws_lb: ({ usage: { requests }, prices: { loadBalancer } }, balancers) =>
      balancers.some(isForApplications)
        ? [
            {
              what: "LCU-hours",
              quantity: requests / REQUESTS_OF_UNIT_HOUR,
              price: loadBalancer.capacity,
              assumed: "every request opens a connection",
            },
          ]
        : [],
  },
  free: ["aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group"],
};

function isForApplications({ load_balancer_type }: Values): boolean {
  return (load_balancer_type ?? "application") === "application";
}

/** Public addresses. Those that the code allocates are billed as resources of their own. */
function addressHours(balancer: Values, { prices: { publicIpv4 } }: Context): Item[] {
  const { internal, ip_address_type, load_balancer_type, subnets, subnet_mapping } = balancer;
  if (internal === true || load_balancer_type === "gateway" || ip_address_type === "dualstack-without-public-ipv4") {
    return [];
  }
  const allocated = blocks(subnet_mapping).filter(({ allocation_id }) => allocation_id).length;
  const zones = blocks(subnets).length || blocks(subnet_mapping).length || undefined;
  return [
    {
      what: "public IPv4 address-hours, one per zone",
      quantity: times(HOURS, zones && zones - allocated),
      price: publicIpv4.hour,
    },
  ];
}
