import { blocks, type Family } from "../family.ts";
import { KB_OF_REQUEST } from "../usage.ts";

export const edge: Family = {
  name: "CloudFront and DNS",
  each: {
    // Cloud Map keeps the names of tasks in a private Route 53 zone, which is the only charge for tasks that ECS registers.
    // Source: "Service discovery" in the Amazon ECS developer guide, section on pricing.
    aws_service_discovery_private_dns_namespace: (_values, { prices: { route53 } }) => [
      { what: "hosted zones", quantity: 1, price: route53.zone },
    ],
    aws_wafv2_web_acl: ({ rule }, { usage: { requests }, prices: { waf } }) => [
      { what: "web ACLs", quantity: 1, price: waf.acl },
      { what: "rules of web ACLs", quantity: blocks(rule).length, price: waf.rule },
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
  free: [
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_response_headers_policy",
    "aws_route53_record",
  ],
};
