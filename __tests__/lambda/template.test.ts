import test from "ava";
import { MAX_EXTRA_CHARACTERS, MAX_EXTRAS } from "../../lambda/log-shipper/document.ts";
import { INDEX_TEMPLATE } from "../../lambda/log-shipper/template.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { AMPLE_TIME, SHORT_TIME, startShipper } from "./start-shipper.ts";

const LINES = deliveryOf([lineOf(1, "a line")]);

test("only a cold start puts the template and the policy, before the first document", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  await shipper.ship(LINES, AMPLE_TIME);
  await shipper.ship(LINES, AMPLE_TIME);

  t.deepEqual(searchDomain.requests, [
    "GET /_plugins/_ism/policies/mysfits-cwl-retention",
    "PUT /_plugins/_ism/policies/mysfits-cwl-retention",
    "POST /_plugins/_ism/add/cwl-*",
    "PUT /_index_template/mysfits-cwl",
    "POST /_bulk",
    "POST /_bulk",
  ]);
  t.deepEqual(searchDomain.guessedIndices, []);
  t.deepEqual(searchDomain.template, JSON.parse(JSON.stringify(INDEX_TEMPLATE)));
});

test("on Elasticsearch 7.10 the policy goes to Open Distro's path", async (t) => {
  const { searchDomain, shipper } = await startShipper(t, { engine: "elasticsearch" });

  await shipper.ship(LINES, AMPLE_TIME);

  t.deepEqual([...searchDomain.policies.keys()], ["/_opendistro/_ism/policies/mysfits-cwl-retention"]);
});

test("the policy deletes indices after the configured number of days and is updated when that changes", async (t) => {
  const { searchDomain, newShipper } = await startShipper(t);
  const agesInForce = () =>
    [...searchDomain.policies.values()].map(({ policy, seqNo }) => [
      seqNo,
      (policy.states as { transitions: { conditions: object }[] }[])[0]?.transitions[0]?.conditions,
    ]);

  await newShipper(14).ship(LINES, AMPLE_TIME);
  t.deepEqual(agesInForce(), [[7, { min_index_age: "14d" }]]);
  await newShipper(14).ship(LINES, AMPLE_TIME);
  t.deepEqual(agesInForce(), [[7, { min_index_age: "14d" }]], "the same policy is not put again");
  await newShipper(30).ship(LINES, AMPLE_TIME);
  t.deepEqual(agesInForce(), [[8, { min_index_age: "30d" }]]);
});

test("a rejected policy does not delay the lines and is tried again", async (t) => {
  const { searchDomain, shipper, warnings } = await startShipper(t);
  searchDomain.policyStatus = 403;

  t.like(await shipper.ship(LINES, AMPLE_TIME), { created: 1 });
  t.is(searchDomain.policies.size, 0);
  t.regex(
    warnings.join(),
    /^the retention policy was not set and will be tried again with the next invocation: .*403.*no permissions/,
  );

  searchDomain.policyStatus = undefined;
  await shipper.ship(LINES, AMPLE_TIME);
  t.is(searchDomain.policies.size, 1);
});

test("nothing is written before the template is in place", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.outage = "429";

  await t.throwsAsync(shipper.ship(LINES, SHORT_TIME), { name: "UnavailableError", message: /index template: 429/ });

  t.false(searchDomain.requests.includes("POST /_bulk"));
});

test("the template is retried while the domain is busy", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.faults = ["503", "503", "refuse", "429"];

  t.like(await shipper.ship(LINES, AMPLE_TIME), { created: 1 });
  t.deepEqual(searchDomain.guessedIndices, []);
});

test("a cold start waits until a write block ends", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.blockedRequests = 3;

  t.like(await shipper.ship(LINES, AMPLE_TIME), { created: 1 });
  t.is(searchDomain.blockedRequests, 0);
  t.is(searchDomain.requests.filter((request) => request === "PUT /_index_template/mysfits-cwl").length, 3);
});

test("the extras of one document can be searched with highlights, with a separator after each", (t) => {
  const limit = INDEX_TEMPLATE.template.settings["index.highlight.max_analyzed_offset"];
  t.true(limit > MAX_EXTRA_CHARACTERS + 2 * MAX_EXTRAS);
});

test("the number of mapped fields, objects, and subfields stays well below the field limit", (t) => {
  const count = (properties: object): number =>
    Object.values(properties).reduce(
      (sum, { properties: inner = {}, fields = {} }) => sum + 1 + count(inner) + count(fields),
      0,
    );
  const { mappings, settings } = INDEX_TEMPLATE.template;
  t.is(mappings.dynamic, false);
  t.true(count(mappings.properties) + 10 < settings["index.mapping.total_fields.limit"]);
});
