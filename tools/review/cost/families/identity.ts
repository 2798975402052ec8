import type { Family } from "../family.ts";

export const identity: Family = {
  name: "IAM",
  free: [
    "aws_iam_openid_connect_provider",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "terraform_data",
  ],
};
