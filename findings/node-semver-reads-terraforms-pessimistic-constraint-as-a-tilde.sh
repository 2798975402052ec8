#!/usr/bin/env bash
# In a version constraint of Terraform, "~> 1.2" means at least 1.2 and below 2.0: only the last part that is given may grow. The npm
# package semver accepts the same text and means at least 1.2 and below 1.3. A tool that checks required_version with it picks an old
# release or none. With three parts, as in "~> 1.2.0", both agree.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent semver@7.8.6
go mod init probe 2>/dev/null

cat >probe.cjs <<'PROBE'
const { maxSatisfying } = require("semver");

const [constraint, ...versions] = process.argv.slice(2);
console.log(maxSatisfying(versions, constraint) ?? "none");
PROBE
cat >main.go <<'PROBE'
package main

import (
	"fmt"
	"os"
	"sort"

	"github.com/hashicorp/go-version"
)

func main() {
	constraint := version.MustConstraints(version.NewConstraint(os.Args[1]))
	matching := version.Collection{}
	for _, text := range os.Args[2:] {
		if candidate := version.Must(version.NewVersion(text)); constraint.Check(candidate) {
			matching = append(matching, candidate)
		}
	}
	sort.Sort(matching)
	if len(matching) == 0 {
		fmt.Println("none")
		return
	}
	fmt.Println(matching[len(matching)-1])
}
PROBE
go get github.com/hashicorp/go-version@v1.9.0 2>/dev/null
go build -o go-version .

all() {
  "$@" '~> 1.2' 1.2.9 1.11.4 2.0.0
  "$@" '~> 1.2' 1.11.4 2.0.0
  "$@" '~> 1.2.0' 1.2.9 1.11.4
}
semver=$(all node probe.cjs | paste -sd " ")
go=$(all ./go-version | paste -sd " ")
echo 'terraform { required_version = "~> 1.2" }' >main.tf
terraform init -input=false >/dev/null && terraform=accepts || terraform=rejects
echo "version:  semver 7.8.6, the newest match of ~> 1.2 in 1.2.9, 1.11.4, and 2.0.0, the same without 1.2.9, and that of ~> 1.2.0"
echo "expected: as from github.com/hashicorp/go-version 1.9.0: $go; $(terraform version | head -n 1) $terraform ~> 1.2"
echo "observed: $semver"
echo "source:   https://developer.hashicorp.com/terraform/language/expressions/version-constraints, ~>: \"Allows only the rightmost version"
echo "          component to increment\"; fixed in a tool that read it like npm: https://github.com/clowdhaus/terraform-min-max/pull/94"
[ "$terraform" = "accepts" ] && [ "$go" = "1.11.4 1.11.4 1.2.9" ] && [ "$semver" = "1.2.9 none 1.2.9" ]
