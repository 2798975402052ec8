#!/usr/bin/env bash
# A day-of-month in a cron expression means that day of a month. If a month lacks it, aws-cron-parser counts on into the next month: a
# schedule for the 31st also "runs" on March 3, and one for February 29 runs on March 1 of every year without one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-cron-parser@1.1.12 cron-parser@5.10.6

cat >probe.cjs <<'PROBE'
const { next, parse } = require("aws-cron-parser");
const { CronExpressionParser } = require("cron-parser");

const [library, day, month] = process.argv.slice(2);
const start = new Date("2026-02-01T00:00:00Z");
const date = {
  aws: () => next(parse(`0 9 ${day} ${month} ? *`), start),
  standard: () => CronExpressionParser.parse(`0 9 ${day} ${month} *`, { currentDate: start, tz: "UTC" }).next().toDate(),
}[library]();
console.log(date.toISOString().slice(0, 10));
PROBE

aws="$(node probe.cjs aws 31 '*'), $(node probe.cjs aws 29 2)"
standard="$(node probe.cjs standard 31 '*'), $(node probe.cjs standard 29 2)"
echo "version:  aws-cron-parser 1.1.12, the first run after February 1, 2026, of cron(0 9 31 * ? *) and of cron(0 9 29 2 ? *)"
echo "expected: as from cron-parser 5.10.6 for the same days: $standard"
echo "observed: $aws"
echo "source:   https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html, Day-of-month and Month; and"
echo "          https://github.com/beemhq/aws-cron-parser; its Python version fails instead: pitchblack408/pyawscron, pull request 58"
[ "$standard" = "2026-03-31, 2028-02-29" ] && [ "$aws" = "2026-03-03, 2026-03-01" ]
