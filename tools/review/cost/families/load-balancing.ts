import { type Family, HOURS } from "../family.ts";

/** New connections are the most expensive dimension of a capacity unit here: 25 per second. Source: AWS's price page. */
const REQUESTS_OF_UNIT_HOUR = 25 * 3600;

export const loadBalancing: Family = {
  name: "Load balancing",
  each: {
    aws_lb: ({ load_balancer_type, internal, subnets }, { prices: { loadBalancer, publicIpv4 } }) => [
      {
        what: "load balancer-hours",
        quantity: HOURS,
        // Other types have different capacity units.
        price: load_balancer_type === "application" ? loadBalancer.hour : undefined,
      },
      ...(internal === true
        ? []
        : [
            {
              what: "public IPv4 address-hours, one a zone",
              quantity: Array.isArray(subnets) ? HOURS * subnets.length : undefined,
              price: publicIpv4.hour,
            },
          ]),
    ],
  },
  once: {
    aws_lb: ({ usage: { requests }, prices: { loadBalancer } }) => [
      {
        what: "LCU-hours",
        quantity: requests / REQUESTS_OF_UNIT_HOUR,
        price: loadBalancer.capacity,
        assumed: "every request opens a connection",
      },
    ],
  },
  free: ["aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group"],
};
