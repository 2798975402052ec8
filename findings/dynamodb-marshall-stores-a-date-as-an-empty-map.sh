#!/usr/bin/env bash
# marshall() of the AWS SDK for JavaScript rejects a Date and advises convertClassInstanceToMap, an option for class instances. With
# it, a Date becomes an empty map: the time is lost, and unmarshall() returns {}. JSON keeps it as text.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NODE_NO_WARNINGS=1 # The SDK warns about Node.js versions that it will not support.
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @aws-sdk/util-dynamodb@3.996.9 @aws-sdk/client-dynamodb@3.1164.0

cat >probe.mjs <<'PROBE'
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

class Like {
  mysfit = "a";
  at = new Date("2026-11-30T00:00:00Z");
}
const store = {
  class: () => unmarshall(marshall({ like: new Like() }, { convertClassInstanceToMap: true })),
  date: () => marshall({ at: new Like().at }),
  json: () => JSON.parse(JSON.stringify({ like: new Like() })),
}[process.argv[2]];
try {
  console.log(JSON.stringify(store().like));
} catch (error) {
  console.log(error.message.match(/Pass options\.\w+=\w+/)[0]);
}
PROBE

date=$(node probe.mjs date)
json=$(node probe.mjs json)
class=$(node probe.mjs class)
echo "version:  @aws-sdk/util-dynamodb 3.996.9, an object of a class with a Date; without options: \"$date\""
echo "expected: an error, or the time as from JSON: $json"
echo "observed: $class"
echo "source:   https://github.com/aws/aws-sdk-js-v3/issues/1534 and MarshallOptions.convertClassInstanceToMap of the package"
[ "$date" = "Pass options.convertClassInstanceToMap=true" ] && [ "$json" = '{"mysfit":"a","at":"2026-11-30T00:00:00.000Z"}' ] &&
  [ "$class" = '{"mysfit":"a","at":{}}' ]
