#!/usr/bin/env bash
# Keys of X-Ray annotations may contain dots, as OpenTelemetry's attributes do. The X-Ray SDK for Python drops an annotation
# whose key has one, so filters on it find no trace. The SDK for Node.js sends it. Our trace filters accept such keys.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv packages
packages/bin/pip install --quiet --disable-pip-version-check aws-xray-sdk==2.15.0
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent aws-xray-sdk-core@3.12.0

cat >probe.py <<'PROBE'
import logging
from aws_xray_sdk.core.models.segment import Segment

logging.disable(logging.CRITICAL)
segment = Segment("like service")
segment.put_annotation("mysfit_id", "a")
segment.put_annotation("mysfit.id", "a")
print(", ".join(segment.annotations))
PROBE
cat >probe.cjs <<'PROBE'
const { Segment } = require("aws-xray-sdk-core");

const segment = new Segment("like service");
segment.addAnnotation("mysfit_id", "a");
segment.addAnnotation("mysfit.id", "a");
console.log(Object.keys(segment.annotations).join(", "));
PROBE

python=$(packages/bin/python probe.py)
node=$(node probe.cjs)
echo "version:  aws-xray-sdk 2.15.0 for Python, annotations mysfit_id and mysfit.id"
echo "expected: $node, as from aws-xray-sdk-core 3.12.0 for Node.js"
echo "observed: $python"
echo "source:   https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-python-segment.html, Annotation Requirements: \"You cannot use"
echo "          spaces or symbols other than a dot or period\""
[ "$node" = "mysfit_id, mysfit.id" ] && [ "$python" = "mysfit_id" ]
