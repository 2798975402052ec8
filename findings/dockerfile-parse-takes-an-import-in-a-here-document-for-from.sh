#!/usr/bin/env bash
# dockerfile-parse reads the lines of a here-document as instructions, and FROM in any case. In a script for RUN python3, "from json
# import dumps" becomes the base image "json", and a new base image replaces that line of the script instead of FROM.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dockerfile-parse==2.0.1
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent dockerfile-ast@0.7.1

cat >Dockerfile <<'DOCKERFILE'
# syntax=docker/dockerfile:1
FROM python:3.13-slim
RUN python3 <<EOF
from json import dumps
print(dumps({}))
EOF
DOCKERFILE
cat >probe.py <<'PROBE'
from dockerfile_parse import DockerfileParser

dockerfile = DockerfileParser("Dockerfile")
print(" ".join(dockerfile.parent_images))
dockerfile.baseimage = "python:3.14-slim"
PROBE
cat >probe.cjs <<'PROBE'
const { readFileSync } = require("node:fs");
const { DockerfileParser } = require("dockerfile-ast");

console.log(DockerfileParser.parse(readFileSync("Dockerfile", "utf8")).getFROMs().map((from) => from.getImage()).join(" "));
PROBE

ast=$(node probe.cjs)
parse=$(venv/bin/python probe.py)
lines=$(sed -n '2p;4p' Dockerfile | paste -sd ";")
echo "version:  dockerfile-parse 2.0.1, the images of a Dockerfile, and its lines 2 and 4 after the base image was set to python:3.14-slim"
echo "expected: as from dockerfile-ast 0.7.1: $ast; and FROM python:3.14-slim;from json import dumps"
echo "observed: $parse; and $lines"
echo "source:   https://docs.docker.com/reference/dockerfile/, Here-Documents;"
echo "          https://github.com/containerbuildsystem/dockerfile-parse/issues/145"
[ "$ast" = "python:3.13-slim" ] && [ "$parse" = "python:3.13-slim json" ] &&
  [ "$lines" = "FROM python:3.13-slim;FROM python:3.14-slim" ]
