import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

const FIX = "name the ranges, the prefix list or the security group that may come in";

/** No security group lets the whole internet in. What faces it is the load balancer's CloudFront and nothing else. */
export const openIngress = {
  name: "open-ingress",
  types: [
    "aws_vpc_security_group_ingress_rule",
    "aws_security_group",
    "aws_default_security_group",
    "aws_security_group_rule",
  ],
  check({ type, arguments: found }) {
    switch (type) {
      case "aws_security_group_rule":
        return found.type === "ingress" ? openRanges(found) : [];
      case "aws_vpc_security_group_ingress_rule":
        return openRanges(found);
      default:
        return blocks(found.ingress).flatMap(openRanges);
    }
  },
} as const satisfies Rule;

function openRanges(rule: Arguments): string[] {
  return ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"].flatMap((argument) =>
    [rule[argument] ?? []]
      .flat()
      .filter((range) => /\/0+$/.test(String(range)))
      .map((range) => `${argument} is "${range}", everybody: ${FIX}`),
  );
}
