import test from "ava";
import { configured, findings, findingsIn, resource, reviewOf } from "../../plan-parts.ts";
import { aclRule, block, INGRESS, policy, rule, TLS_ONLY, testFindings } from "../cases.ts";

// Rules of security groups and network ACLs.

testFindings({
  "forgotten denials stay, so nothing is opened": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy({ ...TLS_ONLY }) },
        actions: ["forget"],
      },
      {
        type: "aws_network_acl_rule",
        before: {
          network_acl_id: "acl-1",
          rule_number: 1,
          protocol: "-1",
          rule_action: "deny",
          cidr_block: "0.0.0.0/0",
        },
        actions: ["forget"],
      },
    ],
    [
      "note loss: aws_network_acl_rule stays as it is, and Terraform no longer manages it.",
      "note loss: aws_s3_bucket_policy stays as it is, and Terraform no longer manages it.",
    ],
  ],
  "a forgotten rule still allows what a destroyed one allowed": [
    [
      { type: INGRESS, name: "new", before: rule("10.0.0.0/16", [80, 80]), actions: ["forget"] },
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
    ],
    [`note loss: ${INGRESS} stays as it is, and Terraform no longer manages it.`],
  ],
  "the source group of a new rule with a range is no other peer": [
    [
      {
        type: "aws_security_group_rule",
        after: {
          type: "ingress",
          security_group_id: "sg-1",
          protocol: "tcp",
          from_port: 80,
          to_port: 80,
          cidr_blocks: ["10.0.0.0/8"],
        },
        unknown: { source_security_group_id: true },
      },
      {
        type: "aws_security_group_rule",
        name: "self",
        after: { type: "ingress", security_group_id: "sg-1", protocol: "tcp", from_port: 90, to_port: 90, self: true },
        unknown: { source_security_group_id: true },
      },
    ],
    [
      "caution network: Allows tcp 80 from 10.0.0.0/8, which was not allowed before.",
      "caution network: Allows tcp 90 from other members of the group, which was not allowed before.",
    ],
  ],
  "both halves of the internet become the whole": [
    [
      {
        type: "aws_security_group",
        before: {
          id: "sg-1",
          ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, ipv6_cidr_blocks: ["::/1", "8000::/1"] }],
        },
        after: { id: "sg-1", ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, ipv6_cidr_blocks: ["::/0"] }] },
      },
    ],
    [],
  ],
  "a port open to the internet": [
    [{ type: INGRESS, after: rule("0.0.0.0/0", [22, 22]) }],
    ["danger network: Allows tcp 22 from 0.0.0.0/0: anyone on the internet can connect."],
  ],
  "half of the internet counts as the internet": [
    [{ type: INGRESS, after: rule("0.0.0.0/1", [22, 22]) }],
    ["danger network: Allows tcp 22 from 0.0.0.0/1: anyone"],
  ],
  "the internet over IPv6": [
    [{ type: INGRESS, after: { ...rule("", [22, 22]), cidr_ipv4: null, cidr_ipv6: "::/0" } }],
    ["danger network: Allows tcp 22 from ::/0: anyone"],
  ],
  "a wider range": [
    [{ type: INGRESS, before: rule("10.0.1.0/24", [80, 80]), after: rule("10.0.0.0/16", [80, 80]) }],
    ["caution network: Allows tcp 80 from 10.0.0.0/16, which was not allowed before."],
  ],
  "more ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 80]), after: rule("10.0.0.0/16", [80, 90]) }],
    ["caution network: Allows tcp 80-90 from 10.0.0.0/16, which was not allowed before."],
  ],
  "a narrower range and fewer ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 90]), after: rule("10.0.1.0/24", [80, 80]) }],
    [],
  ],
  "a rule that only moves within the code": [
    [
      { type: INGRESS, name: "old", before: rule("0.0.0.0/0", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("0.0.0.0/0", [80, 80]) },
    ],
    [],
  ],
  "the same rule for another group": [
    [
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("10.0.0.0/16", [80, 80], "sg-2") },
    ],
    [
      "caution network: Allows tcp 80 from 10.0.0.0/16, which was not allowed before.",
      "note network: aws_vpc_security_group_ingress_rule is destroyed. Connections that no other rule allows fail.",
    ],
  ],
  "a rule that is destroyed with its group": [
    [
      { type: "aws_security_group", before: { id: "sg-1" } },
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
    ],
    ["note loss: aws_security_group is destroyed."],
  ],
  "an inline rule of a group": [
    [
      {
        type: "aws_security_group",
        before: { id: "sg-1", ingress: [] },
        after: { id: "sg-1", ingress: [{ protocol: "-1", from_port: 0, to_port: 0, cidr_blocks: ["0.0.0.0/0"] }] },
      },
    ],
    ["danger network: Allows all traffic from 0.0.0.0/0: anyone"],
  ],
  "a new egress rule": [
    [{ type: "aws_vpc_security_group_egress_rule", after: rule("0.0.0.0/0", [443, 443]) }],
    ["caution network: Allows tcp 443 to 0.0.0.0/0, which was not allowed before."],
  ],
  "ICMP narrowed to one type": [[{ type: INGRESS, before: icmp(-1, -1), after: icmp(8, 0) }], []],
  "ICMP widened to all codes of a type": [
    [{ type: INGRESS, before: icmp(3, 4), after: icmp(3, -1) }],
    ["danger network: Allows icmp type 3 from 0.0.0.0/0: anyone"],
  ],
  "a protocol by its number": [
    [
      {
        type: "aws_security_group_rule",
        before: { ...classicRule("10.0.0.0/8"), protocol: "tcp" },
        after: { ...classicRule("10.0.0.0/8"), protocol: "6" },
      },
    ],
    [],
  ],
  "a replaced group with the same rules": [
    [
      {
        type: "aws_security_group",
        before: { id: "sg-1", description: "a", ingress: [block("0.0.0.0/0")] },
        after: { description: "b", ingress: [block("0.0.0.0/0")] },
        unknown: { id: true },
        actions: ["delete", "create"],
        replaced: ["description"],
      },
      {
        type: "aws_security_group_rule",
        before: classicRule("0.0.0.0/0"),
        after: { ...classicRule("0.0.0.0/0"), security_group_id: null },
        unknown: { security_group_id: true },
        actions: ["delete", "create"],
        replaced: ["security_group_id"],
      },
    ],
    ["note loss: aws_security_group is replaced, because description cannot change in place."],
  ],
  "an inline rule of a network ACL": [
    [
      {
        type: "aws_network_acl",
        before: { id: "acl-1", ingress: [aclRule("10.0.0.0/8", "allow", "tcp")] },
        after: { id: "acl-1", ingress: [aclRule("0.0.0.0/0", "allow", "-1")] },
      },
    ],
    ["danger network: Allows all traffic from 0.0.0.0/0: anyone"],
  ],
  "a denial of a network ACL that ends": [
    [
      {
        type: "aws_network_acl_rule",
        before: { network_acl_id: "acl-1", protocol: "-1", rule_action: "deny", cidr_block: "203.0.113.0/24" },
      },
    ],
    ["caution network: No longer denies all traffic from 203.0.113.0/24"],
  ],
  "the internet in a prefix list": [
    [
      {
        type: "aws_ec2_managed_prefix_list",
        before: { entry: [{ cidr: "198.51.100.0/24" }] },
        after: { entry: [{ cidr: "198.51.100.0/24" }, { cidr: "0.0.0.0/0" }] },
      },
    ],
    ["danger network: 0.0.0.0/0 joins the prefix list"],
  ],
});

test("rules that are known only after apply may allow more", async (t) => {
  const group = {
    type: "aws_security_group",
    before: { id: "sg-1", ingress: [] },
    after: { id: "sg-1" },
    unknown: { ingress: true },
  };
  const found = async (...attributes: readonly string[]) =>
    findingsIn(await reviewOf({ platform: [resource(group), configured("aws_security_group", ...attributes)] }));
  t.deepEqual(await found("ingress"), [
    "caution network: Its ingress is known only after apply, and may allow more than before.",
  ]);
  t.deepEqual(await found("name"), []);
});

test("a reference to a security group may name its account", async (t) => {
  const before = { type: "ingress", security_group_id: "sg-1", protocol: "tcp", from_port: 80, to_port: 80 };
  const after = { ...rule("", [80, 80]), cidr_ipv4: null, referenced_security_group_id: "111122223333/sg-2" };
  t.deepEqual(
    await findings(
      { type: "aws_security_group_rule", before: { ...before, source_security_group_id: "sg-2" } },
      { type: INGRESS, after },
    ),
    [],
  );
});

test("a rule for a prefix list that contains the internet is a danger", async (t) => {
  const list = {
    type: "aws_ec2_managed_prefix_list",
    actions: ["no-op"],
    before: {},
    after: { id: "pl-1", entry: [{ cidr: "0.0.0.0/0" }] },
  };
  const rule = { security_group_id: "sg-1", ip_protocol: "tcp", from_port: 22, to_port: 22, prefix_list_id: "pl-1" };
  t.deepEqual(await findings({ type: INGRESS, after: rule }, list), [
    "danger network: Allows tcp 22 from 0.0.0.0/0: anyone on the internet can connect.",
  ]);
});

function icmp(type: number, code: number) {
  return { security_group_id: "sg-1", cidr_ipv4: "0.0.0.0/0", ip_protocol: "icmp", from_port: type, to_port: code };
}

function classicRule(range: string) {
  return {
    type: "ingress",
    security_group_id: "sg-1",
    protocol: "tcp",
    from_port: 22,
    to_port: 22,
    cidr_blocks: [range],
  };
}
