import test from "ava";
import { findings } from "../plan-parts.ts";
import { allow, block, INGRESS, policy, rule, TLS_ONLY, testFindings } from "./cases.ts";

// Settings, rules, and routes that move between a block and a resource of their own.

const LISTED_ROUTE = {
  type: "aws_route_table",
  after: { id: "rtb-1", route: [{ cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1" }] },
};

const LISTED_RULE = {
  type: "aws_security_group",
  after: {
    id: "sg-1",
    ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: ["10.0.0.0/8"], security_groups: [] }],
  },
};

const LISTED_DENIAL = {
  type: "aws_network_acl",
  after: {
    id: "acl-1",
    ingress: [{ rule_no: 1, protocol: "-1", action: "deny", cidr_block: "198.51.100.0/24", from_port: 0, to_port: 0 }],
  },
};

testFindings({
  "rules and routes that leave a block of something unchanged are not new": [
    [
      {
        type: "aws_security_group",
        before: {
          id: "sg-1",
          ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: ["0.0.0.0/0"] }],
        },
        after: { id: "sg-1", ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: ["0.0.0.0/0"] }] },
        actions: ["no-op"],
      },
      { type: INGRESS, after: rule("0.0.0.0/0", [443, 443]) },
      {
        type: "aws_route_table",
        before: { id: "rtb-1", route: [{ cidr_block: "0.0.0.0/0", gateway_id: "igw-1" }] },
        after: { id: "rtb-1", route: [{ cidr_block: "0.0.0.0/0", gateway_id: "igw-1" }] },
        actions: ["no-op"],
      },
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" },
        unknown: { network_interface_id: true },
      },
    ],
    [],
  ],
  "copies in the blocks of something unchanged do not continue what is destroyed": [
    [
      ...[LISTED_ROUTE, LISTED_RULE, LISTED_DENIAL].map((after) => ({
        ...after,
        before: after.after,
        actions: ["no-op"],
      })),
      {
        type: "aws_route",
        before: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1" },
      },
      { type: INGRESS, before: rule("10.0.0.0/8", [443, 443]) },
      {
        type: "aws_network_acl_rule",
        before: {
          network_acl_id: "acl-1",
          rule_number: 1,
          protocol: "-1",
          rule_action: "deny",
          cidr_block: "198.51.100.0/24",
        },
      },
    ],
    [
      "danger loss: aws_route is destroyed. Packets to its destination are dropped.",
      "caution network: No longer denies all traffic from 198.51.100.0/24",
      `note network: ${INGRESS} is destroyed. Connections that no other rule allows fail.`,
    ],
  ],
  "a block that gets what is destroyed continues it": [
    [
      { ...LISTED_ROUTE, before: { id: "rtb-1", route: [] } },
      { ...LISTED_RULE, before: { id: "sg-1", ingress: [] } },
      {
        type: "aws_route",
        before: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1" },
      },
      { type: INGRESS, before: rule("10.0.0.0/8", [443, 443]) },
    ],
    ["note loss: aws_route is destroyed."],
  ],
  "a route to an endpoint, whose interface the provider computes": [
    [
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", vpc_endpoint_id: "vpce-1" },
        unknown: { network_interface_id: true },
      },
    ],
    ["caution network: A route sends all of 0.0.0.0/0 to another network through vpce-1."],
  ],
  "settings of a bucket that move to resources of their own": [
    [
      {
        type: "aws_s3_bucket",
        before: { bucket: "b", policy: policy(TLS_ONLY), acl: "public-read", versioning: [{ enabled: true }] },
        after: { bucket: "b", policy: "", acl: null, versioning: [] },
      },
      { type: "aws_s3_bucket_policy", after: { bucket: "b", policy: policy(TLS_ONLY) } },
      { type: "aws_s3_bucket_acl", after: { bucket: "b", acl: "public-read" } },
      {
        type: "aws_s3_bucket_versioning",
        after: { bucket: "b", versioning_configuration: [{ status: "Enabled" }] },
      },
    ],
    [],
  ],
  "a policy that changes while it moves to a resource of its own": [
    [
      {
        type: "aws_sqs_queue",
        before: { url: "q", policy: policy(allow("sqs:SendMessage", "*", { Principal: { AWS: "111122223333" } })) },
        after: { url: "q", policy: "" },
      },
      {
        type: "aws_sqs_queue_policy",
        after: { queue_url: "q", policy: policy(allow("sqs:SendMessage", "*", { Principal: "*" })) },
      },
    ],
    ["danger access: Newly allows * to use sqs:SendMessage: anyone in any account"],
  ],
  "encryption that gets weaker while it moves to a resource of its own": [
    [
      {
        type: "aws_s3_bucket",
        before: {
          bucket: "b",
          server_side_encryption_configuration: [
            { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms" }] }] },
          ],
        },
        after: { bucket: "b", server_side_encryption_configuration: [] },
      },
      {
        type: "aws_s3_bucket_server_side_encryption_configuration",
        after: { bucket: "b", rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }] },
      },
    ],
    [
      "caution protection: rule.apply_server_side_encryption_by_default.sse_algorithm changes from aws:kms to AES256. Data is encrypted with a key of AWS",
    ],
  ],
  "settings of a bucket that move to its arguments": [
    [
      {
        type: "aws_s3_bucket",
        before: { bucket: "b", policy: "", acl: null, versioning: [], server_side_encryption_configuration: [] },
        after: {
          bucket: "b",
          policy: policy(TLS_ONLY),
          acl: "public-read",
          versioning: [{ enabled: true }],
          server_side_encryption_configuration: [
            { rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }] },
          ],
        },
      },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
      { type: "aws_s3_bucket_acl", before: { bucket: "b", acl: "public-read" } },
      {
        type: "aws_s3_bucket_versioning",
        before: { bucket: "b", versioning_configuration: [{ status: "Enabled" }] },
      },
      {
        type: "aws_s3_bucket_server_side_encryption_configuration",
        before: { bucket: "b", rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms" }] }] },
      },
    ],
    [
      "caution protection: server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm changes from aws:kms to AES256.",
      "note loss: aws_s3_bucket_acl is destroyed. Its settings continue in acl of aws_s3_bucket.",
      "note loss: aws_s3_bucket_policy is destroyed. Its settings continue in policy of aws_s3_bucket.",
      "note loss: aws_s3_bucket_server_side_encryption_configuration is destroyed. Its settings continue in server_side_encryption_configuration of aws_s3_bucket.",
      "note loss: aws_s3_bucket_versioning is destroyed. Its settings continue in versioning of aws_s3_bucket.",
    ],
  ],
  "lifecycle rules of a bucket that move to a resource of their own, and back while one gets stricter": [
    [
      {
        type: "aws_s3_bucket",
        before: { bucket: "b", lifecycle_rule: [{ id: "a", enabled: true, expiration: [{ days: 30 }] }] },
        after: { bucket: "b", lifecycle_rule: [] },
      },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        after: { bucket: "b", rule: [{ id: "a", status: "Enabled", expiration: [{ days: 30 }] }] },
      },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        name: "other",
        before: { bucket: "c", rule: [{ id: "a", status: "Enabled", expiration: [{ days: 30 }] }] },
      },
      {
        type: "aws_s3_bucket",
        name: "other",
        before: { bucket: "c", lifecycle_rule: [] },
        after: {
          bucket: "c",
          lifecycle_rule: [
            { id: "a", enabled: true, expiration: [{ days: 30 }] },
            { id: "b", enabled: true, prefix: "tmp/", expiration: [{ days: 9 }] },
          ],
        },
      },
    ],
    [
      "caution protection: Objects below tmp/ are deleted permanently after 9 days.",
      "note loss: aws_s3_bucket_lifecycle_configuration is destroyed. Its settings continue in lifecycle_rule",
    ],
  ],
  "a policy that changes while it moves to an argument": [
    [
      {
        type: "aws_sqs_queue_policy",
        before: {
          queue_url: "q",
          policy: policy(allow("sqs:SendMessage", "*", { Principal: { AWS: "111122223333" } })),
        },
      },
      {
        type: "aws_sqs_queue",
        before: { url: "q", policy: "" },
        after: { url: "q", policy: policy(allow("sqs:SendMessage", "*", { Principal: "*" })) },
      },
    ],
    [
      "danger access: Newly allows * to use sqs:SendMessage: anyone in any account",
      "note loss: aws_sqs_queue_policy is destroyed. Its settings continue in policy of aws_sqs_queue.",
    ],
  ],
  "an argument that only lists what is destroyed does not continue it": [
    [
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
      {
        type: "aws_s3_bucket",
        before: { bucket: "b", policy: policy(TLS_ONLY), tags: {} },
        after: { bucket: "b", policy: policy(TLS_ONLY), tags: { a: "b" } },
      },
    ],
    ["danger access: No longer denies s3:* to everyone when"],
  ],
  "settings of a bucket that end while another bucket gets them": [
    [
      {
        type: "aws_s3_bucket",
        before: { bucket: "b", versioning: [{ enabled: true }] },
        after: { bucket: "b", versioning: [] },
      },
      {
        type: "aws_s3_bucket_versioning",
        after: { bucket: "c", versioning_configuration: [{ status: "Enabled" }] },
      },
    ],
    ["danger protection: versioning.enabled is removed; it was true."],
  ],
});

test("a rule or route that moves between a block and a resource of its own changes nothing", async (t) => {
  const open = (rules: readonly object[]) => ({ id: "sg-1", ingress: rules });
  const group = { type: "aws_security_group", before: open([block("0.0.0.0/0")]), after: open([]) };
  t.deepEqual(await findings(group, { type: INGRESS, after: rule("0.0.0.0/0", [80, 80]) }), []);

  const route = { cidr_block: "0.0.0.0/0", gateway_id: "igw-1" };
  const own = { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" };
  const table = (before: readonly object[], after: readonly object[]) => ({
    type: "aws_route_table",
    before: { id: "rtb-1", route: before },
    after: { id: "rtb-1", route: after },
  });
  t.deepEqual(await findings(table([route], []), { type: "aws_route", after: own }), []);
  t.deepEqual(await findings(table([], [route]), { type: "aws_route", before: own }), [
    "note loss: aws_route is destroyed.",
  ]);
  t.deepEqual(await findings(table([route], [])), [
    "danger network: The route for 0.0.0.0/0 ends: packets to it are dropped unless another route includes it.",
  ]);

  const list = {
    type: "aws_ec2_managed_prefix_list",
    before: { id: "pl-1", entry: [{ cidr: "10.0.0.0/8" }] },
    after: { id: "pl-1", entry: [] },
  };
  const entry = {
    type: "aws_ec2_managed_prefix_list_entry",
    after: { prefix_list_id: "pl-1", cidr: "10.0.0.0/8" },
  };
  t.deepEqual(await findings(list, entry), []);
});
