import test from "ava";
import { findings, type ResourceInput } from "../../plan-parts.ts";

// Policies that keep out even those who would have to repair them.

const ACCOUNT = "111122223333";
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const allow = (principal: unknown, action: string) => ({
  Effect: "Allow",
  Principal: principal,
  Action: action,
  Resource: "*",
});
const deny = (action: string, resource: unknown, others: object = { Principal: "*" }) => ({
  Effect: "Deny",
  Action: action,
  Resource: resource,
  ...others,
});
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const ROOT = allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, "kms:*");
const ADMIN = allow({ AWS: role("admin") }, "kms:*");
const USER = allow({ AWS: role("app") }, "kms:Decrypt");
const key = (...statements: readonly object[]) => ({
  arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/a`,
  enable_key_rotation: true,
  policy: policy(...statements),
});
const BUCKET = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"];
const bucket = (...statements: readonly object[]) => ({ bucket: "b", policy: policy(...statements) });

const LOST = `The policy of the key does not allow the account to manage it, so policies in IAM grant nothing. Without AWS ${role("admin")}, only AWS Support can make it manageable again.`;

const CASES: Readonly<Record<string, readonly [resource: ResourceInput, expected: readonly string[]]>> = {
  "a key whose policy loses the account": [
    { type: "aws_kms_key", before: key(ROOT, ADMIN, USER), after: key(ADMIN, USER) },
    [`danger access: ${LOST}`],
  ],
  "a key that no one manages anymore": [
    { type: "aws_kms_key", before: key(ROOT, USER), after: key(USER) },
    ["danger access: No one may change the policy of the key: only AWS Support can make it manageable again."],
  ],
  "a key whose account is written as its number": [
    { type: "aws_kms_key", before: key(ROOT), after: key(allow({ AWS: ACCOUNT }, "kms:*")) },
    [],
  ],
  "a key without the account from the start": [{ type: "aws_kms_key", after: key(ADMIN) }, [`caution access: ${LOST}`]],
  "a key with the default policy": [{ type: "aws_kms_key", after: { enable_key_rotation: true, policy: null } }, []],
  "a separate policy in place of the default one": [
    { type: "aws_kms_key_policy", after: { key_id: "a", policy: policy(ADMIN) } },
    [`danger access: Newly allows AWS ${role("admin")} to use kms:*.`, `danger access: ${LOST}`],
  ],
  "a bucket that denies everyone everything": [
    { type: "aws_s3_bucket_policy", after: bucket(deny("s3:*", BUCKET)) },
    [
      "danger access: Denies s3:* to everyone, administrators included: only the root user of the account can remove the policy.",
    ],
  ],
  "a bucket that denies everyone its objects": [
    { type: "aws_s3_bucket_policy", after: bucket(deny("s3:*", BUCKET[1])) },
    ["danger access: Denies s3:* to everyone: no other policy can allow it."],
  ],
  "a bucket that no one may read": [
    { type: "aws_s3_bucket_policy", after: bucket(deny("s3:GetObject", BUCKET[1])) },
    ["caution access: Denies s3:GetObject to everyone: no other policy can allow it."],
  ],
  "a bucket whose objects no one may delete": [
    { type: "aws_s3_bucket_policy", after: bucket(deny("s3:DeleteObject*", BUCKET[1])) },
    [],
  ],
  "a repository whose images no one may delete": [
    { type: "aws_ecr_repository_policy", after: { policy: policy(deny("ecr:BatchDeleteImage", undefined)) } },
    [],
  ],
  "a denial without actions": [
    { type: "aws_s3_bucket_policy", after: { bucket: "b", policy: policy({ Effect: "Deny", Principal: "*" }) } },
    [],
  ],
  "a bucket that did so before": [
    {
      type: "aws_s3_bucket_policy",
      before: bucket(deny("s3:*", BUCKET)),
      after: bucket(deny("s3:*", BUCKET.toReversed(), { Principal: { AWS: "*" } })),
    },
    [],
  ],
  "a bucket for one endpoint": [
    {
      type: "aws_s3_bucket_policy",
      after: bucket(
        deny("s3:*", BUCKET, { Principal: "*", Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } }),
      ),
    },
    [
      "caution access: Denies s3:* to everyone when StringNotEquals aws:SourceVpce vpce-1, administrators included: if no one is left, the policy cannot be changed anymore.",
    ],
  ],
  "a bucket for addresses and services": [
    {
      type: "aws_s3_bucket_policy",
      after: bucket(
        deny("s3:*", BUCKET, {
          Principal: "*",
          Condition: {
            NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" },
            Bool: { "aws:ViaAWSService": "false" },
          },
        }),
      ),
    },
    [
      "caution access: Denies s3:* to everyone when Bool aws:ViaAWSService false and NotIpAddress aws:SourceIp 203.0.113.0/24, administrators included: if no one is left, the policy cannot be changed anymore.",
    ],
  ],
  "a bucket for one role": [
    { type: "aws_s3_bucket_policy", after: bucket(deny("s3:*", BUCKET, { NotPrincipal: { AWS: role("admin") } })) },
    [
      `caution access: Denies s3:* to everyone but AWS ${role("admin")}, administrators included: if no one is left, the policy cannot be changed anymore.`,
    ],
  ],
  "a bucket that requires TLS": [
    {
      type: "aws_s3_bucket_policy",
      after: bucket(deny("s3:*", BUCKET, { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } })),
    },
    [],
  ],
  "a secret that denies everyone everything": [
    {
      type: "aws_secretsmanager_secret_policy",
      after: { secret_arn: "a", block_public_policy: true, policy: policy(deny("secretsmanager:*", "*")) },
    },
    [
      "danger access: Denies secretsmanager:* to everyone, administrators included: no one in the account can change the policy.",
    ],
  ],
  "an endpoint that denies everything": [{ type: "aws_vpc_endpoint", after: { policy: policy(deny("*", "*")) } }, []],
};

for (const [title, [resource, expected]] of Object.entries(CASES)) {
  test(title, async (t) => {
    t.deepEqual(await findings(resource), expected);
  });
}

test("a denial for the root of the account is one for everyone in it", async (t) => {
  const topic = { arn: `arn:aws:sns:us-east-1:${ACCOUNT}:a` };
  const own = { type: "aws_sns_topic", before: { ...topic, fifo: 1 }, after: { ...topic, fifo: 2 } };
  const denying = (account: string) => ({
    type: "aws_s3_bucket_policy",
    after: bucket(deny("s3:*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } })),
  });
  t.is((await findings(own, denying(ACCOUNT))).length, 1);
  t.deepEqual(await findings(own, denying("210987654321")), []);
});
