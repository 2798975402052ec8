import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { findings, jsonOf, reviewOfResources } from "../plan-parts.ts";

// Rules about one argument of a resource. rows.yaml has the changes; rules about more are in the other files.

interface Rows {
  /** `back` is the note about the opposite change, if there is one. */
  readonly loosened: readonly { type: string; tight: object; loose: object; finding: string; back?: string }[];
  readonly changed: readonly {
    type: string;
    before: object;
    after: object;
    actions?: readonly string[];
    replaced?: readonly string[];
    findings: readonly string[];
  }[];
  readonly created: readonly { type: string; with: object; findings: readonly string[] }[];
  readonly harmless: readonly { type: string; before?: object; after: object }[];
  readonly destroyed: readonly { type: string; before: object; finding: string }[];
}

const COMPARES = /no longer|anymore|than before/;

const rows = parse(readFileSync(join(import.meta.dirname, "rows.yaml"), "utf8")) as Rows;

for (const { type, tight, loose, finding, back } of rows.loosened) {
  test(`${type}: loosened from ${JSON.stringify(tight)} to ${JSON.stringify(loose)}`, async (t) => {
    t.deepEqual(await findings({ type, before: tight, after: loose }), [finding]);
    t.deepEqual(await findings({ type, before: loose, after: tight }), back === undefined ? [] : [back]);
  });
}

test("a finding about a created resource does not compare it with a time before", async (t) => {
  const comparing = await Promise.all(
    [...rows.loosened, ...rows.changed.map(({ type, after }) => ({ type, loose: after }))].map(
      async ({ type, loose }) => (await findings({ type, after: loose })).filter((finding) => COMPARES.test(finding)),
    ),
  );
  t.deepEqual(comparing.flat(), []);
});

for (const { type, before, after, actions, replaced, findings: expected } of rows.changed) {
  test(`${type}: changed from ${JSON.stringify(before)} to ${JSON.stringify(after)}`, async (t) => {
    const replacement = actions === undefined || replaced === undefined ? {} : { actions, replaced };
    t.deepEqual(await findings({ type, before, after, ...replacement }), expected);
  });
}

for (const { type, with: after, findings: expected } of rows.created) {
  test(`${type}: created with ${JSON.stringify(after)}`, async (t) => {
    t.deepEqual(await findings({ type, after }), expected);
  });
}

for (const { type, before, after } of rows.harmless) {
  test(`${type}: ${JSON.stringify(after)} ${before ? `after ${JSON.stringify(before)} ` : ""}is harmless`, async (t) => {
    t.deepEqual(await findings({ type, before, after }), []);
  });
}

for (const { type, before, finding } of rows.destroyed) {
  test(`${type}: destroyed, which had ${JSON.stringify(before)}`, async (t) => {
    t.deepEqual(await findings({ type, before }), [finding]);
  });
}

test("a listener that stops signing users in is reported", async (t) => {
  const listener = (...types: readonly string[]) => ({ default_action: types.map((type) => ({ type })) });
  const [tight, loose] = [listener("authenticate-oidc", "forward"), listener("forward")];
  const dangers = async (before: object, after: object) =>
    jsonOf(await reviewOfResources({ type: "aws_lb_listener", before, after })).attention.flatMap(
      ({ severity, text }) => (severity === "danger" ? [text] : []),
    );
  t.deepEqual(await dangers(tight, loose), ["default_action changes. Requests are forwarded without signing in."]);
  t.deepEqual(await dangers(loose, tight), []);
});

test("the finding for a new KMS grant names the grantee", async (t) => {
  const { attention } = jsonOf(
    await reviewOfResources({ type: "aws_kms_grant", after: { key_id: "k", grantee_principal: "role" } }),
  );
  t.deepEqual(
    attention.map(({ severity, text }) => `${severity} ${text}`),
    [
      "caution Created with grantee_principal set to role. It may use the key as the grant allows, even beyond the policy of the key.",
    ],
  );
});
