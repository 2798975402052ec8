import type { Finding, Text } from "../../model.ts";
import { MOCK_ADDRESS, MOCK_MARK } from "../../plan/plans.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isFields, isList, isNothing, listOf, UNKNOWN, type Value } from "../../values/value.ts";
import { CONTEXT_TYPES, oncePerPlan, type PlanContext, reading, remaining } from "../context.ts";
import { covers, isVast, isWide } from "../ranges.ts";
import {
  becomes,
  changed,
  created,
  either,
  emptied,
  evaluateRows,
  existing,
  fewer,
  gains,
  more,
  off,
  type Row,
  rows,
  type Side,
  tableOf,
} from "../table.ts";
import { text } from "../text.ts";
import { type Parts, partsAfter } from "./listed-parts.ts";
import { hasNetworkRules, includeTogether, type NetworkRule, networkRulesOf, trafficOf } from "./network-rules.ts";
import { hasRoutes, movedSubnets, routes } from "./routes.ts";

const PREFIX_LIST = "aws_ec2_managed_prefix_list";

const OTHER_ORDER = "The first rule that matches applies, so other rules may decide now.";

const MORE_GROUPS = "The rules of the groups that it joins allow more traffic.";

export const NETWORK = tableOf([
  ...[
    ["security_groups"],
    ["security_group_ids"],
    ["vpc_security_group_ids"],
    ["broker_node_group_info", 0, "security_groups"],
    ["endpoint_details", 0, "security_group_ids"],
    ["network_configuration", 0, "security_group_ids"],
    ["network_configuration", 0, "security_groups"],
    ["network_interfaces", "*", "security_groups"],
    ["vpc_config", 0, "security_group_ids"],
    ["vpc_options", 0, "security_group_ids"],
  ].map((path): Row => ({ path, worse: existing(joins), severity: "caution", meaning: MORE_GROUPS })),
  ...rows(
    "caution",
    MORE_GROUPS,
    created((_before, after) => typeof after === "string"),
    { aws_network_interface_sg_attachment: "security_group_id" },
  ),
  ...rows("caution", "Routes of the VPN join the route table.", existing(more), {
    aws_default_route_table: "propagating_vgws",
    aws_route_table: "propagating_vgws",
  }),
  ...rows("caution", "Packets that were dropped reach the attached network.", off, {
    aws_ec2_transit_gateway_prefix_list_reference: "blackhole",
    aws_ec2_transit_gateway_route: "blackhole",
  }),
  ...rows("caution", "An old version of the protocol can be negotiated.", gains("ikev1"), {
    aws_vpn_connection: ["tunnel1_ike_versions", "tunnel2_ike_versions"],
  }),
  ...rows(
    "caution",
    "Packets to many addresses take this route.",
    (_before, after) => typeof after === "string" && isWide(after),
    { aws_ec2_transit_gateway_route: "destination_cidr_block", aws_vpn_connection_route: "destination_cidr_block" },
  ),
  ...rows("caution", "Subnets that leave it get the rules of the default network ACL.", fewer, {
    aws_network_acl: "subnet_ids",
  }),
  ...rows("caution", "Rules of the group that are not listed are removed.", either(created(isListed), fewer), {
    aws_vpc_security_group_rules_exclusive: ["egress_rule_ids", "ingress_rule_ids"],
  }),
  ...rows("caution", "Everything in the network can call the services.", emptied, {
    aws_vpclattice_service_network_vpc_association: "security_group_ids",
  }),
  ...rows("caution", OTHER_ORDER, changed, {
    aws_network_acl_rule: "rule_number",
  }),
  ...rows("caution", "Networks attach themselves without an approval.", becomes("enable"), {
    aws_ec2_transit_gateway: "auto_accept_shared_attachments",
  }),
  ...rows(
    "caution",
    "The other network is connected.",
    created((_before, after) => !isNothing(after)),
    {
      aws_ec2_transit_gateway_peering_attachment: "peer_account_id",
      aws_ec2_transit_gateway_vpc_attachment: "transit_gateway_id",
      aws_odb_network_peering_connection: "peer_network_id",
    },
  ),
]);

function isListed(_before: Side, after: Side): boolean {
  return isList(after);
}

/** Gets more groups. The first ones of a type that may be outside of a network only restrict it. */
function joins(before: Side, after: Side, { type }: Subject): boolean {
  return more(before, after) && !(listOf(before).length === 0 && OUTSIDE.test(type));
}

const OUTSIDE = /^aws_(lambda_function|opensearch_domain|elasticsearch_domain)$/;

/** Types without rules and routes of their own that decide which traffic is possible. */
const CONNECTING_TYPES: readonly string[] = [
  PREFIX_LIST,
  `${PREFIX_LIST}_entry`,
  "aws_internet_gateway",
  "aws_internet_gateway_attachment",
  "aws_main_route_table_association",
  "aws_route_table_association",
  "aws_vpc_peering_connection",
  "aws_vpc_peering_connection_accepter",
];

/** Traffic that is allowed after the change and was not before, denials that end, and routes that reach further. */
export function network(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type } = subject;
  if (!hasNetworkRules(type) && !hasRoutes(type) && !CONNECTING_TYPES.includes(type)) {
    return evaluateRows(NETWORK, subject);
  }
  return [
    ...unknownRules(subject),
    ...openedRules(subject, context),
    ...endedAllowances(subject, context),
    ...endedDenials(subject, context),
    ...renumbered(subject),
    ...prefixes(subject, context),
    ...routes(subject, context),
    ...movedSubnets(subject, context),
    ...connections(subject),
    ...adopted(subject),
    ...evaluateRows(NETWORK, subject),
  ];
}

function openedRules(subject: Subject, context: PlanContext): readonly Finding[] {
  const after = rulesAfterChange(subject)
    .filter(({ effect }) => effect === "allow")
    .map((rule) => ({ ...rule, peer: widestOf(rule.peer, context) }));
  return after
    .filter((rule) => !isContinued(rule, rulesBefore(context)))
    .filter((rule) => isFromInternet(rule) || !isOfNewGroup(rule, context))
    .map(findingFor);
}

/** Blocks with rules, routes, and ranges that the code sets as a whole to a value known only after apply. */
const BLOCKS = ["ingress", "egress", "route", "entry"];

function unknownRules({ before, after, configured: { attributes } }: Subject): readonly Finding[] {
  const unknown = BLOCKS.filter((name) => at(after, name) === UNKNOWN && attributes.includes(name));
  return before === undefined
    ? []
    : unknown.map((name) => ({
        severity: "caution",
        text: text`Its ${name} is known only after apply, and may allow more than before.`,
      }));
}

type Rules = ReadonlyMap<NetworkRule["group"], readonly NetworkRule[]>;

/** Rules of all resources in the plan, changed or not. */
const allRules = oncePerPlan((context): readonly Parts<NetworkRule>[] => {
  const changing = reading((subject: Subject) => ({
    areBlocks: !isRuleType(subject.type),
    mayEnd: subject.action !== "forget",
    before: networkRulesOf(subject.type, subject.before),
    after: rulesAfterChange(subject),
  }));
  const unchanged = context.unchanged(...[...CONTEXT_TYPES].filter(hasNetworkRules)).map(({ type, after }) => {
    const rules = networkRulesOf(type, after);
    return { areBlocks: !isRuleType(type), mayEnd: false, before: rules, after: rules };
  });
  return [...context.ofType(...context.types.filter(hasNetworkRules)).map(changing), ...unchanged];
});

/** Traffic that any resource in the plan allows or denies before and after the change. */
const rulesBefore = oncePerPlan((context) => byGroup(allRules(context).flatMap(({ before }) => before)));
const rulesAfter = oncePerPlan((context) => byGroup(partsAfter(allRules(context), keyOf)));

function keyOf(rule: NetworkRule): string {
  return Object.values(rule).join(" ");
}

function byGroup(rules: readonly NetworkRule[]): Rules {
  return Map.groupBy(rules, ({ group }) => group);
}

function isContinued(rule: NetworkRule, rules: Rules): boolean {
  return includeTogether(rules.get(rule.group) ?? [], rule);
}

/** For a prefix list in the plan that contains the internet, its widest range. */
function widestOf(peer: NetworkRule["peer"], context: PlanContext): NetworkRule["peer"] {
  return peer?.startsWith("pl-") ? (vastRanges(context).get(peer) ?? peer) : peer;
}

/** A range of each prefix list that contains the internet, by the list's ID. */
const vastRanges = oncePerPlan((context) => {
  const widest = ({ after }: Pick<Subject, "after">): [Value | undefined, string][] => {
    const ranges = listOf(at(after, "entry")).map((entry) => at(entry, "cidr"));
    const vast = ranges.filter((range) => typeof range === "string").find(isVast);
    return vast === undefined ? [] : [[at(after, "id"), vast]];
  };
  return new Map([
    ...context.ofType(PREFIX_LIST).flatMap(reading(widest)),
    ...context.unchanged(PREFIX_LIST).flatMap(widest),
  ]);
});

/** The ID of a replaced group is unknown, but its rules continue the ones of the old group. */
function rulesAfterChange(subject: Subject): readonly NetworkRule[] {
  const { type, before, action } = subject;
  const rules = networkRulesOf(type, remaining(subject));
  if (rules.length === 0 || action !== "replace") {
    return rules;
  }
  const group = networkRulesOf(type, before)[0]?.group;
  return rules.map((rule) => ({ ...rule, group: rule.group ?? group }));
}

/** A finding for an ingress or egress rule that is new. */
export function findingFor(rule: NetworkRule): Finding {
  const traffic = trafficOf(rule);
  const peer = peerOf(rule);
  if (isFromInternet(rule)) {
    return {
      severity: "danger",
      text: [...text`Allows ${traffic} from `, ...peer, ": anyone on the internet can connect."],
    };
  }
  const way = rule.direction === "in" ? text`Allows ${traffic} from ` : text`Allows ${traffic} to `;
  return { severity: "caution", text: [...way, ...peer, ", which was not allowed before."] };
}

function peerOf({ group, peer }: NetworkRule): Text {
  if (isNotCreatedYet(peer)) {
    return ["a peer that does not exist yet"];
  }
  return peer === group ? ["other members of the group"] : text`${peer}`;
}

function isNotCreatedYet(peer: NetworkRule["peer"]): peer is undefined {
  return peer === undefined || peer.startsWith(MOCK_ADDRESS) || peer.includes(MOCK_MARK);
}

function isFromInternet({ direction, peer }: NetworkRule): boolean {
  return direction === "in" && peer !== undefined && isVast(peer);
}

/** A new group needs rules; only access from the internet is worth a finding. */
function isOfNewGroup({ group }: NetworkRule, context: PlanContext): boolean {
  return group === undefined || group.includes(MOCK_MARK) || createdGroups(context).has(group);
}

/** IDs of security groups and network ACLs. Those of created ones are known only for mock outputs. */
const createdGroups = oncePerPlan((context) => groupIds(context, "create", "after"));
const destroyedGroups = oncePerPlan((context) => groupIds(context, "destroy", "before"));

function groupIds(context: PlanContext, which: Subject["action"], side: "before" | "after"): ReadonlySet<unknown> {
  const groups = context.ofType("aws_security_group", "aws_network_acl").filter(({ action }) => action === which);
  return new Set(groups.map(reading((group) => at(group[side], "id"))));
}

/** Rules that allowed traffic which no rule in the plan allows afterwards. The destruction of their group covers them. */
function endedAllowances(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, action, before } = subject;
  if (action === "update" || (action === "replace" && isRuleType(type))) {
    return endedRules(subject, context);
  }
  if (action !== "destroy" || !isRuleType(type)) {
    return [];
  }
  const ended = networkRulesOf(type, before).filter(
    (rule) => rule.effect === "allow" && !isContinued(rule, rulesAfter(context)),
  );
  const isOfDestroyed = ended.some(({ group }) => group !== undefined && destroyedGroups(context).has(group));
  return ended.length === 0 || isOfDestroyed
    ? []
    : [{ severity: "note", text: text`${type} is destroyed. Connections that no other rule allows fail.` }];
}

/** Former rules of a changed resource that no other rule continues, not even in part. */
function endedRules({ type, before, after }: Subject, context: PlanContext): readonly Finding[] {
  if (BLOCKS.some((name) => at(after, name) === UNKNOWN)) {
    return [];
  }
  const rules = networkRulesOf(type, after);
  const leaves = (group: NetworkRule["group"]) => rules.every((other) => other.group !== group);
  const isNarrowed = (rule: NetworkRule) =>
    rules.some((other) => includeTogether([rule], { ...other, peer: other.peer ?? rule.peer }));
  return networkRulesOf(type, before)
    .filter(({ effect, group }) => effect === "allow" && !(isRuleType(type) && leaves(group)))
    .filter((rule) => !isContinued(rule, rulesAfter(context)) && !isNarrowed(rule))
    .map((rule) => ({
      severity: "note",
      text: [
        ...text`No longer allows ${trafficOf(rule)}`,
        rule.direction === "in" ? " from " : " to ",
        ...peerOf(rule),
        ": connections that no other rule allows fail.",
      ],
    }));
}

/** Types of which each resource is one rule. */
const RULE_TYPES: readonly string[] = [
  "aws_network_acl_rule",
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

function isRuleType(type: string): boolean {
  return RULE_TYPES.includes(type);
}

/** Denials of network ACLs that no rule of the same ACL continues. */
function endedDenials(subject: Subject, context: PlanContext): readonly Finding[] {
  const denied = networkRulesOf(subject.type, subject.before).filter(({ effect }) => effect === "deny");
  if (denied.length === 0 || isOfDestroyedAcl(subject, context)) {
    return [];
  }
  return denied
    .filter((rule) => !isContinued(rule, rulesAfter(context)))
    .map((rule) => ({
      severity: isFromInternet(rule) ? "danger" : "caution",
      text: [
        ...text`No longer denies ${trafficOf(rule)}`,
        rule.direction === "in" ? " from " : " to ",
        { shown: rule.peer ?? null },
        ": other rules decide whether it is allowed.",
      ],
    }));
}

/** Inline rules of a network ACL that only get other numbers. */
function renumbered({ type, before, after }: Subject): readonly Finding[] {
  if (!/^aws_(default_)?network_acl$/.test(type)) {
    return [];
  }
  const rulesIn = (side: Value | undefined) =>
    ["ingress", "egress"].flatMap((direction) =>
      listOf(at(side, direction))
        .filter(isFields)
        .map(({ rule_no, ...rule }) => ({ rule_no, rule: { ...rule, direction } })),
    );
  const was = rulesIn(before);
  const isMoved = rulesIn(after).some(({ rule_no, rule }) => {
    const same = was.filter((other) => equal(other.rule, rule));
    return same.length > 0 && same.every((other) => other.rule_no !== rule_no);
  });
  return isMoved ? [{ severity: "caution", text: [`Its rules get other numbers. ${OTHER_ORDER}`] }] : [];
}

function isOfDestroyedAcl({ type, action, before }: Subject, context: PlanContext): boolean {
  return type === "aws_network_acl"
    ? action === "destroy"
    : destroyedGroups(context).has(at(before, "network_acl_id") ?? null);
}

/** Ranges are blocks of a list, or resources of their own. */
const PREFIX_TYPES: readonly string[] = [PREFIX_LIST, `${PREFIX_LIST}_entry`];

function rangesOf(type: string, side: Value | undefined): readonly string[] {
  const ranges =
    type === PREFIX_LIST ? listOf(at(side, "entry")).map((entry) => at(entry, "cidr")) : [at(side, "cidr")];
  return ranges.filter((range) => typeof range === "string");
}

function listIdOf(type: string, side: Value | undefined): Value | undefined {
  const id = at(side, type === PREFIX_LIST ? "id" : "prefix_list_id");
  return typeof id === "string" ? id : undefined;
}

/** Ranges of each prefix list before the change, in any form. */
const rangesBefore = oncePerPlan((context): ReadonlyMap<Value, readonly string[]> => {
  const read = reading(({ type, before }) => ({ id: listIdOf(type, before), ranges: rangesOf(type, before) }));
  const lists = Map.groupBy(context.ofType(...PREFIX_TYPES).map(read), ({ id }) => id ?? null);
  lists.delete(null);
  return new Map([...lists].map(([id, of]) => [id, of.flatMap(({ ranges }) => ranges)]));
});

/** Ranges added to a prefix list, which widen every rule and route that refers to it. */
function prefixes({ type, action, before, after }: Subject, context: PlanContext): readonly Finding[] {
  if (!PREFIX_TYPES.includes(type)) {
    return [];
  }
  const had = [...rangesOf(type, before), ...(rangesBefore(context).get(listIdOf(type, after) ?? null) ?? [])];
  return rangesOf(type, after)
    .filter(
      (cidr) =>
        !had.some((range) => covers(range, cidr)) && (type !== PREFIX_LIST || action !== "create" || isVast(cidr)),
    )
    .map((cidr) => ({
      severity: isVast(cidr) ? "danger" : "caution",
      text: text`${cidr} joins the prefix list: every rule that refers to the list allows it.`,
    }));
}

/** Types of the resources that a network has from the start, each with the argument that names it or the network, and its parts. */
const ADOPTED: Readonly<Record<string, readonly [argument: string, parts: string]>> = {
  aws_default_network_acl: ["default_network_acl_id", "rules"],
  aws_default_route_table: ["default_route_table_id", "routes"],
  aws_default_security_group: ["vpc_id", "rules"],
};

/** Terraform creates none of these types: it takes over what an existing network has. */
function adopted({ type, action, after }: Subject): readonly Finding[] {
  const [argument = "", parts] = entryOf(ADOPTED, type) ?? [];
  return action === "create" && parts !== undefined && typeof at(after, argument) === "string"
    ? [
        {
          severity: "caution",
          text: [
            `Terraform takes over the one that the network already has, and removes its ${parts} that are not in the code.`,
          ],
        },
      ]
    : [];
}

/** New connections of an existing network with another one or with the internet. */
function connections({ type, action, after }: Subject): readonly Finding[] {
  const network = at(after, "vpc_id");
  if (action !== "create") {
    return [];
  }
  if (/^aws_vpc_peering_connection(_accepter)?$/.test(type) && at(after, "auto_accept") !== true) {
    const owner = at(after, "peer_owner_id");
    const whose = typeof owner === "string" ? text` of the account ${owner}` : [];
    return [
      {
        severity: "caution",
        text: [
          "Connects the network with another one",
          ...whose,
          ", which traffic reaches as soon as a route leads there.",
        ],
      },
    ];
  }
  return /^aws_internet_gateway(_attachment)?$/.test(type) && typeof network === "string"
    ? [{ severity: "caution", text: text`The network ${network} gets an internet gateway, to which routes may lead.` }]
    : [];
}
