import test from "ava";
import { written } from "../../../../tools/review/markdown/changes.ts";
import type { PlacedFinding } from "../../../../tools/review/model.ts";
import { byDanger } from "../../../../tools/review/order.ts";
import { parseJson } from "../../../../tools/review/plan/json-sections.ts";
import { Secrets } from "../../../../tools/review/secrets/secrets.ts";
import { sidesOf } from "../../../../tools/review/sides.ts";
import { equal, stringify, type Value } from "../../../../tools/review/values/value.ts";
import { jsonOf, resourcePart, reviewOf } from "../plan-parts.ts";

const NUMBERS: Readonly<Record<string, string>> = {
  "0": "0",
  "-1.50": "-1.5",
  "1e3": "1000",
  "9007199254740993": "9007199254740993",
  "-12345678901234567890": "-12345678901234567890",
  "1.2345678901234567890e19": "12345678901234567890",
  "0.1": "0.1",
  "0.10000000000000000001": "0.10000000000000000001",
  "-123.45678901234567890123": "-123.45678901234567890123",
  "0.0000000012345678901234567890": "1.234567890123456789e-9",
  "1e-400": "1e-400",
  "1e309": "1e+309",
  "12e400": "1.2e+401",
  "1e999999999999": "1e+999999999999",
};

for (const [source, expected] of Object.entries(NUMBERS)) {
  test(`${source} keeps its digits`, (t) => {
    const [value] = parseJson(`[${source}]`) as Value[];
    t.is(written(value as Value), expected);
    t.is(stringify({ value, big: 2n ** 64n }), `{"value":${expected},"big":18446744073709551616}`);
    t.true(equal(value, (parseJson(`[${expected}]`) as Value[])[0]));
  });
}

test("numbers of a plan that differ in a late digit are different", (t) => {
  const one = parseJson('{"a": 0.12345678901234567890}');
  const other = parseJson('{"a": 0.12345678901234567891}');
  for (const mask of [false, { a: true }]) {
    const { before, after } = sidesOf({ before: one, after: other, before_sensitive: mask }, () => {});
    t.false(equal(before, after));
    const same = sidesOf({ before: one, after: one, before_sensitive: mask }, () => {});
    t.true(equal(same.before, same.after));
  }
});

test("copies of a sensitive number are hidden", (t) => {
  const secrets = new Secrets();
  const value = parseJson("[0.12345678901234567891]") as Value;
  t.is(secrets.hideIn(value), value);
  secrets.keep(value);
  t.deepEqual(secrets.hideIn(value), ["(sensitive)"]);
});

test("findings with integers beyond 2^53 have an order", (t) => {
  const findingOf = (shown: Value): PlacedFinding => ({
    kind: "loss",
    severity: "danger",
    stack: "platform",
    name: "platform/table",
    address: undefined,
    text: [{ shown }],
  });
  const [one, other] = [findingOf(12345678901234567890n), findingOf(12345678901234567891n)];
  t.deepEqual([other, one].sort(byDanger(["platform"])), [one, other]);
});

test("an identity with an integer beyond 2^53 names an imported resource", async (t) => {
  const change = {
    actions: ["no-op"],
    before: {},
    after: {},
    importing: { identity: { account: 12345678901234567890n } },
  };
  const part = resourcePart({ address: "aws_lb.it", mode: "managed", type: "aws_lb", change });
  const review = await reviewOf({ platform: [{ kind: "resource", ...part }] });
  t.is(jsonOf(review).stacks[0]?.resources[0]?.importedAs, '{"account":12345678901234567890}');
});
