import { at, listOf, UNKNOWN, type Value } from "../value.ts";
import { covers } from "./ranges.ts";

/** Traffic that a rule of a network lets through. */
export interface Opening {
  /** The security group or access list; undefined when it is not known yet. */
  readonly group: string | undefined;
  readonly direction: "in" | "out";
  /** Such as `tcp`; `-1` is any. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** A range, a security group, a prefix list; undefined when it is not known yet. */
  readonly peer: string | undefined;
}

type Reader = (resource: Value | undefined) => readonly Opening[];

/** Where each type of resource writes down what it lets through. */
const READERS: Readonly<Record<string, Reader>> = {
  aws_vpc_security_group_ingress_rule: (rule) => ofRule(rule, "in"),
  aws_vpc_security_group_egress_rule: (rule) => ofRule(rule, "out"),
  aws_security_group_rule: (rule) =>
    ofBlock(rule, at(rule, "type") === "egress" ? "out" : "in", at(rule, "security_group_id")),
  aws_security_group: ofGroup,
  aws_default_security_group: ofGroup,
  aws_network_acl_rule: (rule) =>
    at(rule, "rule_action") === "allow"
      ? ofBlock(rule, at(rule, "egress") === true ? "out" : "in", at(rule, "network_acl_id"))
      : [],
};

/** What a resource lets through; nothing for those that do not filter traffic. */
export function openingsOf(type: string, resource: Value | undefined): readonly Opening[] {
  return Object.hasOwn(READERS, type) ? (READERS[type]?.(resource) ?? []) : [];
}

/** True when all that `narrow` lets through gets through `wide` as well. */
export function includes(wide: Opening, narrow: Opening): boolean {
  return (
    wide.group === narrow.group &&
    wide.direction === narrow.direction &&
    (wide.protocol === "-1" || wide.protocol === narrow.protocol) &&
    (wide.protocol === "-1" || (wide.from <= narrow.from && wide.to >= narrow.to)) &&
    wide.peer !== undefined &&
    narrow.peer !== undefined &&
    covers(wide.peer, narrow.peer)
  );
}

/** Such as `tcp 80`, `tcp 8000-8080`, `all traffic`. */
export function trafficOf({ protocol, from, to }: Opening): string {
  if (protocol === "-1") {
    return "all traffic";
  }
  return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
}

function ofGroup(group: Value | undefined): readonly Opening[] {
  const id = at(group, "id");
  return (["ingress", "egress"] as const).flatMap((side) =>
    listOf(at(group, side)).flatMap((block) => ofBlock(block, side === "ingress" ? "in" : "out", id)),
  );
}

function ofRule(rule: Value | undefined, direction: Opening["direction"]): readonly Opening[] {
  if (rule === undefined) {
    return [];
  }
  const peers = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"].map((name) =>
    at(rule, name),
  );
  const peer = peers.find((peer) => peer !== null && peer !== undefined);
  return [opening(rule, direction, at(rule, "security_group_id"), at(rule, "ip_protocol"), peer)];
}

function ofBlock(
  block: Value | undefined,
  direction: Opening["direction"],
  group: Value | undefined,
): readonly Opening[] {
  const peers = [
    ...[
      "cidr_blocks",
      "cidr_block",
      "ipv6_cidr_blocks",
      "ipv6_cidr_block",
      "prefix_list_ids",
      "security_groups",
      "source_security_group_id",
    ].flatMap((name) => listOf(at(block, name))),
    ...(at(block, "self") === true ? [group ?? null] : []),
  ];
  return peers.map((peer) => opening(block, direction, group, at(block, "protocol"), peer));
}

function opening(
  rule: Value | undefined,
  direction: Opening["direction"],
  group: Value | undefined,
  protocol: Value | undefined,
  peer: Value | undefined,
): Opening {
  const isAny = protocol === "-1" || protocol === "all" || protocol === UNKNOWN;
  return {
    group: known(group),
    direction,
    protocol: isAny ? "-1" : String(protocol),
    from: isAny ? 0 : numberOf(at(rule, "from_port"), 0),
    to: isAny ? 65_535 : numberOf(at(rule, "to_port"), 65_535),
    peer: known(peer),
  };
}

function known(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: Value | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
