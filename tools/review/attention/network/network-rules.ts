import { entryOf } from "../../values/entry.ts";
import { at, listOf, UNKNOWN, type Value } from "../../values/value.ts";
import { covers, halvesOf } from "../ranges.ts";

/** Traffic that a security group or network ACL allows or denies. */
export interface NetworkRule {
  /** Security group, network ACL, or prefix list; undefined if not known yet. */
  readonly group: string | undefined;
  readonly direction: "in" | "out";
  readonly effect: "allow" | "deny";
  /** Name such as `tcp`; `-1` for any protocol. */
  readonly protocol: string;
  /** First port; for ICMP the type, where -1 means any. */
  readonly from: number;
  /** Last port; for ICMP the code, where -1 means any. */
  readonly to: number;
  /** CIDR range, security group, or prefix list; undefined if not known yet. */
  readonly peer: string | undefined;
}

type Reader = (resource: Value | undefined) => readonly NetworkRule[];

/** Readers by resource type. */
const READERS: Readonly<Record<string, Reader>> = {
  aws_vpc_security_group_ingress_rule: (rule) => ofRule(rule, "in"),
  aws_vpc_security_group_egress_rule: (rule) => ofRule(rule, "out"),
  aws_security_group_rule: (rule) =>
    ofBlock(rule, at(rule, "type") === "egress" ? "out" : "in", at(rule, "security_group_id")),
  aws_security_group: ofGroup,
  aws_default_security_group: ofGroup,
  aws_network_acl: ofGroup,
  aws_default_network_acl: ofGroup,
  aws_network_acl_rule: (rule) => ofBlock(rule, at(rule, "egress") === true ? "out" : "in", at(rule, "network_acl_id")),
  aws_lightsail_instance_public_ports: (ports) =>
    listOf(at(ports, "port_info")).flatMap((block) => ofLightsail(block, at(ports, "instance_name"))),
  google_compute_firewall: ofGoogleFirewall,
  azurerm_network_security_rule: (rule) => ofAzureRule(rule, at(rule, "network_security_group_name")),
  azurerm_network_security_group: (group) =>
    listOf(at(group, "security_rule")).flatMap((rule) => ofAzureRule(rule, at(group, "name"))),
};

export function hasNetworkRules(type: string): boolean {
  return Object.hasOwn(READERS, type);
}

/** The rules of a resource; empty for types that do not filter traffic. */
export function networkRulesOf(type: string, resource: Value | undefined): readonly NetworkRule[] {
  return entryOf(READERS, type)?.(resource) ?? [];
}

/** True when rules together apply to all traffic that another one applies to, with the same effect. */
export function includeTogether(rules: readonly NetworkRule[], narrow: NetworkRule): boolean {
  const { peer } = narrow;
  if (rules.some((wide) => includes(wide, narrow))) {
    return true;
  }
  const related = rules.filter((wide) => isRelated(wide, narrow));
  if (related.length < 2 || peer === undefined) {
    return false;
  }
  if (
    hasPorts(narrow.protocol) &&
    coverPorts(
      related.filter((wide) => covers(wide.peer ?? "", peer)),
      narrow,
    )
  ) {
    return true;
  }
  const halves = related.some((wide) => wide.peer !== peer && covers(peer, wide.peer ?? "")) ? halvesOf(peer) : [];
  return halves.length > 0 && halves.every((half) => includeTogether(related, { ...narrow, peer: half }));
}

/** True when the ports of rules together are all ports of another one. */
function coverPorts(rules: readonly NetworkRule[], { from, to }: NetworkRule): boolean {
  let next = from;
  for (const rule of rules.toSorted((one, other) => one.from - other.from)) {
    next = rule.from <= next ? Math.max(next, rule.to + 1) : next;
  }
  return next > to;
}

function isRelated(wide: NetworkRule, narrow: NetworkRule): boolean {
  return (
    wide.group === narrow.group &&
    wide.direction === narrow.direction &&
    wide.effect === narrow.effect &&
    (wide.protocol === "-1" || wide.protocol === narrow.protocol)
  );
}

/** True when `wide` applies to all traffic that `narrow` applies to, with the same effect. */
function includes(wide: NetworkRule, narrow: NetworkRule): boolean {
  return (
    isRelated(wide, narrow) &&
    (wide.protocol === "-1" || includesPorts(wide, narrow)) &&
    wide.peer !== undefined &&
    narrow.peer !== undefined &&
    (covers(wide.peer, narrow.peer) || (wide.peer === "0.0.0.0/0" && isGroup(narrow.peer)))
  );
}

/** Members of groups have addresses of IPv4. */
function isGroup(peer: string): boolean {
  return /^(\d{12}\/)?sg-/.test(peer);
}

function includesPorts(wide: NetworkRule, narrow: NetworkRule): boolean {
  return isIcmp(wide.protocol)
    ? (wide.from === -1 || wide.from === narrow.from) && (wide.to === -1 || wide.to === narrow.to)
    : wide.from <= narrow.from && wide.to >= narrow.to;
}

/** Text such as `tcp 80`, `tcp 8000-8080`, `icmp type 8 code 0`, or `all traffic`. */
export function trafficOf({ protocol, from, to }: NetworkRule): string {
  if (protocol === "-1") {
    return "all traffic";
  }
  if (isIcmp(protocol)) {
    return from === -1 ? `all ${protocol}` : `${protocol} type ${from}${to === -1 ? "" : ` code ${to}`}`;
  }
  if (!hasPorts(protocol)) {
    return /^\d+$/.test(protocol) ? `protocol ${protocol}` : protocol;
  }
  return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
}

function hasPorts(protocol: string): boolean {
  return ["tcp", "udp", "sctp"].includes(protocol);
}

function isIcmp(protocol: string): boolean {
  return protocol === "icmp" || protocol === "icmpv6";
}

/** Security groups and network ACLs with inline rules. */
function ofGroup(group: Value | undefined): readonly NetworkRule[] {
  const id = at(group, "id");
  return (["ingress", "egress"] as const).flatMap((side) =>
    listOf(at(group, side)).flatMap((block) => ofBlock(block, side === "ingress" ? "in" : "out", id)),
  );
}

function ofRule(rule: Value | undefined, direction: NetworkRule["direction"]): readonly NetworkRule[] {
  if (rule === undefined) {
    return [];
  }
  const peers = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"].map((name) =>
    at(rule, name),
  );
  const peer = peers.find((peer) => peer !== null && peer !== undefined);
  return [networkRule(rule, direction, at(rule, "security_group_id"), at(rule, "ip_protocol"), peer)];
}

const PEERS = [
  "cidrs",
  "ipv6_cidrs",
  "cidr_blocks",
  "cidr_block",
  "ipv6_cidr_blocks",
  "ipv6_cidr_block",
  "prefix_list_ids",
  "security_groups",
];

const SOURCE_GROUP = "source_security_group_id";

function ofBlock(
  block: Value | undefined,
  direction: NetworkRule["direction"],
  group: Value | undefined,
): readonly NetworkRule[] {
  const named = [
    ...PEERS.flatMap((name) => listOf(at(block, name))).filter((peer) => peer !== ""),
    ...(at(block, "self") === true ? [group ?? null] : []),
  ];
  const source = listOf(at(block, SOURCE_GROUP)).filter((peer) => peer !== "");
  // In a new rule with another peer, the provider computes the source.
  const peers = named.length > 0 && source[0] === UNKNOWN ? named : [...named, ...source];
  return peers.map((peer) => networkRule(block, direction, group, at(block, "protocol"), peer));
}

/** Ports without a peer are open to everyone. Source: "Instance firewalls in Amazon Lightsail" in its user guide. */
function ofLightsail(block: Value, instance: Value | undefined): readonly NetworkRule[] {
  const isSet = (name: string) => listOf(at(block, name)).some((peer) => peer !== UNKNOWN);
  return isSet("cidrs") || isSet("ipv6_cidrs") || isSet("cidr_list_aliases")
    ? ofBlock(block, "in", instance)
    : [networkRule(block, "in", instance, at(block, "protocol"), "0.0.0.0/0")];
}

function ofGoogleFirewall(firewall: Value | undefined): readonly NetworkRule[] {
  const isEgress = at(firewall, "direction") === "EGRESS";
  const peers = isEgress
    ? listOf(at(firewall, "destination_ranges"))
    : ["source_ranges", "source_tags", "source_service_accounts"].flatMap((name) => listOf(at(firewall, name)));
  const blocks = ["allow", "deny"].flatMap((action) =>
    listOf(at(firewall, action)).flatMap((block) =>
      portRanges(at(block, "ports")).map((range) => ({ action, protocol: at(block, "protocol") ?? "all", ...range })),
    ),
  );
  return at(firewall, "disabled") === true
    ? []
    : blocks.flatMap((block) =>
        peers.map((peer) => networkRule(block, isEgress ? "out" : "in", at(firewall, "network"), block.protocol, peer)),
      );
}

/** Names that Azure has for any address. */
const ANY_ADDRESS: readonly Value[] = ["*", "Internet", "Any"];

function ofAzureRule(rule: Value | undefined, group: Value | undefined): readonly NetworkRule[] {
  const isEgress = at(rule, "direction") === "Outbound";
  const side = isEgress ? "destination" : "source";
  const values = (...names: readonly string[]) => names.flatMap((name) => listOf(at(rule, name)));
  const action = at(rule, "access") === "Deny" ? "deny" : "allow";
  const protocol = at(rule, "protocol") === "*" ? "all" : at(rule, "protocol");
  return portRanges(values("destination_port_range", "destination_port_ranges")).flatMap((range) =>
    values(`${side}_address_prefix`, `${side}_address_prefixes`).map((peer) =>
      networkRule(
        { action, ...range },
        isEgress ? "out" : "in",
        group,
        protocol,
        ANY_ADDRESS.includes(peer) ? "0.0.0.0/0" : peer,
      ),
    ),
  );
}

/** Ports written as `22` or `8000-8080`; none, or `*`, are all. */
function portRanges(ports: Value | undefined): readonly { readonly from_port: number; readonly to_port: number }[] {
  const ranges = listOf(ports).map((range) => (range === "*" ? "0-65535" : String(range)));
  return (ranges.length === 0 ? ["0-65535"] : ranges).map((range) => {
    const [from = "", to = from] = range.split("-");
    return { from_port: Number(from), to_port: Number(to) };
  });
}

/** IANA protocol numbers, which AWS accepts in place of names. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  all: "-1",
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
  "132": "sctp",
};

/** The name of a protocol, which may be given as a number or in any letter case. */
export function protocolName(protocol: string): string {
  const written = protocol.toLowerCase();
  return entryOf(PROTOCOLS, written) ?? written;
}

function networkRule(
  rule: Value | undefined,
  direction: NetworkRule["direction"],
  group: Value | undefined,
  protocol: Value | undefined,
  peer: Value | undefined,
): NetworkRule {
  const name = protocol === UNKNOWN ? "-1" : protocolName(String(protocol));
  // Network ACLs have fields of their own for the type and code of ICMP; security groups use the port fields.
  const [from, to] = isIcmp(name)
    ? [at(rule, "icmp_type") ?? at(rule, "from_port"), at(rule, "icmp_code") ?? at(rule, "to_port")]
    : [at(rule, "from_port"), at(rule, "to_port")];
  const isAll = !isIcmp(name) && !hasPorts(name);
  const effect = at(rule, "rule_action") ?? at(rule, "action");
  return {
    group: stringOf(group),
    direction,
    effect: effect === "deny" || effect === "DENY" ? "deny" : "allow",
    protocol: name,
    from: isAll ? 0 : numberOf(from, isIcmp(name) ? -1 : 0),
    to: isAll ? 65_535 : numberOf(to, isIcmp(name) ? -1 : 65_535),
    peer: stringOf(peer)?.replace(/^\d{12}\/(?=sg-)/, ""),
  };
}

function stringOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: Value | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
