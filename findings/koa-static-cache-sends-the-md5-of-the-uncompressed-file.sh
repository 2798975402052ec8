#!/usr/bin/env bash
# koa-static-cache compresses a file and sends the Content-MD5 of the uncompressed one: a client that checks what arrived takes every
# compressed file for damaged. The strong ETag is that of the uncompressed file, too, so a cache may join bytes of both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent koa@3.3.0 koa-static-cache@5.1.4

mkdir site
printf 'console.log("like");\n%.0s' {1..200} >site/app.js
cat >probe.cjs <<'PROBE'
const { createHash } = require("node:crypto");
const { once } = require("node:events");
const { get } = require("node:http");
const Koa = require("koa");
const staticCache = require("koa-static-cache");

(async () => {
  const server = new Koa().use(staticCache("site", { gzip: true })).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/app.js`;
  const headers = { "Accept-Encoding": process.argv[2] };
  const [response] = await once(get(url, { headers }), "response");
  const body = Buffer.concat(await response.toArray());
  const coding = response.headers["content-encoding"] ?? "identity";
  const isOwn = createHash("md5").update(body).digest("base64") === response.headers["content-md5"];
  console.log(`${coding}, MD5 of ${isOwn ? "the" : "another"} body, ETag ${response.headers.etag}`);
  process.exit();
})();
PROBE

plain=$(node --no-deprecation probe.cjs identity)
compressed=$(node --no-deprecation probe.cjs gzip)
echo "version:  koa-static-cache 5.1.4 with koa 3.3.0, a script of 4 KB"
echo "expected: gzip, MD5 of the body, and an ETag of its own"
echo "observed: $plain"
echo "          $compressed"
echo "source:   https://www.rfc-editor.org/rfc/rfc2616#section-14.15: the digest includes \"any content-coding that has been applied\";"
echo "          https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8.3.3: a strong ETag \"has to be distinct\" for each coding"
[[ "$plain" == "identity, MD5 of the body, ETag "* ]]
[ "$compressed" = "gzip, MD5 of another body, ETag ${plain##* }" ]
