#!/usr/bin/env bash
# In an expression of GitHub Actions, a filter such as results.*.status selects the property from every value of an object. act returns a
# null for each value unless the object is one of its own, such as needs: a condition on the output of a job, read with fromJSON(), is
# false in act and true on GitHub. Filters on arrays work.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @actions/expressions@0.3.61
go mod init probe 2>/dev/null

cat >main.go <<'PROBE'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/nektos/act/pkg/exprparser"
)

func main() {
	interpreter := exprparser.NewInterpeter(&exprparser.EvaluationEnvironment{}, exprparser.Config{})
	result, err := interpreter.Evaluate(os.Args[1], exprparser.DefaultStatusCheckNone)
	if err != nil {
		panic(err)
	}
	text, _ := json.Marshal(result)
	fmt.Println(string(text))
}
PROBE
go get github.com/nektos/act@v0.2.89 2>/dev/null
go mod tidy 2>/dev/null
go build -o act .
cat >probe.mjs <<'PROBE'
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

const { tokens } = new Lexer(process.argv[2]).lex();
const result = new Evaluator(new Parser(tokens, [], []).parse(), new data.Dictionary()).evaluate();
console.log(JSON.stringify(result, data.replacer));
PROBE

array='[{"status":"passed"},{"status":"failed"}]'
object='{"unit":{"status":"passed"},"e2e":{"status":"failed"}}'
all() {
  "$@" "fromJSON('$object').*.status"
  "$@" "contains(fromJSON('$object').*.status, 'failed')"
  "$@" "fromJSON('$array').*.status"
}
github=$(all node probe.mjs | paste -sd " ")
act=$(all ./act | paste -sd " ")
echo "version:  act 0.2.89, fromJSON().*.status of an object, contains() of it, and fromJSON().*.status of an array"
echo "expected: as from @actions/expressions 0.3.61: $github"
echo "observed: $act"
echo "source:   https://docs.github.com/en/actions/reference/workflows-and-actions/expressions, Object filters: \"You may also use the"
echo "          * syntax on an object\"; https://github.com/nektos/act, pkg/exprparser/interpreter.go, getPropertyValueDereferenced"
[ "$github" = '["passed","failed"] true ["passed","failed"]' ] && [ "$act" = '[null,null] false ["passed","failed"]' ]
