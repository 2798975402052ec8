import test from "ava";
import { INDEX_TEMPLATE } from "../../lambda/log-shipper/template.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { ENOUGH, LITTLE, startShipper } from "./parts.ts";

const LINES = deliveryOf([lineOf(1, "a line")]);

test("a cold start puts template and policy before the first document, and later invocations do not", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);

  await shipper.ship(LINES, ENOUGH);
  await shipper.ship(LINES, ENOUGH);

  t.deepEqual(searchDomain.requests, [
    "GET /_plugins/_ism/policies/mysfits-cwl-retention",
    "PUT /_plugins/_ism/policies/mysfits-cwl-retention",
    "PUT /_index_template/mysfits-cwl",
    "POST /_bulk",
    "POST /_bulk",
  ]);
  t.deepEqual(searchDomain.guessedIndices, []);
  t.deepEqual(searchDomain.template, JSON.parse(JSON.stringify(INDEX_TEMPLATE)));
});

test("on Elasticsearch 7.10 the policy goes to Open Distro's address", async (t) => {
  const { searchDomain, shipper } = await startShipper(t, { engine: "elasticsearch" });

  await shipper.ship(LINES, ENOUGH);

  t.deepEqual([...searchDomain.policies.keys()], ["/_opendistro/_ism/policies/mysfits-cwl-retention"]);
});

test("the policy deletes indices after the days of the settings, and follows when they change", async (t) => {
  const { searchDomain, newShipper } = await startShipper(t);
  const agesInForce = () =>
    [...searchDomain.policies.values()].map(({ policy, seqNo }) => [
      seqNo,
      (policy.states as { transitions: { conditions: object }[] }[])[0]?.transitions[0]?.conditions,
    ]);

  await newShipper(14).ship(LINES, ENOUGH);
  t.deepEqual(agesInForce(), [[7, { min_index_age: "14d" }]]);
  await newShipper(14).ship(LINES, ENOUGH);
  t.deepEqual(agesInForce(), [[7, { min_index_age: "14d" }]], "the same policy is not put again");
  await newShipper(30).ship(LINES, ENOUGH);
  t.deepEqual(agesInForce(), [[8, { min_index_age: "30d" }]]);
});

test("a policy that the domain refuses does not hold up the lines, and is tried again", async (t) => {
  const { searchDomain, shipper, warnings } = await startShipper(t);
  searchDomain.policyStatus = 403;

  t.like(await shipper.ship(LINES, ENOUGH), { created: 1 });
  t.is(searchDomain.policies.size, 0);
  t.regex(warnings.join(), /^retention policy not put, trying again next time: .*403.*no permissions/);

  searchDomain.policyStatus = undefined;
  await shipper.ship(LINES, ENOUGH);
  t.is(searchDomain.policies.size, 1);
});

test("nothing is written before the template is in place", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.outage = "429";

  await t.throwsAsync(shipper.ship(LINES, LITTLE), { name: "UnavailableError", message: /index template: 429/ });

  t.false(searchDomain.requests.includes("POST /_bulk"));
});

test("the template is tried again while the domain is busy", async (t) => {
  const { searchDomain, shipper } = await startShipper(t);
  searchDomain.faults = ["503", "503", "refuse", "429"];

  t.like(await shipper.ship(LINES, ENOUGH), { created: 1 });
  t.deepEqual(searchDomain.guessedIndices, []);
});

test("the mapped fields, objects and sub-fields leave room below the field limit", (t) => {
  const count = (properties: object): number =>
    Object.values(properties).reduce(
      (sum, { properties: inner = {}, fields = {} }) => sum + 1 + count(inner) + count(fields),
      0,
    );
  const { mappings, settings } = INDEX_TEMPLATE.template;
  t.is(mappings.dynamic, false);
  t.true(count(mappings.properties) + 10 < settings["index.mapping.total_fields.limit"]);
});
