#!/usr/bin/env bash
# The documentation of aws_iam_policy_document says that all condition blocks of a statement must be true. Two blocks with the same
# test and variable become one list of values, of which one is enough: a statement meant to deny the deletion of services whose tag
# matches "shop-*" and "*-production" denies it for each of the two patterns.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.tf <<'HCL'
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

data "aws_iam_policy_document" "deny" {
  statement {
    effect    = "Deny"
    actions   = ["ecs:DeleteService"]
    resources = ["*"]
    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/service"
      values   = ["shop-*"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/service"
      values   = ["*-production"]
    }
  }
}

output "condition" {
  value = jsonencode(jsondecode(data.aws_iam_policy_document.deny.json).Statement[0].Condition)
}
HCL
terraform init -input=false >/dev/null
terraform apply -auto-approve -input=false >/dev/null
observed=$(terraform output -raw condition)
echo "version:  AWS provider 5.100.0, $(terraform version | head -n 1), two conditions on the tag \"service\""
echo "expected: an error, because a policy cannot express this"
echo "observed: $observed"
echo "source:   https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document, condition:"
echo "          \"they must all evaluate to true\"; https://github.com/hashicorp/terraform-provider-aws/pull/33093 and, on the values of"
echo "          one key, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html"
[ "$observed" = '{"StringLike":{"aws:ResourceTag/service":["shop-*","*-production"]}}' ]
