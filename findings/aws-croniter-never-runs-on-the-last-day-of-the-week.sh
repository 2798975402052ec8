#!/usr/bin/env bash
# L as the day of the week of an AWS schedule is the last day of the week, Saturday. aws-croniter accepts it, but finds no run of it
# between any two dates: in a list of what is due, or in its search for conflicts, a job that runs each Saturday is missing without an
# error. In the day of the month, L works.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-croniter==2.1.1

cat >probe.py <<'PROBE'
import datetime
import sys

from aws_croniter import AwsCroniter

first, last = [datetime.datetime(2026, 11, day, tzinfo=datetime.timezone.utc) for day in (1, 30)]
runs = AwsCroniter(sys.argv[1]).get_all_schedule_bw_dates(first, last.replace(hour=23))
print(", ".join(f"{run:%A} {run.day}" for run in runs) or "none")
PROBE

week=$(venv/bin/python probe.py "0 10 ? * L *")
saturday=$(venv/bin/python probe.py "0 10 ? * SAT *")
month=$(venv/bin/python probe.py "0 10 L * ? *")
echo "version:  aws-croniter 2.1.1, the runs of cron(0 10 ? * L *) in November 2026"
echo "expected: as with SAT: $saturday (and as the last day of the month runs: $month)"
echo "observed: $week"
echo "source:   https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html: \"The L wildcard in the Day-of-month or"
echo "          Day-of-week fields specifies the last day of the month or week\", and Day-of-week: \"1-7 or SUN-SAT\"; README.md of"
echo "          aws-croniter: \"Handle special AWS cron syntax (e.g., ?, L, W, #)\""
[ "$saturday" = "Saturday 7, Saturday 14, Saturday 21, Saturday 28" ] && [ "$month" = "Monday 30" ] && [ "$week" = "none" ]
