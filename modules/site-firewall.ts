import { Construct } from "constructs";
import type { AwsProvider } from "#aws/provider";
import { Wafv2WebAcl } from "#aws/wafv2-web-acl";
import { UPDATE_USERS_FIRST } from "./update-users-first.ts";

export interface SiteFirewallProps {
  readonly name: string;
  /** `count` only counts the requests that a rule matches; `block` answers them with 403. */
  readonly mode: "count" | "block";
  /** Provider for us-east-1, where AWS keeps the web ACLs of CloudFront. */
  readonly edge: AwsProvider;
}

/**
 * Rule groups of AWS in the order of evaluation, cheapest first; 925 of the 1,500 capacity units that the price of a web ACL
 * includes. Source: "AWS Managed Rules rule groups list", AWS WAF developer guide.
 */
const RULE_GROUPS = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesKnownBadInputsRuleSet",
  "AWSManagedRulesCommonRuleSet",
];

/** Web application firewall in front of the site: a web ACL with managed rules of AWS, and a metric for each rule group. */
export class SiteFirewall extends Construct {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, { name, mode, edge }: SiteFirewallProps) {
    super(scope, id);
    this.webAclArn = new Wafv2WebAcl(this, "web-acl", {
      provider: edge,
      name: `${name}-site`,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rule: RULE_GROUPS.map((group, priority) => ({
        name: group,
        priority,
        overrideAction: mode === "count" ? { count: {} } : { none: {} },
        statement: { managed_rule_group_statement: { vendor_name: "AWS", name: group } },
        visibilityConfig: visible(group),
      })),
      visibilityConfig: visible(`${name}-site`),
      lifecycle: UPDATE_USERS_FIRST,
    }).arn;
  }
}

/** Metric in the namespace AWS/WAFV2 in us-east-1, and samples of the requests that a rule matched. */
function visible(metricName: string) {
  return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
