#!/usr/bin/env bash
# Terraform configures a provider in every run. An AWS provider that keeps running, as for debugging, accepts that any number of
# times, but only once if AWS_CA_BUNDLE names a bundle of certificates, as behind many company proxies.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=proxy.example" -keyout key.pem -out bundle.pem 2>/dev/null
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
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_sqs_queue" "likes" {}
HCL
terraform init -input=false >/dev/null

# Starts a provider, and plans twice with it. Prints the result of each plan.
plan_twice() {
  local log=$1.log provider output
  touch "$log"
  PLUGIN_UNIX_SOCKET_DIR=$folder "$(find -L .terraform -type f -name 'terraform-provider-aws*')" -debug >"$log" 2>/dev/null &
  provider=$!
  until grep -q "TF_REATTACH_PROVIDERS='" "$log"; do sleep 0.2; done
  TF_REATTACH_PROVIDERS=$(sed -n "s/.*TF_REATTACH_PROVIDERS='\(.*\)'/\1/p" "$log")
  export TF_REATTACH_PROVIDERS
  for plan in 1 2; do
    output=$(terraform plan -input=false -no-color 2>&1 || true)
    grep -Eo -m 1 "1 to add|unable to add custom RootCAs" <<<"$output" || echo "plan $plan: neither"
  done
  kill "$provider"
}

without=$(unset AWS_CA_BUNDLE && plan_twice without | paste -sd, -)
with=$(export AWS_CA_BUNDLE=$folder/bundle.pem && plan_twice with | paste -sd, -)
echo "version:  AWS provider 5.100.0, $(terraform version | head -n 1), two plans with a provider in debug mode"
echo "expected: the same with and without AWS_CA_BUNDLE: $without"
echo "observed: $with"
echo "source:   aws-sdk-go-v2, config/resolve.go, resolveCustomCABundle, takes only an HTTP client whose transport it can change;"
echo "          \"Debugging Terraform provider plugins\", HashiCorp: a provider in debug mode serves several runs of Terraform"
[ "$without" = "1 to add,1 to add" ] && [ "$with" = "1 to add,unable to add custom RootCAs" ]
