import { blocks, type Family, type Item, unpriced, type Values } from "../family.ts";
import { KB_OF_REQUEST } from "../usage.ts";

export const edge: Family = {
  name: "CloudFront and DNS",
  isGlobal: true,
  each: {
    // Cloud Map keeps the names of tasks in a private Route 53 zone, which is the only charge for tasks that ECS registers.
    // Source: "Service discovery" in the Amazon ECS developer guide, section on pricing.
    aws_service_discovery_private_dns_namespace: (_values, { prices: { route53 } }) => [
      { what: "hosted zones", quantity: 1, price: route53.zone },
    ],
    aws_route53_zone: (_values, { prices: { route53 } }) => [
      { what: "hosted zones", quantity: 1, price: route53.zone },
    ],
    aws_cloudfront_distribution: distributionVariants,
    aws_acm_certificate: ({ certificate_authority_arn, options }) =>
      certificate_authority_arn
        ? [unpriced("certificates of a private authority")]
        : blocks(options).some((option) => option.export === "ENABLED")
          ? [unpriced("certificates that can be exported")]
          : [],
    aws_wafv2_web_acl: ({ rule, rule_json }, { usage: { requests }, prices: { waf } }) => [
      { what: "web ACLs", quantity: 1, price: waf.acl },
      {
        what: "rules of web ACLs",
        quantity: rule_json || !Array.isArray(rule) ? undefined : rule.length,
        price: waf.rule,
      },
      ...groupsWithFees(rule).map((name) => unpriced(`the fees of ${name}`)),
      { what: "million requests through WAF", quantity: requests / 1e6, price: waf.requests, assumed: "all of them" },
    ],
  },
  once: {
    aws_cloudfront_distribution: ({ usage: { requests, gbOut }, prices: { cloudfront } }) => [
      {
        what: "10,000 requests",
        quantity: requests / 10_000,
        price: cloudfront.requests,
        assumed: "from North America and Europe",
      },
      {
        what: "GB to visitors",
        quantity: gbOut,
        price: cloudfront.data,
        assumed: `${KB_OF_REQUEST} KB each, to North America and Europe`,
      },
    ],
    // The redirect from www runs for each request of every name.
    aws_cloudfront_function: ({ usage: { requests }, prices: { cloudfront } }) => [
      {
        what: "million function invocations",
        quantity: requests / 1e6,
        price: cloudfront.functions,
        assumed: "one per request",
      },
    ],
  },
  // Public certificates are free. So are queries of alias records that lead to CloudFront.
  excluded: { aws_route53_zone: "queries, except those of aliases of AWS" },
  free: [
    "aws_acm_certificate_validation",
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_response_headers_policy",
    "aws_route53_record",
  ],
};

function distributionVariants(distribution: Values): Item[] {
  const { origin, viewer_certificate, anycast_ip_list_id, default_cache_behavior, ordered_cache_behavior } =
    distribution;
  const behaviors = [...blocks(default_cache_behavior), ...blocks(ordered_cache_behavior)];
  const isShielded = blocks(origin).some(({ origin_shield }) => blocks(origin_shield).some(({ enabled }) => enabled));
  return [
    ...(blocks(viewer_certificate).some(({ ssl_support_method }) => ssl_support_method === "vip")
      ? [unpriced("dedicated addresses of a distribution")]
      : []),
    ...(anycast_ip_list_id ? [unpriced("static addresses of a distribution")] : []),
    ...(isShielded ? [unpriced("requests to an origin shield")] : []),
    ...(behaviors.some(({ lambda_function_association }) => blocks(lambda_function_association).length > 0)
      ? [unpriced("functions on Lambda@Edge")]
      : []),
    ...(behaviors.some(({ realtime_log_config_arn }) => realtime_log_config_arn) ? [unpriced("real-time logs")] : []),
  ];
}

/** Managed rule groups with a monthly fee and one for requests. Source: https://aws.amazon.com/waf/pricing/ */
const WITH_FEES = /^AWSManagedRules(BotControl|ATP|ACFP|AntiDDoS)RuleSet$/;

function groupsWithFees(rule: unknown): string[] {
  const names = blocks(rule)
    .flatMap(({ statement }) => blocks(statement))
    .flatMap(({ managed_rule_group_statement }) => blocks(managed_rule_group_statement))
    .map(({ name }) => String(name));
  return names.filter((name) => WITH_FEES.test(name));
}
