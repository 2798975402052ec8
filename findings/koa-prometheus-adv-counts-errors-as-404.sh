#!/usr/bin/env bash
# Koa answers an error that a middleware throws after all middleware has ended; until then, the status is 404. koa-prometheus-adv takes
# the status before that, so its metrics count each error 500 as code 404: the alarm for server errors stays silent, and the panel of
# missing pages rises. seek-koala records 500.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent koa@3.3.0 koa-prometheus-adv@1.0.1 prom-client@11.5.3 seek-koala@7.1.1

cat >probe.cjs <<'PROBE'
const { once } = require("node:events");
const Koa = require("koa");
const { DefaultHTTPMetricsInjector } = require("koa-prometheus-adv");
const { register } = require("prom-client");
const { MetricsMiddleware } = require("seek-koala");

const statuses = [];
const probes = {
  adv: () => DefaultHTTPMetricsInjector(register),
  seek: () => MetricsMiddleware.create({ distribution: (_name, _value, _rate, tags) => statuses.push(tags.http_status) }, () => ({})),
};

(async () => {
  const app = new Koa();
  app.silent = true;
  app.use(probes[process.argv[2]]());
  app.use(() => {
    throw new Error("no table");
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { status } = await fetch(`http://127.0.0.1:${server.address().port}/`);
  const counters = (await register.getMetricsAsJSON()).filter(({ type }) => type === "counter");
  statuses.push(...counters.flatMap(({ values }) => values.map(({ labels }) => labels.code)));
  console.log(`${statuses} for an answer with ${status}`);
  process.exit();
})();
PROBE

adv=$(node probe.cjs adv)
seek=$(node probe.cjs seek)
echo "version:  koa-prometheus-adv 1.0.1 with koa 3.3.0, the code of a request whose middleware throws an error"
echo "expected: as from seek-koala 7.1.1: $seek"
echo "observed: $adv"
echo "source:   https://github.com/koajs/koa/blob/master/docs/error-handling.md: \"The default error handler is essentially a try-catch at"
echo "          the very beginning of the middleware chain\", so its status comes after that of any middleware"
[ "$seek" = "500 for an answer with 500" ] && [ "$adv" = "404 for an answer with 500" ]
