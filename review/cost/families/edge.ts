import type { Family } from "../family.ts";
import { KB_OF_REQUEST } from "../usage.ts";

export const edge: Family = {
  name: "CloudFront and DNS",
  each: {
    // Cloud Map keeps the names of tasks in a private zone of Route 53, and bills only that for what ECS registers.
    // Source: "Service discovery" in the Amazon ECS developer guide, its section on prices.
    aws_service_discovery_private_dns_namespace: (_values, { prices: { route53 } }) => [
      { what: "hosted zones", quantity: 1, price: route53.zone },
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
  },
  free: ["aws_cloudfront_origin_access_control", "aws_cloudfront_response_headers_policy", "aws_route53_record"],
};
