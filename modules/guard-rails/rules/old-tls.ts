import { blocks, type Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Names of policies that allow TLS 1.2 and later only: `TLSv1.2_2021`, `ELBSecurityPolicy-TLS13-1-2-2021-06`, `…-FS-1-2-…`. */
const RECENT = /^TLSv1\.[23]|^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)/;

/** Visitors and CloudFront connect with TLS 1.2 or later wherever the certificate is your own. */
export const oldTls: Rule = {
  name: "old-tls",
  types: ["aws_cloudfront_distribution", "aws_lb_listener"],
  check: (resource) =>
    policies(resource)
      .filter(([, policy]) => !RECENT.test(String(policy)))
      .map(([argument, policy]) => `${argument} is ${show(policy)}: set a policy without TLS 1.0 and 1.1`),
};

function policies({ type, arguments: found }: Resource): readonly (readonly [string, unknown])[] {
  if (type === "aws_lb_listener") {
    return found.protocol === "HTTPS" || found.protocol === "TLS" ? [["ssl_policy", found.ssl_policy]] : [];
  }
  return blocks(found.viewer_certificate)
    .filter(({ cloudfront_default_certificate }) => cloudfront_default_certificate !== true)
    .map(({ minimum_protocol_version }) => ["viewer_certificate.minimum_protocol_version", minimum_protocol_version]);
}

function show(policy: unknown): string {
  return policy === undefined ? "missing" : `"${policy}"`;
}
