import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";

/** Denies every action of a service on its resources to requests without TLS. */
export function overTlsOnly(service: "s3" | "sqs", resources: string[]): DataAwsIamPolicyDocumentStatement {
  return {
    sid: "OverTlsOnly",
    effect: "Deny",
    principals: [{ type: "*", identifiers: ["*"] }],
    actions: [`${service}:*`],
    resources,
    condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
}
