#!/bin/bash
# The end of the instance's user data, when the files of the load test are in place and it is said where Vegeta comes from:
# installs it and begins the first attack. Terraform takes a dollar sign before a brace for its own, so there is none in here.
set -euo pipefail

if ! [ -x /usr/local/bin/vegeta ]; then
  folder=$(mktemp --directory)
  trap 'rm -rf "$folder"' EXIT
  curl --fail --silent --show-error --location --retry 5 --retry-all-errors --output "$folder/archive" "$VEGETA_URL"
  echo "$VEGETA_SHA256  $folder/archive" | sha256sum --check --quiet
  tar -xzf "$folder/archive" -C "$folder" vegeta
  install -m 0755 "$folder/vegeta" /usr/local/bin/vegeta.new
  mv /usr/local/bin/vegeta.new /usr/local/bin/vegeta
fi

systemctl daemon-reload
# Run again, this brings the files up to date and attacks nobody: a second attack is for a person to begin.
if ! [ -e /var/lib/load-test ]; then
  systemctl start --no-block load-test
fi
