#!/usr/bin/env bash
# A response to HEAD has no body, and S3 sends the error code only in the body. The SDK for JavaScript does not use the status
# instead: for a bucket of another account (403) or another region (301), HeadBucket fails with "Unknown: UnknownError".
# Programs that check a bucket have to look at $metadata.httpStatusCode.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NODE_NO_WARNINGS=1 # The SDK warns about Node.js versions that it will not support.
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent @aws-sdk/client-s3@3.1169.0 @smithy/core@3.41.0

cat >probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { GetBucketLocationCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";

// Responds as S3 does.
const errors = { 301: ["PermanentRedirect", "Use another endpoint."], 403: ["AccessDenied", "Access Denied"] };
const Command = { get: GetBucketLocationCommand, head: HeadBucketCommand }[process.argv[2]];
const status = Number(process.argv[3]);
const [code, message] = errors[status];
const server = createServer((request, response) => {
  response.writeHead(status, { "content-type": "application/xml", "x-amz-bucket-region": "eu-west-1" });
  response.end(request.method === "HEAD" ? undefined : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
});
await once(server.listen(0, "127.0.0.1"), "listening");
const client = new S3Client({
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${server.address().port}`,
  forcePathStyle: true,
  credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
});
await client.send(new Command({ Bucket: "state" })).catch((error) => {
  console.log(`${error.name}: ${error.message} (${error.$metadata.httpStatusCode})`);
});
server.close();
server.closeAllConnections();
PROBE

get="$(node probe.mjs get 403), $(node probe.mjs get 301)"
head="$(node probe.mjs head 403), $(node probe.mjs head 301)"
echo "version:  @aws-sdk/client-s3 3.1169.0, HeadBucket with status 403 and 301"
echo "expected: a name that tells them apart, as from GetBucketLocation: $get"
echo "observed: $head"
echo "source:   https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (\"A message body is not included\") and"
echo "          https://github.com/smithy-lang/smithy-typescript/issues/1292"
[ "$get" = "AccessDenied: Access Denied (403), PermanentRedirect: Use another endpoint. (301)" ] &&
  [ "$head" = "Unknown: UnknownError (403), Unknown: UnknownError (301)" ]
