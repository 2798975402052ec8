#!/usr/bin/env bash
# EC2 rejects an apostrophe in the description of a security group rule. The AWS provider reports it in a plan for the older
# aws_security_group_rule, but not for aws_vpc_security_group_ingress_rule, which it recommends instead: the apply fails.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

check() {
  mkdir "$1"
  cat >"$1/main.tf" <<HCL
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

resource "$1" "rule" {
  security_group_id = "sg-0123456789abcdef0"
  description       = "From the team's office"
  from_port         = 443
  to_port           = 443
  $2
}
HCL
  terraform -chdir="$1" init -input=false >/dev/null
  terraform -chdir="$1" validate -no-color 2>&1 | grep -Eo "doesn.t comply with restrictions|The configuration is valid" || true
}

older=$(check aws_security_group_rule 'type = "ingress"
  protocol = "tcp"
  cidr_blocks = ["192.0.2.0/24"]')
newer=$(check aws_vpc_security_group_ingress_rule 'ip_protocol = "tcp"
  cidr_ipv4 = "192.0.2.0/24"')
echo "version:  AWS provider 5.100.0, $(terraform version | head -n 1), terraform validate, a description with an apostrophe"
echo "expected: aws_vpc_security_group_ingress_rule as aws_security_group_rule: $older"
echo "observed: $newer"
echo "source:   IpRange, Amazon EC2 API reference, Description: \"a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!\$*\""
[ "$older" = "doesn't comply with restrictions" ] && [ "$newer" = "The configuration is valid" ]
