import test from "ava";
import type { Severity } from "../../../../tools/review/model.ts";
import { findings, type ResourceInput } from "../plan-parts.ts";

// Cases of rules, and the parts that they share.

/** Changes of a plan by the title of their test, with the beginnings of all findings about them. */
export type Cases = Readonly<
  Record<string, readonly [changes: readonly ResourceInput[], expected: readonly `${Severity} ${string}: ${string}`[]]>
>;

export function testFindings(cases: Cases): void {
  for (const [title, [changes, expected]] of Object.entries(cases)) {
    test(title, async (t) => {
      const found = await findings(...changes);
      t.is(found.length, expected.length, found.join("\n"));
      for (const [index, beginning] of expected.entries()) {
        t.true(found[index]?.startsWith(beginning), `${found[index]}\n${beginning}`);
      }
    });
  }
}

export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function rolePolicy(...statements: readonly object[]) {
  return { role: "like", name: "permissions", policy: policy(...statements) };
}

export function allow(actions: unknown, resources: unknown = "arn:aws:s3:::a", others: object = {}) {
  return { Effect: "Allow", Action: actions, Resource: resources, ...others };
}

export function rule(range: string, [from, to]: readonly [number, number], group = "sg-1") {
  return { security_group_id: group, cidr_ipv4: range, ip_protocol: "tcp", from_port: from, to_port: to };
}

export const INGRESS = "aws_vpc_security_group_ingress_rule";

export const TLS_ONLY = {
  Effect: "Deny",
  Action: "s3:*",
  Principal: "*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

export function aclRule(range: string, action: "allow" | "deny", protocol: string) {
  return { action, protocol, cidr_block: range, from_port: 443, to_port: 443, rule_no: 100 };
}

export function block(range: string) {
  return {
    protocol: "tcp",
    from_port: 80,
    to_port: 80,
    cidr_blocks: [range],
    ipv6_cidr_blocks: [],
    security_groups: [],
    self: false,
  };
}
