import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import test from "ava";

const CODE = readFileSync(join(import.meta.dirname, "../../modules/site-domain/redirect-www.js"), "utf8");

interface Answer {
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, { readonly value: string }>>;
}

/** Calls the function as CloudFront does. Source: "CloudFront Functions event structure", Amazon CloudFront developer guide. */
function handle(host: string, uri: string, query?: string): Answer {
  const request = { method: "GET", uri, headers: { host: { value: host } }, rawQueryString: () => query };
  const handler = runInNewContext(`${CODE}; handler`) as (event: object) => Answer;
  return handler({ version: "1.0", request });
}

test("www is redirected to the domain with its path and query, unchanged", (t) => {
  for (const [uri, query, address] of [
    ["/", undefined, "https://mysfits.example.com/"],
    ["/mysfits", "filter=GoodEvil&value=Good", "https://mysfits.example.com/mysfits?filter=GoodEvil&value=Good"],
    ["/a%20b", "q=%2F&q=2", "https://mysfits.example.com/a%20b?q=%2F&q=2"],
    ["/", "", "https://mysfits.example.com/"],
  ] as const) {
    const { statusCode, headers } = handle("www.mysfits.example.com", uri, query);
    t.is(statusCode, 308);
    t.is(headers.location?.value, address);
    t.is(headers["strict-transport-security"]?.value, "max-age=31536000");
  }
});

test("other names pass unchanged", (t) => {
  for (const host of ["mysfits.example.com", "d111111abcdef8.cloudfront.net", "wwwmysfits.example.com"]) {
    const { statusCode, headers } = handle(host, "/", "a=1");
    t.is(statusCode, undefined);
    t.is(headers.host?.value, host);
  }
});

test("nothing in the code looks like a Terraform template", (t) => {
  t.notRegex(CODE, /[$%]\{/);
});
