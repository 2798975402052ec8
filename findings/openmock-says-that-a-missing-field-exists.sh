#!/usr/bin/env bash
# The exists query of OpenSearch finds the documents that have a value for a field. openmock, a mock of OpenSearch for tests, also finds
# those that lack the field, and leaves out null only. The opposite, must_not exists, then misses the very documents it is for: a query for
# logs without a trace finds them on OpenSearch and not in its test.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openmock==3.2.0 opensearch-py==3.2.0

cat >probe.py <<'PROBE'
import sys

import opensearchpy
from openmock import openmock

logs = {"traced": {"trace": "1-6553"}, "null": {"trace": None}, "untraced": {"level": 30}}
exists = {"exists": {"field": "trace"}}
queries = {"exists": exists, "must_not": {"bool": {"must_not": [exists]}}, "match_all": {"match_all": {}}}


@openmock
def find(query):
    client = opensearchpy.OpenSearch()
    for name, log in logs.items():
        client.index(index="logs", id=name, body=log)
    return [hit["_id"] for hit in client.search(index="logs", body={"query": query})["hits"]["hits"]]


print(*find(queries[sys.argv[1]]), sep=", ")
PROBE

all=$(venv/bin/python probe.py match_all)
with=$(venv/bin/python probe.py exists)
without=$(venv/bin/python probe.py must_not)
echo "version:  openmock 3.2.0, the logs with and without a trace of three, called $all; untraced lacks the field"
echo "expected: with: traced; without: null, untraced"
echo "observed: with: $with; without: $without"
echo "source:   https://docs.opensearch.org/latest/query-dsl/term/exists/: \"search for documents that contain a specific field\""
echo "          and no value exists if \"The field in the source JSON is null or []\""
[ "$all" = "traced, null, untraced" ] && [ "$with" = "traced, untraced" ] && [ "$without" = "null" ]
