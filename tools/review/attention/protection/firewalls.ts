import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isFields, isList, isNothing, listOf, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "../context.ts";
import { isVast } from "../ranges.ts";
import {
  becomes,
  changed,
  either,
  existing,
  fewer,
  gains,
  gone,
  leaves,
  missingFrom,
  more,
  type Row,
  rows,
  type Side,
  sameNamed,
} from "../table.ts";
import { text } from "../text.ts";

// Firewalls in front of applications and networks: WAF, CloudFront's countries, Network Firewall, DNS Firewall.

const NOT_FILTERED = "Requests are not filtered.";
const COUNTRIES = "restrictions.0.geo_restriction.0";

export const FIREWALLS: readonly Row[] = [
  ...rows("danger", "Requests that no rule blocks are allowed.", gone, { aws_wafv2_web_acl: "default_action.0.block" }),
  ...rows("danger", "Requests that no rule blocks are allowed.", becomes("ALLOW"), {
    aws_waf_web_acl: "default_action.0.type",
    aws_wafregional_web_acl: "default_action.0.type",
  }),
  ...rows("danger", "Requests for the tenant are not filtered.", becomes("disable"), {
    aws_cloudfront_distribution_tenant: "customizations.0.web_acl.0.action",
  }),
  ...rows("danger", "The rule group only counts requests and blocks none.", becomes("count"), {
    aws_wafv2_web_acl_rule_group_association: "override_action",
  }),
  ...rows("danger", "Attacks are counted, but no longer blocked.", leaves("BLOCK"), {
    aws_shield_application_layer_automatic_response: "action",
  }),
  ...rows("danger", "Requests that a removed rule blocks are allowed.", fewer, {
    aws_waf_web_acl: "rules",
    aws_wafregional_web_acl: "rule",
  }),
  ...rows("caution", "The firewall has different rules than before.", existing(either(changed, gone)), {
    aws_wafv2_web_acl: "rule_json",
  }),
  ...rows("caution", "The rule matches different requests than before.", existing(changed), {
    aws_waf_rate_based_rule: "predicates",
    aws_waf_rule: "predicates",
    aws_wafregional_rate_based_rule: "predicate",
    aws_wafregional_rule: "predicate",
  }),
  ...rows("caution", "Rules that use the set match different requests than before.", existing(changed), {
    aws_wafv2_regex_pattern_set: "regular_expression",
  }),
  ...rows("caution", "Holders of another key can sign URLs.", existing(more), { aws_cloudfront_key_group: "items" }),
  ...rows("danger", NOT_FILTERED, gone, {
    aws_cloudfront_distribution: "web_acl_id",
    aws_api_gateway_stage: "web_acl_arn",
  }),
  ...rows("danger", "Requests from all countries are accepted.", existing(becomes("none")), {
    aws_cloudfront_distribution: `${COUNTRIES}.restriction_type`,
  }),
  ...rows("caution", "Requests from more countries are accepted.", leavesCountries, {
    aws_cloudfront_distribution: `${COUNTRIES}.locations`,
    aws_cloudfront_multitenant_distribution: `${COUNTRIES}.items`,
  }),
  ...rows("danger", "Requests pass unfiltered while the firewall is not available.", becomes(true), {
    aws_lb: "enable_waf_fail_open",
    aws_alb: "enable_waf_fail_open",
  }),
  ...rows("danger", "Packets that no rule matches pass without inspection.", gains("aws:pass"), {
    aws_networkfirewall_firewall_policy: [
      "firewall_policy.0.stateless_default_actions",
      "firewall_policy.0.stateless_fragment_default_actions",
    ],
  }),
  ...rows("danger", "The firewall drops or reports less than before.", fewer, {
    aws_networkfirewall_firewall_policy: [
      "firewall_policy.0.stateful_default_actions",
      "firewall_policy.0.stateful_rule_group_reference",
      "firewall_policy.0.stateless_rule_group_reference",
    ],
  }),
  ...rows("caution", "The firewall has different rules than before.", existing(changed), {
    aws_cloudfront_distribution: "web_acl_id",
    aws_networkfirewall_firewall: "firewall_policy_arn",
  }),
  ...rows("caution", "The firewall matches different traffic than before.", changed, {
    aws_networkfirewall_rule_group: ["rule_group", "rules"],
  }),
  ...rows("danger", "The names that the rule matches resolve.", leaves("BLOCK"), {
    aws_route53_resolver_firewall_rule: "action",
  }),
  ...rows("caution", "Fewer names are blocked than before.", fewer, {
    aws_route53_resolver_firewall_domain_list: "domains",
  }),
  ...rows("caution", "Names resolve unfiltered while the firewall is not available.", becomes("ENABLED"), {
    aws_route53_resolver_firewall_config: "firewall_fail_open",
  }),
];

/** Countries that are added to the allowed ones or removed from the blocked ones. */
function leavesCountries(before: Side, after: Side, { before: old, after: whole }: Subject): boolean {
  const path = ["restrictions", 0, "geo_restriction", 0, "restriction_type"];
  const [was, is] = [at(old, ...path), at(whole, ...path)];
  return was === is && (is === "whitelist" ? more(before, after) : is === "blacklist" && fewer(before, after));
}

const WITH_RULES: ReadonlySet<string> = new Set(["aws_wafv2_web_acl", "aws_wafv2_rule_group"]);

/** Rules of a web ACL or rule group that block less than before, or block what they only counted. */
export function webAclRules({ type, before, after }: Subject): readonly Finding[] {
  if (type === "aws_wafv2_web_acl_rule") {
    return rulesIn(listOf(before), listOf(after));
  }
  if (!WITH_RULES.has(type) || before === undefined || after === undefined) {
    return [];
  }
  const [was, is] = [at(before, "rule"), at(after, "rule")];
  return isList(is) ? rulesIn(was, is) : [];
}

function rulesIn(was: Value | undefined, is: Value): readonly Finding[] {
  return [
    ...missingFrom(is, was, "name")
      .filter((rule) => !isSet(rule, "action", "allow"))
      .map(
        (rule): Finding => ({ severity: "danger", text: text`The rule ${nameOf(rule)} of the firewall is removed.` }),
      ),
    ...missingFrom(was, is, "name")
      .filter((rule) => isSet(rule, "action", "allow"))
      .map(
        (rule): Finding => ({
          severity: "caution",
          text: text`The new rule ${nameOf(rule)} allows requests before later rules see them.`,
        }),
      ),
    ...sameNamed(was, is, "name").flatMap(([one, other]) => changedRule(one, other)),
  ];
}

function changedRule(was: Value, is: Value): readonly Finding[] {
  const name = nameOf(is);
  if (isSet(was, "action", "block") && !isSet(is, "action", "block")) {
    return [{ severity: "danger", text: text`Requests that the rule ${name} matches are no longer blocked.` }];
  }
  if (!isSet(was, "override_action", "count") && isSet(is, "override_action", "count")) {
    return [{ severity: "danger", text: text`The rule group of ${name} only counts requests and blocks none.` }];
  }
  if (isSet(is, "action", "allow") && !isSet(was, "action", "allow")) {
    return [{ severity: "caution", text: text`The rule ${name} allows the requests that it matches.` }];
  }
  if (!equal(bare(at(was, "statement")), bare(at(is, "statement")))) {
    return [{ severity: "caution", text: text`The rule ${name} matches different requests than before.` }];
  }
  if (!equal(at(was, "priority"), at(is, "priority"))) {
    return [{ severity: "caution", text: text`The rule ${name} is evaluated in another order.` }];
  }
  return countsNoMore(was, is)
    ? [{ severity: "note", text: text`Requests that the rule ${name} only counted are blocked now.` }]
    : [];
}

/** A rule that blocks the requests that it counted, or whose group does. */
function countsNoMore(was: Value, is: Value): boolean {
  return (
    (isSet(was, "action", "count") && isSet(is, "action", "block")) ||
    (isSet(was, "override_action", "count") && isSet(is, "override_action", "none"))
  );
}

/** An action is a block with one empty block inside. */
function isSet(rule: Value, argument: string, action: string): boolean {
  return !isNothing(at(rule, argument, 0, action));
}

/** A value without what is not set, which the provider writes in several ways. */
function bare(value: Value | undefined): Value | undefined {
  if (isList(value)) {
    return value.map((inner) => bare(inner) ?? null);
  }
  return isFields(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, inner]) => !isNothing(inner))
          .map(([name, inner]) => [name, bare(inner) ?? null]),
      )
    : value;
}

function nameOf(rule: Value): Value {
  return at(rule, "name") ?? null;
}

/** The argument with the ranges, and the part of each element that holds one. */
const IP_SETS: Readonly<Record<string, readonly [argument: string, element?: string]>> = {
  aws_wafv2_ip_set: ["addresses"],
  aws_waf_ipset: ["ip_set_descriptors", "value"],
  aws_wafregional_ipset: ["ip_set_descriptor", "value"],
};

/** Ranges that an existing IP set gains or loses; which of them lets requests pass depends on the rules that use the set. */
export function ipSets({ type, before, after }: Subject, context: PlanContext): readonly Finding[] {
  const [argument, element] = entryOf(IP_SETS, type) ?? [];
  if (argument === undefined || before === undefined || after === undefined) {
    return [];
  }
  const ranges = (side: Value) =>
    listOf(at(side, argument))
      .map((one) => (element === undefined ? one : at(one, element)))
      .filter((range) => typeof range === "string");
  const [was, is] = [ranges(before), ranges(after)];
  const uses = usesOf(at(before, "arn"), context);
  const added = uses === "block" ? [] : is.filter((range) => !was.includes(range));
  const removed = uses === "allow" ? [] : was.filter((range) => !is.includes(range));
  return [
    ...added.map(
      (range): Finding => ({
        severity: uses === "allow" || isVast(range) ? "danger" : "caution",
        text: text`${range} joins the IP set: rules that allow its addresses let them pass.`,
      }),
    ),
    ...removed.map(
      (range): Finding => ({
        severity: uses === "block" ? "danger" : "caution",
        text: text`${range} leaves the IP set: rules that block its addresses let them pass.`,
      }),
    ),
  ];
}

/** The only action of the rules that name an IP set; undefined if it is not known. */
function usesOf(arn: Value | undefined, context: PlanContext): "allow" | "block" | undefined {
  const rules = firewallRules(context).filter((rule) => typeof arn === "string" && names(at(rule, "statement"), arn));
  const isPlain = rules.every((rule) => !hasNegation(at(rule, "statement")));
  const action = (["allow", "block"] as const).find((name) => rules.every((rule) => isSet(rule, "action", name)));
  return rules.length > 0 && isPlain ? action : undefined;
}

const firewallRules = oncePerPlan((context) => [
  ...context.ofType(...WITH_RULES).flatMap(reading(({ after }) => listOf(at(after, "rule")))),
  ...context.unchanged(...WITH_RULES).flatMap(({ after }) => listOf(at(after, "rule"))),
]);

function names(value: Value | undefined, arn: string): boolean {
  return value === arn || innerValues(value).some((inner) => names(inner, arn));
}

function hasNegation(value: Value | undefined): boolean {
  return (
    (isFields(value) && !isNothing(at(value, "not_statement"))) ||
    innerValues(value).some((inner) => hasNegation(inner))
  );
}

function innerValues(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : isFields(value) ? Object.values(value) : [];
}
