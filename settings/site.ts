import { z } from "zod";
import { DOMAIN_NAME } from "./domain-name.ts";
import { hostedZoneId } from "./hosted-zone-id.ts";
import { onOff } from "./on-off.ts";

// Every message completes the sentence "expected …", as in schema.ts.

/** ACM takes 64 characters for a certificate's first name. Source: RequestCertificate, AWS Certificate Manager API reference. */
const DOMAIN = "a domain in lowercase of at most 64 characters, such as mysfits.example.com";

/** Your own domain in front of CloudFront. */
export const site = z
  .strictObject({
    /** Name that visitors use. */
    domain: z.string(DOMAIN).max(64, DOMAIN).regex(DOMAIN_NAME, DOMAIN),
    /** Certificate of the domain and, for the redirect, of www. If omitted, it is created and validated in the hosted zone. */
    certificateArn: z
      .string()
      .regex(
        /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
        "the ARN of an ACM certificate in us-east-1, the region that CloudFront takes certificates from",
      )
      .optional(),
    /** Public Route 53 zone for the records of the domain. If omitted, you create the records yourself. */
    hostedZoneId: hostedZoneId.optional(),
    /** Redirects www.<domain> to the domain. */
    redirectWww: onOff.default(false),
  })
  .superRefine(({ domain, certificateArn, hostedZoneId, redirectWww }, context) => {
    if (!certificateArn && !hostedZoneId) {
      const message = "the ARN of a certificate, or site.hostedZoneId to create one in";
      context.addIssue({ code: "custom", path: ["certificateArn"], message });
    }
    if (redirectWww && domain.startsWith("www.")) {
      context.addIssue({ code: "custom", path: ["domain"], message: "a domain without www, which redirects to it" });
    }
  });

/** Keeps the two host names apart: the load balancer's has its own DNS record, and bypasses CloudFront. */
export function ownNameForSite(
  { site, tls }: { site?: { domain: string } | undefined; tls?: { hostName: string } | undefined },
  context: z.RefinementCtx,
): void {
  if (site && tls && [site.domain, `www.${site.domain}`].includes(tls.hostName)) {
    context.addIssue({
      code: "custom",
      path: ["tls", "hostName"],
      message: `another name than the site's, such as origin.${site.domain}`,
    });
  }
}
