import type { Subject } from "../subject.ts";
import { type Judgement, text } from "./finding.ts";
import { isBucketsEnd } from "./protection.ts";
import { becomes, judgeBy, leaves, off, on, type Row } from "./table.ts";

// What becomes reachable for everybody.

const ANYBODY = "Anybody in the internet can reach it.";
const BLOCK = "The last barrier against a policy that makes the bucket public is gone.";

const ROWS: readonly Row[] = [
  ...["publicly_accessible", "associate_public_ip_address", "map_public_ip_on_launch"].map(
    (argument): Row => ({ type: "*", path: [argument], worse: on, severity: "danger", meaning: ANYBODY }),
  ),
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].map(
    (argument): Row => ({
      type: "aws_s3_bucket_public_access_block",
      path: [argument],
      worse: off,
      severity: "danger",
      meaning: BLOCK,
    }),
  ),
  {
    type: "aws_s3_bucket_acl",
    path: ["acl"],
    worse: becomes("public-read", "public-read-write", "authenticated-read"),
    severity: "danger",
    meaning: "Anybody can read what is in the bucket.",
  },
  {
    type: "aws_lb",
    path: ["internal"],
    worse: (before, after) => before === true && after === false,
    severity: "danger",
    meaning: ANYBODY,
  },
  {
    type: "aws_ecs_service",
    path: ["network_configuration", 0, "assign_public_ip"],
    worse: on,
    severity: "danger",
    meaning: "Tasks get addresses that the internet can reach.",
  },
  {
    type: "aws_lambda_function_url",
    path: ["authorization_type"],
    worse: becomes("NONE"),
    severity: "danger",
    meaning: "Anybody in the internet can call it.",
  },
  {
    type: "aws_lambda_permission",
    path: ["principal"],
    worse: becomes("*"),
    severity: "danger",
    meaning: "Any AWS account can call the function.",
  },
  {
    type: "aws_cognito_identity_pool",
    path: ["allow_unauthenticated_identities"],
    worse: on,
    severity: "danger",
    meaning: "People who have not signed in get credentials of the account.",
  },
  {
    type: "aws_cognito_user_pool",
    path: ["admin_create_user_config", 0, "allow_admin_create_user_only"],
    worse: off,
    severity: "danger",
    meaning: "Anybody can sign up.",
  },
  {
    type: "aws_cognito_user_pool",
    path: ["mfa_configuration"],
    worse: leaves("ON"),
    severity: "danger",
    meaning: "A password alone is enough to sign in.",
  },
  {
    type: "aws_eks_cluster",
    path: ["vpc_config", 0, "endpoint_public_access"],
    worse: on,
    severity: "danger",
    meaning: ANYBODY,
  },
];

export function publicAccess(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const { type, action } = subject;
  if (type === "aws_s3_bucket_public_access_block" && action === "destroy" && !isBucketsEnd(subject, others)) {
    return [{ severity: "danger", text: [...text`${type} is destroyed.`, ` ${BLOCK}`] }];
  }
  return judgeBy(ROWS, subject);
}
