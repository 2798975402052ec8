#!/usr/bin/env bash
# JSON Schema has no flags for a pattern. z.toJSONSchema() of zod leaves out the flag of a pattern such as /^(dev|prod)$/i without an
# error, although it throws for types that it cannot represent: an editor or a pipeline with that schema rejects "Prod", which zod
# accepts. valibot throws.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent zod@4.6.7 ajv@8.20.0 valibot@1.5.0 @valibot/to-json-schema@1.8.0

cat >probe.mjs <<'PROBE'
import { toJsonSchema } from "@valibot/to-json-schema";
import Ajv from "ajv/dist/2020.js";
import * as v from "valibot";
import { z } from "zod";

const environment = /^(dev|prod)$/i;
const accepts = (isValid) => (isValid ? "accepts" : "rejects");
const probes = {
  zod: () => accepts(z.string().regex(environment).safeParse("Prod").success),
  schema: () => accepts(new Ajv.default().validate(z.toJSONSchema(z.string().regex(environment)), "Prod")),
  valibot: () => toJsonSchema(v.pipe(v.string(), v.regex(environment))).pattern,
};
try {
  console.log(probes[process.argv[2]]());
} catch (error) {
  console.log(error.message);
}
PROBE

zod=$(node probe.mjs zod)
schema=$(node probe.mjs schema)
valibot=$(node probe.mjs valibot)
echo "version:  zod 4.6.7, the pattern /^(dev|prod)\$/i and the text \"Prod\", which zod $zod"
echo "expected: a schema that accepts it, or an error, as from @valibot/to-json-schema 1.8.0: $valibot"
echo "observed: a schema that $schema it (ajv 8.20.0)"
echo "source:   https://zod.dev/json-schema, unrepresentable: \"Unrepresentable types throw an error\", and"
echo "          https://github.com/StefanTerdell/zod-to-json-schema/issues/116, the same fault in a predecessor"
[ "$zod" = "accepts" ] && [ "$valibot" = "RegExp flags are not supported by JSON Schema." ] && [ "$schema" = "rejects" ]
