import test from "ava";
import {
  type Condition,
  includesConditions,
  restrictsCaller,
} from "../../../../../tools/review/attention/access/conditions.ts";
import { findings } from "../../plan-parts.ts";

// Conditions of policies, compared by the requests that they hold for.

function condition(written: string): Condition {
  const [operator = "", key = "", ...values] = written.split(" ");
  return { operator, key, values: values.toSorted() };
}

/** Pairs of which the first one holds in more cases than the second. */
const WIDER: readonly (readonly [wide: string, narrow: string])[] = [
  ["StringEquals s3:prefix a b", "StringEquals s3:prefix a"],
  ["StringNotEquals s3:prefix a", "StringNotEquals s3:prefix a b"],
  ["StringNotLike s3:prefix a/b/*", "StringNotLike s3:prefix a/*"],
  ["StringNotEquals s3:prefix a/b", "StringNotLike s3:prefix a/*"],
  ["NotIpAddress aws:SourceIp 10.0.0.0/16", "NotIpAddress aws:SourceIp 10.0.0.0/8"],
  ["IpAddress aws:SourceIp 10.0.0.0/8", "IpAddress aws:SourceIp 10.1.2.3"],
  ["StringLike s3:prefix home/*", "StringEquals s3:prefix home/a"],
  ["StringEqualsIgnoreCase aws:PrincipalTag/team A", "StringEquals aws:PrincipalTag/team a"],
  ["ArnEquals aws:SourceArn arn:aws:sns:us-east-1:1:*", "ArnLike aws:SourceArn arn:aws:sns:us-east-1:1:t"],
  ["StringEqualsIfExists aws:PrincipalOrgID o-1", "StringEquals aws:PrincipalOrgID o-1"],
  ["ForAllValues:StringEquals aws:PrincipalOrgID o-1", "StringEquals aws:PrincipalOrgID o-1"],
  ["Null aws:PrincipalOrgID false", "StringEquals aws:PrincipalOrgID o-1"],
  ["NumericLessThan aws:MultiFactorAuthAge 3600", "NumericLessThan aws:MultiFactorAuthAge 900"],
  ["NumericLessThanEquals s3:max-keys 10", "NumericLessThan s3:max-keys 10"],
  ["NumericLessThanEquals s3:max-keys 10", "NumericEquals s3:max-keys 10"],
  ["NumericGreaterThan s3:TlsVersion 1.1", "NumericGreaterThanEquals s3:TlsVersion 1.2"],
  ["DateLessThan aws:CurrentTime 2030-01-01T00:00:00Z", "DateLessThan aws:CurrentTime 2026-01-01T00:00:00Z"],
];

/** Pairs that hold in the same cases. */
const EQUAL: readonly (readonly [string, string])[] = [
  ["ArnEquals aws:SourceArn arn:aws:sns:us-east-1:1:t", "ArnLike aws:SourceArn arn:aws:sns:us-east-1:1:t"],
  ["StringEquals s3:prefix home", "StringLike s3:prefix home"],
  ["IpAddress aws:sourceip 10.0.0.0/8", "ipaddress aws:SourceIp 10.0.0.0/8"],
  ["Bool aws:SecureTransport true", "Bool aws:SecureTransport True"],
];

/** Pairs of which neither includes the other. */
const APART: readonly (readonly [string, string])[] = [
  ["StringEquals s3:prefix a", "StringEquals s3:prefix b"],
  ["StringEquals s3:prefix a*", "StringLike s3:prefix a*x"],
  ["StringNotEquals s3:prefix a*", "StringNotEquals s3:prefix ab"],
  ["StringEquals s3:prefix a", "StringNotEquals s3:prefix b"],
  ["NumericLessThan s3:max-keys 10", "NumericGreaterThan s3:max-keys 10"],
  ["Null aws:PrincipalOrgID true", "Null aws:PrincipalOrgID false"],
];

const includes = (wide: string, narrow: string) => includesConditions([condition(wide)], [condition(narrow)]);

for (const [wide, narrow] of WIDER) {
  test(`${wide} includes ${narrow}, and not the other way around`, (t) => {
    t.true(includes(wide, narrow));
    t.false(includes(narrow, wide));
  });
}

for (const [one, other] of EQUAL) {
  test(`${one} and ${other} are the same`, (t) => {
    t.true(includes(one, other));
    t.true(includes(other, one));
  });
}

for (const [one, other] of APART) {
  test(`${one} and ${other} hold in different cases`, (t) => {
    t.false(includes(one, other));
    t.false(includes(other, one));
  });
}

const FOR_CERTAIN_CALLERS = [
  "StringEquals aws:PrincipalOrgID o-1",
  "ArnLike aws:PrincipalArn arn:aws:iam::111122223333:role/*",
  "ArnLike aws:SourceArn arn:aws:s3:::photos",
  "IpAddress aws:SourceIp 198.51.100.0/24",
  "ForAnyValue:StringLike aws:PrincipalOrgPaths o-1/r-1/*",
  "Bool aws:PrincipalIsAWSService true",
  "StringLike SNS:Endpoint *@example.com",
  "StringEquals aws:VpceAccount 111122223333",
  "StringEquals aws:VpceOrgID o-1",
];

const FOR_ANYONE = [
  "Bool aws:SecureTransport true",
  "StringLike aws:PrincipalOrgID o-*",
  "ArnLike aws:PrincipalArn arn:aws:iam::*:role/admin",
  "ArnLike aws:SourceArn arn:aws:s3:::*",
  "ArnLike aws:SourceArn arn:aws:*",
  "IpAddress aws:SourceIp 0.0.0.0/1 128.0.0.0/1",
  "ForAllValues:StringLike aws:PrincipalOrgPaths o-1/*",
  "StringEqualsIfExists aws:PrincipalOrgID o-1",
  "StringNotEquals aws:PrincipalAccount 111122223333",
  "Null aws:PrincipalOrgID false",
  "Bool aws:PrincipalIsAWSService false",
  "StringEquals sts:RoleSessionName admin",
  "StringLike aws:VpceOrgID o-*",
];

for (const written of FOR_CERTAIN_CALLERS) {
  test(`${written} restricts who calls`, (t) => t.true(restrictsCaller([condition(written)])));
}

for (const written of FOR_ANYONE) {
  test(`${written} holds for callers of any account`, (t) => t.false(restrictsCaller([condition(written)])));
}

const AGE = "aws:MultiFactorAuthAge";

test("a finding shows a condition before and after its change", async (t) => {
  const policy = (condition: object) => ({
    role: "ci",
    name: "p",
    policy: JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", Condition: condition }],
    }),
  });
  const type = "aws_iam_role_policy";
  const found = (before: object, after: object) => findings({ type, before: policy(before), after: policy(after) });
  const allows = "caution access: Allows s3:GetObject under a weaker condition:";
  t.deepEqual(await found({ NumericLessThan: { [AGE]: 900 } }, { NumericLessThan: { [AGE]: 3600 } }), [
    `${allows} NumericLessThan ${AGE} was 900 and is 3600.`,
  ]);
  t.deepEqual(await found({ NumericLessThan: { [AGE]: 900 } }, { NumericLessThanIfExists: { [AGE]: 900 } }), [
    `${allows} NumericLessThan ${AGE} 900 becomes NumericLessThanIfExists ${AGE} 900.`,
  ]);
  t.deepEqual(await found({ NumericLessThan: { [AGE]: 3600 } }, { NumericLessThan: { [AGE]: 900 } }), []);
});

test("merging statements that differ in one value of a condition allows nothing new", async (t) => {
  const statement = (effect: string, operator: string, ...prefix: readonly string[]) => ({
    Effect: effect,
    Action: "s3:ListBucket",
    Resource: "arn:aws:s3:::b",
    Condition: { [operator]: { "s3:prefix": prefix }, Bool: { "aws:SecureTransport": "true" } },
  });
  const policy = (...statements: readonly object[]) => ({
    role: "ci",
    name: "p",
    policy: JSON.stringify({ Statement: statements }),
  });
  const found = (before: object, after: object) => findings({ type: "aws_iam_role_policy", before, after });
  const [home, shared] = [statement("Allow", "StringEquals", "home"), statement("Allow", "StringEquals", "shared")];
  const merged = policy(statement("Allow", "StringEquals", "home", "shared"));
  t.deepEqual(await found(policy(home, shared), merged), []);
  t.deepEqual(await found(merged, policy(home, shared)), []);
  t.is((await found(policy(home), merged)).length, 1);

  const denials = policy(statement("Deny", "StringLike", "home/*"), statement("Deny", "StringLike", "tmp/*"));
  t.deepEqual(await found(policy(statement("Deny", "StringLike", "home/*", "tmp/*")), denials), []);

  // The first two together hold for everything; the third holds only outside both prefixes.
  const [notHome, notShared] = ["home", "shared"].map((prefix) => statement("Deny", "StringNotEquals", prefix));
  t.is(
    (
      await found(
        policy(notHome ?? {}, notShared ?? {}),
        policy(statement("Deny", "StringNotEquals", "home", "shared")),
      )
    ).length,
    2,
  );
});
