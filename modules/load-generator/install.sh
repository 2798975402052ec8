#!/bin/bash
# Last part of the instance's user data, after the files of the load test and Vegeta's URL: installs Vegeta and starts the
# first load test. Contains no dollar sign before a brace, because Terraform would interpolate it.
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
# A later run only updates the files. Only a person starts a second load test.
if ! [ -e /var/lib/load-test ]; then
  systemctl start --no-block load-test
fi
