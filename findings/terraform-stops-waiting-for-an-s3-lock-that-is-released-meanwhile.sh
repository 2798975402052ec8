#!/usr/bin/env bash
# With -lock-timeout, Terraform tries again while another run holds the lock of an S3 state. If that lock is released after the
# attempt to take it (PutObject with If-None-Match, 412) and before Terraform reads who holds it (GetObject, 404), Terraform ends
# with an error at once, although the lock is free.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[server,s3]==5.2.1'

# Fake S3 with a bucket and a lock, which its holder releases just before it is first read.
cat >s3.py <<'PYTHON'
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import Client

moto = DomainDispatcherApplication(create_backend_app)
s3 = Client(moto)
signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request"}
lock = "/states/shop.tfstate.tflock"
s3.put("/states", headers=signed)
s3.put(lock, headers=signed, data='{"ID": "another run"}')
held = True


def release_at_first_look(environ, start_response):
    global held
    if held and environ["PATH_INFO"] == lock and environ["REQUEST_METHOD"] == "GET":
        held = False
        s3.delete(lock, headers=signed)
    return moto(environ, start_response)


server = make_server("127.0.0.1", 0, release_at_first_look, threaded=True)
print(server.port, flush=True)
server.serve_forever()
PYTHON
venv/bin/python s3.py >port 2>/dev/null &
server=$!
until [ -s port ]; do sleep 0.2; done

cat >main.tf <<'HCL'
terraform {
  backend "s3" {
    bucket                      = "states"
    key                         = "shop.tfstate"
    region                      = "us-east-1"
    use_lockfile                = true
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
  }
}

resource "terraform_data" "shop" {}
HCL
AWS_ENDPOINT_URL_S3="http://127.0.0.1:$(cat port)"
export AWS_ENDPOINT_URL_S3 AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
terraform init -input=false >/dev/null
try() {
  terraform apply -auto-approve -input=false -no-color -lock-timeout=60s 2>&1 | tr '\n' ' ' |
    grep -Eo 'Apply complete|NoSuchKey' || true
}
first=$(try)
second=$(try)
echo "version:  $(terraform version | head -n 1), S3 backend with use_lockfile, terraform apply -lock-timeout=60s"
echo "expected: another attempt, and then Apply complete"
echo "observed: $first; the same command again: $second"
echo "source:   https://developer.hashicorp.com/terraform/cli/commands/apply, -lock-timeout: \"retry acquiring a lock for a period of"
echo "          time before returning an error\"; hashicorp/terraform, internal/states/statemgr/locker.go, LockWithContext"
[ "$first" = "NoSuchKey" ] && [ "$second" = "Apply complete" ]
