import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

const FIX = "name the CIDR ranges, the prefix list, or the security group to admit";

/** No security group admits the whole internet. CloudFront alone is public, and the load balancer admits only it. */
export const openIngress: Rule = {
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
};

function openRanges(rule: Arguments): string[] {
  return ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"].flatMap((argument) =>
    [rule[argument] ?? []]
      .flat()
      .filter((range) => /\/0+$/.test(String(range)))
      .map((range) => `${argument} is "${range}", the whole internet: ${FIX}`),
  );
}
