import test from "ava";
import type { Severity } from "../../../tools/review/model.ts";
import type { PlanPart } from "../../../tools/review/plan-part.ts";
import {
  configured,
  drift,
  findings,
  findingsIn,
  jsonOf,
  type ResourceInput,
  resource,
  reviewOf,
  reviewOfResources,
} from "./plan-parts.ts";

// Findings of each rule, and changes without any. Reviews of complete, real plans are in golden.test.ts.

type Expected = readonly `${Severity} ${string}: ${string}`[];

const ROLE = { name: "like", id: "like" };

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function rolePolicy(...statements: readonly object[]) {
  return { role: "like", name: "permissions", policy: policy(...statements) };
}

function allow(actions: unknown, resources: unknown = "arn:aws:s3:::a", others: object = {}) {
  return { Effect: "Allow", Action: actions, Resource: resources, ...others };
}

function trust(principal: unknown, condition?: object) {
  const statement = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: principal,
    ...(condition && { Condition: condition }),
  };
  return { ...ROLE, assume_role_policy: policy(statement) };
}

function rule(range: string, [from, to]: readonly [number, number], group = "sg-1") {
  return { security_group_id: group, cidr_ipv4: range, ip_protocol: "tcp", from_port: from, to_port: to };
}

const INGRESS = "aws_vpc_security_group_ingress_rule";
const OF_ORG = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
const TLS_ONLY = {
  Effect: "Deny",
  Action: "s3:*",
  Principal: "*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

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

const CASES: Readonly<Record<string, [changes: readonly ResourceInput[], expected: Expected]>> = {
  "a destroyed table loses its items": [
    [{ type: "aws_dynamodb_table", before: { name: "t" } }],
    ["danger loss: aws_dynamodb_table is destroyed. Every item is lost"],
  ],
  "a replaced table names the reason": [
    [
      {
        type: "aws_dynamodb_table",
        before: { name: "t" },
        after: { name: "u" },
        actions: ["delete", "create"],
        replaced: ["name"],
      },
    ],
    ["danger loss: aws_dynamodb_table is replaced, because name cannot change in place. Every item is lost"],
  ],
  "the destruction of a bucket that may not be emptied fails": [
    [{ type: "aws_s3_bucket", before: { bucket: "b", force_destroy: false } }],
    ["danger loss: aws_s3_bucket is destroyed. Every object is lost. (Its force_destroy is off"],
  ],
  "settings destroyed together with their bucket have no findings": [
    [
      { type: "aws_s3_bucket", before: { bucket: "b", id: "b", force_destroy: true } },
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_object", before: { bucket: "b", key: "k" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    ["danger loss: aws_s3_bucket is destroyed."],
  ],
  "settings of a bucket destroyed on their own": [
    [
      { type: "aws_s3_bucket_versioning", before: { bucket: "b" } },
      { type: "aws_s3_bucket_public_access_block", before: { bucket: "b" } },
      { type: "aws_s3_bucket_policy", before: { bucket: "b", policy: policy(TLS_ONLY) } },
    ],
    [
      "danger public: aws_s3_bucket_public_access_block is destroyed.",
      "danger access: No longer denies s3:* to everyone when",
      "danger protection: aws_s3_bucket_versioning is destroyed.",
    ],
  ],
  "a load balancer replaced by one that is created first": [
    [
      {
        type: "aws_lb",
        before: { name: "a" },
        after: { name: "b" },
        actions: ["create", "delete"],
        replaced: ["name"],
      },
    ],
    [
      "danger loss: aws_lb is replaced, because name cannot change in place. The replacement is created first. Its address changes.",
    ],
  ],
  "a listener rule replaced by one that is created first": [
    [
      {
        type: "aws_lb_listener_rule",
        before: { priority: 1 },
        after: { priority: 2 },
        actions: ["create", "delete"],
        replaced: ["listener_arn"],
      },
    ],
    [
      "caution loss: aws_lb_listener_rule is replaced, because listener_arn cannot change in place. The replacement is created first.",
    ],
  ],
  "a load balancer destroyed before its replacement is created": [
    [
      {
        type: "aws_lb",
        before: { name: "a" },
        after: { name: "b" },
        actions: ["delete", "create"],
        replaced: ["name"],
      },
    ],
    [
      "danger loss: aws_lb is replaced, because name cannot change in place. Open connections break and requests fail until the replacement is ready. Its address changes.",
    ],
  ],
  "forgotten denials stay, so nothing is opened": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy({ ...TLS_ONLY }) },
        actions: ["forget"],
      },
      {
        type: "aws_network_acl_rule",
        before: {
          network_acl_id: "acl-1",
          rule_number: 1,
          protocol: "-1",
          rule_action: "deny",
          cidr_block: "0.0.0.0/0",
        },
        actions: ["forget"],
      },
    ],
    [
      "note loss: aws_network_acl_rule stays as it is, and Terraform no longer manages it.",
      "note loss: aws_s3_bucket_policy stays as it is, and Terraform no longer manages it.",
    ],
  ],
  "a forgotten rule still allows what a destroyed one allowed": [
    [
      { type: INGRESS, name: "new", before: rule("10.0.0.0/16", [80, 80]), actions: ["forget"] },
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
    ],
    [`note loss: ${INGRESS} stays as it is, and Terraform no longer manages it.`],
  ],
  "the items of a lost table are part of the loss": [
    [
      { type: "aws_dynamodb_table", before: { name: "t" }, after: { name: "u" }, actions: ["delete", "create"] },
      { type: "aws_dynamodb_table_item", before: { table_name: "t" }, after: {}, actions: ["delete", "create"] },
    ],
    [
      "danger loss: aws_dynamodb_table is replaced. Every item is lost; with point-in-time recovery, a backup remains for 35 days.",
    ],
  ],
  "an item that is deleted from its table, and one that is written again": [
    [
      { type: "aws_dynamodb_table_item", before: { table_name: "t" }, after: {}, actions: ["delete", "create"] },
      { type: "aws_dynamodb_table_item", name: "other", before: { table_name: "t" } },
    ],
    [
      "caution loss: aws_dynamodb_table_item is destroyed. The item is deleted from its table.",
      "note loss: aws_dynamodb_table_item is replaced. The item is written again.",
    ],
  ],
  "a lifecycle rule of an existing bucket beside another new bucket": [
    [
      { type: "aws_s3_bucket", after: { bucket: "new" } },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        after: { bucket: "old", rule: [{ status: "Enabled", expiration: [{ days: 1 }] }] },
      },
      {
        type: "aws_s3_bucket_lifecycle_configuration",
        name: "other",
        after: { bucket: "new", rule: [{ status: "Enabled", expiration: [{ days: 1 }] }] },
      },
    ],
    ["danger protection: Objects are deleted permanently after 1 day."],
  ],
  "the source group of a new rule with a range is no other peer": [
    [
      {
        type: "aws_security_group_rule",
        after: {
          type: "ingress",
          security_group_id: "sg-1",
          protocol: "tcp",
          from_port: 80,
          to_port: 80,
          cidr_blocks: ["10.0.0.0/8"],
        },
        unknown: { source_security_group_id: true },
      },
      {
        type: "aws_security_group_rule",
        name: "self",
        after: { type: "ingress", security_group_id: "sg-1", protocol: "tcp", from_port: 90, to_port: 90, self: true },
        unknown: { source_security_group_id: true },
      },
    ],
    [
      "caution network: Allows tcp 80 from 10.0.0.0/8, which was not allowed before.",
      "caution network: Allows tcp 90 from other members of the group, which was not allowed before.",
    ],
  ],
  "a policy that is replaced by one of another role, and one whose role is renamed": [
    [
      {
        type: "aws_iam_role_policy",
        before: { role: "a", policy: policy(allow("s3:GetObject")) },
        after: { role: "b", policy: policy(allow("s3:GetObject")) },
        actions: ["delete", "create"],
      },
      {
        type: "aws_iam_role",
        before: { name: "c" },
        after: { name: "d" },
        actions: ["delete", "create"],
      },
      {
        type: "aws_iam_role_policy",
        name: "renamed",
        before: { role: "c", policy: policy(allow("s3:GetObject")) },
        after: { role: "d", policy: policy(allow("s3:GetObject")) },
        actions: ["delete", "create"],
      },
    ],
    ["caution access: Newly allows s3:GetObject on arn:aws:s3:::a.", "note loss: aws_iam_role is replaced."],
  ],
  "actions that only list are no danger on every resource": [
    [
      {
        type: "aws_iam_policy",
        before: { name: "a", policy: policy(allow("s3:GetObject")) },
        after: {
          name: "a",
          policy: policy(allow("s3:GetObject"), allow(["ec2:DescribeInstances", "s3:ListAllMyBuckets"], "*")),
        },
      },
      {
        type: "aws_iam_policy",
        name: "other",
        before: { name: "b", policy: policy(allow("s3:GetObject")) },
        after: { name: "b", policy: policy(allow("s3:GetObject"), allow("rds:CreateDBInstance", "*")) },
      },
    ],
    [
      "danger access: Newly allows rds:CreateDBInstance on *.",
      "caution access: Newly allows ec2:DescribeInstances, s3:ListAllMyBuckets on *.",
    ],
  ],
  "a new policy about the data of the whole account": [
    [
      { type: "aws_iam_policy", after: { policy: policy(allow("secretsmanager:Get*", "*")) } },
      { type: "aws_iam_policy", name: "bucket", after: { policy: policy(allow("s3:GetObject", "arn:aws:s3:::a/*")) } },
      { type: "aws_iam_policy", name: "metrics", after: { policy: policy(allow("cloudwatch:PutMetricData", "*")) } },
      {
        type: "aws_iam_policy",
        name: "limited",
        after: {
          policy: policy(
            allow("kms:Decrypt", "*", {
              Condition: { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } },
            }),
          ),
        },
      },
    ],
    [
      "caution access: Allows secretsmanager:Get* on every resource, and so on data or safeguards of the whole account.",
    ],
  ],
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
  "both halves of the internet become the whole": [
    [
      {
        type: "aws_security_group",
        before: {
          id: "sg-1",
          ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, ipv6_cidr_blocks: ["::/1", "8000::/1"] }],
        },
        after: { id: "sg-1", ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, ipv6_cidr_blocks: ["::/0"] }] },
      },
    ],
    [],
  ],
  "guards and policies that only get another address": [
    [
      {
        type: "aws_s3_bucket_public_access_block",
        before: { id: "b", bucket: "b", block_public_acls: true, block_public_policy: true },
      },
      {
        type: "aws_s3_bucket_public_access_block",
        name: "renamed",
        after: { bucket: "b", block_public_acls: true, block_public_policy: true },
        unknown: { id: true },
      },
      { type: "aws_s3_bucket_policy", before: { id: "b", bucket: "b", policy: policy(TLS_ONLY) } },
      {
        type: "aws_s3_bucket_policy",
        name: "renamed",
        after: { bucket: "b", policy: policy(TLS_ONLY) },
        unknown: { id: true },
      },
      { type: "aws_cloudwatch_metric_alarm", before: { id: "a", alarm_name: "a", threshold: 1, alarm_actions: ["t"] } },
      {
        type: "aws_cloudwatch_metric_alarm",
        name: "renamed",
        after: { alarm_name: "a", threshold: 1, alarm_actions: ["t"] },
        unknown: { id: true },
      },
    ],
    [
      "caution public: aws_s3_bucket_public_access_block is destroyed, and an equal one is created at another address. Terraform may destroy it last, and then neither is left.",
      "caution access: aws_s3_bucket_policy is destroyed, and an equal one is created at another address. Terraform may destroy it last, and then neither is left.",
      "caution protection: aws_cloudwatch_metric_alarm is destroyed, and an equal one is created at another address. Terraform may destroy it last, and then neither is left.",
    ],
  ],
  "a guard that moves to another address or region, in between of which nothing is recorded": [
    [
      { type: "aws_guardduty_detector", before: { id: "d", enable: true } },
      { type: "aws_guardduty_detector", name: "europe", after: { enable: true }, unknown: { id: true } },
    ],
    [
      "danger protection: aws_guardduty_detector is destroyed, and an equal one is created at another address. Until the new one works: threats in the account are no longer detected.",
    ],
  ],
  "more resources than those that get another address": [
    [
      { type: "aws_iam_access_key", before: { id: "k", user: "bob", status: "Active" } },
      ...["one", "two"].map((name) => ({
        type: "aws_iam_access_key",
        name,
        after: { user: "bob", status: "Active" },
        unknown: { id: true },
      })),
    ],
    [
      "danger loss: aws_iam_access_key is destroyed. Programs that use the key cannot call AWS.",
      "caution access: A long-lived access key is created; its secret is stored in the Terraform state.",
      "caution access: A long-lived access key is created; its secret is stored in the Terraform state.",
    ],
  ],
  "a guard beside a new one that protects less, or something that is not known yet": [
    [
      { type: "aws_s3_bucket_versioning", before: { bucket: "b", versioning_configuration: [{ status: "Enabled" }] } },
      {
        type: "aws_s3_bucket_versioning",
        name: "other",
        after: { versioning_configuration: [{ status: "Enabled" }] },
        unknown: { bucket: true },
      },
      { type: "aws_cloudwatch_metric_alarm", before: { id: "a", alarm_name: "a", threshold: 1, alarm_actions: ["t"] } },
      {
        type: "aws_cloudwatch_metric_alarm",
        name: "renamed",
        after: { alarm_name: "a", threshold: 9, alarm_actions: ["t"] },
        unknown: { id: true },
      },
    ],
    [
      "danger protection: aws_cloudwatch_metric_alarm is destroyed.",
      "danger protection: aws_s3_bucket_versioning is destroyed.",
    ],
  ],
  "safeguards that are destroyed together with what they protect": [
    [
      { type: "aws_vpc", before: { id: "vpc-1" } },
      { type: "aws_flow_log", before: { vpc_id: "vpc-1" } },
      { type: "aws_lb", before: { id: "arn:l", arn: "arn:l" } },
      { type: "aws_wafv2_web_acl_association", before: { resource_arn: "arn:l" } },
      { type: "aws_lambda_function", before: { id: "f", function_name: "f" } },
      { type: "aws_lambda_event_source_mapping", before: { function_name: "f" } },
      { type: "aws_iam_role", before: { id: "g", name: "g" } },
      { type: "aws_lambda_event_source_mapping", name: "other", before: { function_name: "g" } },
    ],
    [
      "danger loss: aws_lambda_function is destroyed. Calls fail.",
      "danger loss: aws_lb is destroyed.",
      "danger loss: aws_vpc is destroyed.",
      "danger protection: aws_lambda_event_source_mapping is destroyed.",
      "note loss: aws_flow_log is destroyed.",
      "note loss: aws_iam_role is destroyed.",
      "note loss: aws_lambda_event_source_mapping is destroyed.",
      "note loss: aws_wafv2_web_acl_association is destroyed.",
    ],
  ],
  "scaling, alarms, and filters that are destroyed together with what they watch, and some that are not": [
    [
      {
        type: "aws_ecs_service",
        before: { name: "like", id: "arn:aws:ecs:us-east-1:111122223333:service/main/like" },
      },
      { type: "aws_lb_target_group", before: { arn_suffix: "targetgroup/like/1" } },
      { type: "aws_cloudwatch_log_group", before: { name: "like" } },
      { type: "aws_appautoscaling_target", before: { resource_id: "service/main/like" } },
      {
        type: "aws_cloudwatch_metric_alarm",
        before: { dimensions: { ClusterName: "main", ServiceName: "like" } },
      },
      {
        type: "aws_cloudwatch_metric_alarm",
        name: "of_metrics",
        before: { metric_query: [{ id: "a", metric: [{ dimensions: { TargetGroup: "targetgroup/like/1" } }] }] },
      },
      { type: "aws_cloudwatch_log_metric_filter", before: { log_group_name: "like" } },
      { type: "aws_appautoscaling_target", name: "other", before: { resource_id: "service/main/other" } },
      { type: "aws_cloudwatch_metric_alarm", name: "other", before: { dimensions: { FunctionName: "like" } } },
    ],
    [
      "danger loss: aws_cloudwatch_log_group is destroyed.",
      "danger loss: aws_ecs_service is destroyed.",
      "danger loss: aws_lb_target_group is destroyed.",
      "danger protection: aws_appautoscaling_target is destroyed. Capacity no longer follows the load.",
      "danger protection: aws_cloudwatch_metric_alarm is destroyed. No one is notified",
      "note loss: aws_appautoscaling_target is destroyed.",
      "note loss: aws_cloudwatch_log_metric_filter is destroyed.",
      "note loss: aws_cloudwatch_metric_alarm is destroyed.",
      "note loss: aws_cloudwatch_metric_alarm is destroyed.",
    ],
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
  "attachments of a role that is replaced, and of another role": [
    [
      {
        type: "aws_iam_role",
        actions: ["delete", "create"],
        before: { name: "a" },
        after: { name: "b" },
        replaced: ["name"],
      },
      ...["b", "c"].map((role) => ({
        type: "aws_iam_role_policy_attachment",
        name: role,
        actions: ["delete", "create"],
        before: { role: "a", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        after: { role, policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
        replaced: ["role"],
      })),
    ],
    [
      "danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess.",
      "note loss: aws_iam_role is replaced",
    ],
  ],
  "a policy of a user who is renamed": [
    [
      { type: "aws_iam_user", before: { name: "bob", id: "bob" }, after: { name: "eve", id: "bob" } },
      {
        type: "aws_iam_user_policy",
        actions: ["delete", "create"],
        before: { user: "bob", policy: policy(allow("s3:*", "*")) },
        after: { user: "eve", policy: policy(allow("s3:*", "*")) },
        replaced: ["user"],
      },
    ],
    [],
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
  "a role for people who have not signed in": [
    [
      {
        type: "aws_iam_role",
        after: {
          name: "guest",
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "cognito-identity.amazonaws.com" },
            Condition: { "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" } },
          }),
        },
      },
    ],
    ["danger access: Allows people who have not signed in to assume the role."],
  ],
  "an object that Terraform forgets": [
    [{ type: "aws_db_instance", before: { deletion_protection: true }, actions: ["forget"] }],
    ["note loss: aws_db_instance stays as it is, and Terraform no longer manages it."],
  ],
  "a replacement that leaves the old object in AWS": [
    [{ type: "aws_s3_bucket", before: { bucket: "a" }, after: { bucket: "b" }, actions: ["create", "forget"] }],
    ["note loss: aws_s3_bucket is replaced. The old object stays, and Terraform no longer manages it."],
  ],
  "a replacement that leaves the old object in AWS and lowers its protection": [
    [
      {
        type: "aws_db_instance",
        before: { deletion_protection: true },
        after: { deletion_protection: false },
        actions: ["create", "forget"],
      },
    ],
    [
      "danger protection: deletion_protection changes from true to false.",
      "note loss: aws_db_instance is replaced. The old object stays, and Terraform no longer manages it.",
    ],
  ],
  "the deposed object of an interrupted replacement": [
    [{ type: "aws_lb", before: { name: "old" }, deposed: "a1b2c3d4" }],
    ["note loss: The old aws_lb of an interrupted replacement is destroyed; the current one stays."],
  ],
  "a deposed object that stays without Terraform": [
    [{ type: "aws_lb", before: { name: "old" }, actions: ["forget"], deposed: "a1b2c3d4" }],
    ["note loss: The old aws_lb of an interrupted replacement stays as it is, and Terraform no longer manages it."],
  ],
  "a deposed object that is destroyed together with the current one": [
    [
      { type: "aws_cloudwatch_dashboard", before: { dashboard_name: "a" } },
      { type: "aws_cloudwatch_dashboard", before: { dashboard_name: "old" }, deposed: "a1b2c3d4" },
    ],
    [
      "note loss: aws_cloudwatch_dashboard is destroyed.",
      "note loss: The old aws_cloudwatch_dashboard of an interrupted replacement is destroyed.",
    ],
  ],
  "a replacement that was requested": [
    [
      {
        type: "aws_cloudwatch_dashboard",
        before: { dashboard_name: "a" },
        after: { dashboard_name: "a" },
        actions: ["delete", "create"],
        reason: "replace_by_request",
      },
    ],
    ["note loss: aws_cloudwatch_dashboard is replaced, because -replace requests it."],
  ],
  "an instance replaced because of its script": [
    [
      {
        type: "aws_instance",
        before: { user_data: "a" },
        after: { user_data: "b" },
        actions: ["delete", "create"],
        replaced: ["user_data"],
      },
    ],
    [
      "danger loss: aws_instance is replaced, because user_data cannot change in place.",
      "caution protection: user_data changes from a to b. The new instance runs the changed script as root.",
    ],
  ],
  "a data source describes something that exists": [
    [
      { type: "aws_instance", after: { associate_public_ip_address: true }, actions: ["read"] },
      { type: "aws_db_instance", after: { publicly_accessible: true }, actions: ["read"] },
    ],
    [],
  ],
  "a destroyed resource of a type without rules is a note": [
    [{ type: "aws_cloudwatch_dashboard", before: { dashboard_body: "{}" } }],
    ["note loss: aws_cloudwatch_dashboard is destroyed."],
  ],
  "a destroyed database of another cloud, known or judged by its type": [
    [
      { type: "google_sql_database_instance", before: { name: "a" } },
      { type: "kubernetes_namespace", before: { id: "b" } },
      { type: "google_memcache_cluster", before: { id: "b" } },
      { type: "oci_database_autonomous_database", before: { id: "b" } },
      { type: "google_bigquery_dataset_iam_member", before: { id: "b" } },
      { type: "aws_db_subnet_group", before: { id: "b" } },
    ],
    [
      "danger loss: google_sql_database_instance is destroyed. The database is lost.",
      "danger loss: kubernetes_namespace is destroyed. Everything in the namespace is deleted.",
      "caution loss: google_memcache_cluster is destroyed. Judging by its type, it may hold data",
      "caution loss: oci_database_autonomous_database is destroyed. Judging by its type, it may hold data",
      "note loss: aws_db_subnet_group is destroyed.",
      "note loss: google_bigquery_dataset_iam_member is destroyed.",
    ],
  ],
  "a resource that OpenTofu destroys because it is not enabled": [
    [{ type: "aws_ecs_service", before: { name: "a" }, reason: "delete_because_enabled_false" }],
    ["danger loss: aws_ecs_service is destroyed, because enabled is false. Its tasks stop"],
  ],
  "a tainted resource": [
    [
      {
        type: "aws_ecs_service",
        before: { name: "s" },
        after: { name: "s" },
        actions: ["delete", "create"],
        reason: "replace_because_tainted",
      },
    ],
    ["danger loss: aws_ecs_service is replaced, because it is tainted. Its tasks stop"],
  ],
  "a secret destroyed without a recovery window": [
    [{ type: "aws_secretsmanager_secret", before: { name: "s", recovery_window_in_days: 0 } }],
    ["danger loss: aws_secretsmanager_secret is destroyed. The secret's value is lost at once"],
  ],
  "a database destroyed without a snapshot": [
    [{ type: "aws_db_instance", before: { skip_final_snapshot: true, delete_automated_backups: true } }],
    [
      "danger loss: aws_db_instance is destroyed. The database is lost; no final snapshot is taken and no automated backup",
    ],
  ],

  "a new action": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
      },
    ],
    ["caution access: Newly allows s3:PutObject on arn:aws:s3:::a."],
  ],
  "every action of a service": [
    [{ type: "aws_iam_role_policy", before: rolePolicy(allow("s3:GetObject")), after: rolePolicy(allow("s3:*")) }],
    ["danger access: Newly allows s3:* on arn:aws:s3:::a."],
  ],
  "all but some actions": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy({ Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::a" }),
      },
    ],
    ["danger access: Newly allows everything but iam:* on arn:aws:s3:::a."],
  ],
  "a new resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow("s3:GetObject", ["arn:aws:s3:::a", "arn:aws:s3:::b"])),
      },
    ],
    ["caution access: Allows s3:GetObject on more than before: arn:aws:s3:::b."],
  ],
  "every resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject")),
        after: rolePolicy(allow("s3:GetObject", "*")),
      },
    ],
    ["danger access: Allows s3:GetObject on more than before: *."],
  ],
  "two grants combined in a new way": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::b")),
        after: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a"), allow("s3:PutObject", "arn:aws:s3:::a")),
      },
    ],
    ["caution access: Allows s3:PutObject on more than before: arn:aws:s3:::a."],
  ],
  "the same permissions in another notation": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
        after: rolePolicy(allow("S3:putobject"), allow(["s3:GetObject"])),
      },
    ],
    [],
  ],
  "two statements merged into one": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:PutObject"), allow("s3:GetObject")),
        after: rolePolicy(allow(["s3:GetObject", "s3:PutObject"])),
      },
    ],
    [],
  ],
  "fewer permissions than before": [
    [{ type: "aws_iam_role_policy", before: rolePolicy(allow("s3:*", "*")), after: rolePolicy(allow("s3:GetObject")) }],
    [],
  ],
  "a lost condition": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::a", { Condition: OF_ORG })),
        after: rolePolicy(allow("s3:GetObject")),
      },
    ],
    ["danger access: Allows s3:GetObject without the condition it had: no longer StringEquals aws:PrincipalOrgID o-1."],
  ],
  "a dropped denial": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy(TLS_ONLY) },
        after: { bucket: "b", policy: policy() },
      },
    ],
    ["danger access: No longer denies s3:* to everyone when"],
  ],
  "a denial that exempts another principal": [
    [
      {
        type: "aws_s3_bucket_policy",
        before: {
          bucket: "b",
          policy: policy({ Effect: "Deny", Action: "s3:*", Resource: "*", NotPrincipal: { AWS: "111122223333" } }),
        },
        after: {
          bucket: "b",
          policy: policy({
            ...{ Effect: "Deny", Action: "s3:*", Resource: "*" },
            NotPrincipal: { AWS: ["111122223333", "444455556666"] },
          }),
        },
      },
    ],
    [
      "danger access: No longer denies s3:* to everyone but AWS arn:aws:iam::111122223333:root: a denial overrides every permission",
    ],
  ],
  "a permission for everyone but one": [
    [
      {
        type: "aws_sqs_queue_policy",
        after: {
          queue_url: "q",
          policy: policy({ ...allow("sqs:*", "*"), NotPrincipal: { AWS: "111122223333" } }),
        },
      },
    ],
    ["danger access: Newly allows everyone but AWS arn:aws:iam::111122223333:root to use sqs:*: anyone in any account"],
  ],
  "a smaller range of addresses in a condition": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(
          allow("s3:GetObject", "arn:aws:s3:::a", { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }),
        ),
        after: rolePolicy(
          allow("s3:GetObject", "arn:aws:s3:::a", {
            Condition: { IpAddress: { "aws:SourceIp": ["10.1.0.0/16", "10.2.0.1"] } },
          }),
        ),
      },
    ],
    [],
  ],
  "a new service in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ Service: ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }),
      },
    ],
    ["caution access: Newly allows Service ec2.amazonaws.com to use sts:AssumeRole, and so to assume the role."],
  ],
  "another account in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Service: "ecs-tasks.amazonaws.com" }),
        after: trust({ AWS: "210987654321" }),
      },
    ],
    [
      "danger access: Newly allows AWS arn:aws:iam::210987654321:root to use sts:AssumeRole, and so to assume the role.",
    ],
  ],
  "anyone in a trust policy": [
    [{ type: "aws_iam_role", before: trust({ AWS: "210987654321" }), after: trust("*") }],
    ["danger access: Newly allows * to use sts:AssumeRole: anyone in any account"],
  ],
  "another condition in a trust policy": [
    [
      {
        type: "aws_iam_role",
        before: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/r:ref:refs/heads/main" } }),
        after: trust({ Federated: "github" }, { StringLike: { sub: "repo:o/*" } }),
      },
    ],
    [
      "danger access: Allows sts:AssumeRole under a weaker condition: StringLike sub was repo:o/r:ref:refs/heads/main and is repo:o/*.",
    ],
  ],
  "a new policy of an existing role": [
    [{ type: "aws_iam_role_policy", after: rolePolicy(allow("s3:GetObject")) }],
    ["caution access: Newly allows s3:GetObject on arn:aws:s3:::a."],
  ],
  "a new policy of a new role": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", after: rolePolicy(allow("s3:GetObject")) },
    ],
    [],
  ],
  "a new role with all permissions": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", after: rolePolicy(allow("*", "*")) },
    ],
    ["danger access: Allows * on every resource."],
  ],
  "a managed policy with all permissions": [
    [
      {
        type: "aws_iam_role_policy_attachment",
        after: { role: "like", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      },
    ],
    ["danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess."],
  ],

  "a port open to the internet": [
    [{ type: INGRESS, after: rule("0.0.0.0/0", [22, 22]) }],
    ["danger network: Allows tcp 22 from 0.0.0.0/0: anyone on the internet can connect."],
  ],
  "half of the internet counts as the internet": [
    [{ type: INGRESS, after: rule("0.0.0.0/1", [22, 22]) }],
    ["danger network: Allows tcp 22 from 0.0.0.0/1: anyone"],
  ],
  "the internet over IPv6": [
    [{ type: INGRESS, after: { ...rule("", [22, 22]), cidr_ipv4: null, cidr_ipv6: "::/0" } }],
    ["danger network: Allows tcp 22 from ::/0: anyone"],
  ],
  "a wider range": [
    [{ type: INGRESS, before: rule("10.0.1.0/24", [80, 80]), after: rule("10.0.0.0/16", [80, 80]) }],
    ["caution network: Allows tcp 80 from 10.0.0.0/16, which was not allowed before."],
  ],
  "more ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 80]), after: rule("10.0.0.0/16", [80, 90]) }],
    ["caution network: Allows tcp 80-90 from 10.0.0.0/16, which was not allowed before."],
  ],
  "a narrower range and fewer ports": [
    [{ type: INGRESS, before: rule("10.0.0.0/16", [80, 90]), after: rule("10.0.1.0/24", [80, 80]) }],
    [],
  ],
  "a rule that only moves within the code": [
    [
      { type: INGRESS, name: "old", before: rule("0.0.0.0/0", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("0.0.0.0/0", [80, 80]) },
    ],
    [],
  ],
  "the same rule for another group": [
    [
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
      { type: INGRESS, name: "new", after: rule("10.0.0.0/16", [80, 80], "sg-2") },
    ],
    [
      "caution network: Allows tcp 80 from 10.0.0.0/16, which was not allowed before.",
      "note network: aws_vpc_security_group_ingress_rule is destroyed. Connections that no other rule allows fail.",
    ],
  ],
  "a rule that is destroyed with its group": [
    [
      { type: "aws_security_group", before: { id: "sg-1" } },
      { type: INGRESS, name: "old", before: rule("10.0.0.0/16", [80, 80]) },
    ],
    ["note loss: aws_security_group is destroyed."],
  ],
  "an inline rule of a group": [
    [
      {
        type: "aws_security_group",
        before: { id: "sg-1", ingress: [] },
        after: { id: "sg-1", ingress: [{ protocol: "-1", from_port: 0, to_port: 0, cidr_blocks: ["0.0.0.0/0"] }] },
      },
    ],
    ["danger network: Allows all traffic from 0.0.0.0/0: anyone"],
  ],
  "a new egress rule": [
    [{ type: "aws_vpc_security_group_egress_rule", after: rule("0.0.0.0/0", [443, 443]) }],
    ["caution network: Allows tcp 443 to 0.0.0.0/0, which was not allowed before."],
  ],

  "a new action and a lost condition are both found": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::b/*", { Condition: OF_ORG })),
        after: rolePolicy(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::b/*")),
      },
    ],
    [
      "danger access: Allows s3:GetObject without the condition it had",
      "caution access: Newly allows s3:ListBucket on arn:aws:s3:::b/*.",
    ],
  ],
  "a condition in another notation": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "a", { Condition: { Bool: { "aws:SecureTransport": "true" } } })),
        after: rolePolicy(
          allow("s3:GetObject", "a", { Condition: { bool: { "AWS:SecureTransport": [true] } } }),
          allow("s3:GetObject", "a", {
            Condition: { Bool: { "aws:SecureTransport": true }, StringEquals: { a: "b" } },
          }),
        ),
      },
    ],
    [],
  ],
  "the letter case of a resource": [
    [
      {
        type: "aws_iam_role_policy",
        before: rolePolicy(allow("s3:GetObject", "arn:aws:s3:::b/admin/*")),
        after: rolePolicy(allow("s3:getobject", "arn:aws:s3:::b/Admin/*")),
      },
    ],
    ["caution access: Allows s3:getobject on more than before: arn:aws:s3:::b/Admin/*."],
  ],
  "a new policy for every resource of a service": [
    [{ type: "aws_iam_policy", after: { policy: policy(allow("iam:*", "arn:aws:iam::*:*")) } }],
    ["danger access: Allows iam:* on every resource."],
  ],
  "a new policy that passes roles": [
    [{ type: "aws_iam_policy", after: { policy: policy(allow(["iam:PassRole", "lambda:CreateFunction"], "*")) } }],
    ["danger access: Allows iam:PassRole on every resource, which is enough to gain any permission"],
  ],
  "two new policies of one role that pass a role to code": [
    [
      { type: "aws_iam_role", name: "role", after: trust({ Service: "ecs-tasks.amazonaws.com" }) },
      { type: "aws_iam_role_policy", name: "pass", after: rolePolicy(allow("iam:PassRole", "arn:aws:iam::1:role/a")) },
      {
        type: "aws_iam_role_policy",
        name: "run",
        after: rolePolicy(allow("lambda:CreateFunction", "arn:aws:lambda:r:1:function:a")),
      },
    ],
    ["danger access: Together with aws_iam_role_policy.run, like may pass a role to code that it starts"],
  ],
  "a new policy that is known only after apply": [
    [{ type: "aws_iam_role_policy", after: { role: "ci", name: "p" }, unknown: { policy: true } }],
    ["caution access: The permissions in its policy are known only after apply."],
  ],
  "a new role that another account may assume": [
    [{ type: "aws_iam_role", after: trust({ AWS: "210987654321" }) }],
    ["danger access: Allows AWS arn:aws:iam::210987654321:root to assume the role."],
  ],
  "a new role for every repository on GitHub": [
    [
      {
        type: "aws_iam_role",
        after: {
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "github" },
            Condition: { StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } },
          }),
        },
      },
    ],
    ["danger access: Allows every subject of Federated github to assume the role"],
  ],
  "a new role for one repository on GitHub": [
    [
      {
        type: "aws_iam_role",
        after: {
          assume_role_policy: policy({
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: "github" },
            Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:octo/mysfits:*" } },
          }),
        },
      },
    ],
    [],
  ],
  "a new role with a managed policy": [
    [
      {
        type: "aws_iam_role",
        after: { name: "a", managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
      },
    ],
    ["danger access: Newly grants all permissions of arn:aws:iam::aws:policy/AdministratorAccess."],
  ],
  "an exclusive attachment": [
    [
      {
        type: "aws_iam_policy_attachment",
        after: { roles: ["ci"], policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      },
    ],
    [
      "caution access: Newly grants all permissions of arn:aws:iam::aws:policy/ReadOnlyAccess. The attachment is exclusive",
    ],
  ],
  "administration of a cluster": [
    [
      {
        type: "aws_eks_access_policy_association",
        after: { policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" },
      },
    ],
    [
      "danger access: Newly grants all permissions of arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy.",
    ],
  ],
  "an access key": [
    [{ type: "aws_iam_access_key", after: { user: "ci" } }],
    ["caution access: A long-lived access key is created"],
  ],

  "ICMP narrowed to one type": [[{ type: INGRESS, before: icmp(-1, -1), after: icmp(8, 0) }], []],
  "ICMP widened to all codes of a type": [
    [{ type: INGRESS, before: icmp(3, 4), after: icmp(3, -1) }],
    ["danger network: Allows icmp type 3 from 0.0.0.0/0: anyone"],
  ],
  "a protocol by its number": [
    [
      {
        type: "aws_security_group_rule",
        before: { ...classicRule("10.0.0.0/8"), protocol: "tcp" },
        after: { ...classicRule("10.0.0.0/8"), protocol: "6" },
      },
    ],
    [],
  ],
  "a replaced group with the same rules": [
    [
      {
        type: "aws_security_group",
        before: { id: "sg-1", description: "a", ingress: [block("0.0.0.0/0")] },
        after: { description: "b", ingress: [block("0.0.0.0/0")] },
        unknown: { id: true },
        actions: ["delete", "create"],
        replaced: ["description"],
      },
      {
        type: "aws_security_group_rule",
        before: classicRule("0.0.0.0/0"),
        after: { ...classicRule("0.0.0.0/0"), security_group_id: null },
        unknown: { security_group_id: true },
        actions: ["delete", "create"],
        replaced: ["security_group_id"],
      },
    ],
    ["note loss: aws_security_group is replaced, because description cannot change in place."],
  ],
  "an inline rule of a network ACL": [
    [
      {
        type: "aws_network_acl",
        before: { id: "acl-1", ingress: [aclRule("10.0.0.0/8", "allow", "tcp")] },
        after: { id: "acl-1", ingress: [aclRule("0.0.0.0/0", "allow", "-1")] },
      },
    ],
    ["danger network: Allows all traffic from 0.0.0.0/0: anyone"],
  ],
  "a denial of a network ACL that ends": [
    [
      {
        type: "aws_network_acl_rule",
        before: { network_acl_id: "acl-1", protocol: "-1", rule_action: "deny", cidr_block: "203.0.113.0/24" },
      },
    ],
    ["caution network: No longer denies all traffic from 203.0.113.0/24"],
  ],
  "the internet in a prefix list": [
    [
      {
        type: "aws_ec2_managed_prefix_list",
        before: { entry: [{ cidr: "198.51.100.0/24" }] },
        after: { entry: [{ cidr: "198.51.100.0/24" }, { cidr: "0.0.0.0/0" }] },
      },
    ],
    ["danger network: 0.0.0.0/0 joins the prefix list"],
  ],
  "a route to an internet gateway": [
    [
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" },
      },
      {
        type: "aws_route_table",
        before: { route: [] },
        after: { route: [{ cidr_block: "0.0.0.0/0", gateway_id: "igw-1" }] },
      },
    ],
    [
      "danger network: A route for 0.0.0.0/0 leads to the internet gateway igw-1",
      "danger network: A route for 0.0.0.0/0 leads to the internet gateway igw-1",
    ],
  ],
  "a wide route to another network": [
    [
      {
        type: "aws_route",
        after: { route_table_id: "rtb-1", destination_cidr_block: "10.0.0.0/8", transit_gateway_id: "tgw-1" },
      },
    ],
    ["caution network: A route sends all of 10.0.0.0/8 to another network through tgw-1."],
  ],

  "point-in-time recovery off": [
    [
      {
        type: "aws_dynamodb_table",
        before: { point_in_time_recovery: [{ enabled: true }] },
        after: { point_in_time_recovery: [{ enabled: false }] },
      },
    ],
    ["danger protection: point_in_time_recovery.enabled changes from true to false. Backups stop"],
  ],
  "deletion protection off": [
    [{ type: "aws_lb", before: { enable_deletion_protection: true }, after: { enable_deletion_protection: false } }],
    ["danger protection: enable_deletion_protection changes from true to false."],
  ],
  "encryption without a key of the account": [
    [{ type: "aws_sns_topic", before: { kms_master_key_id: "k" }, after: { kms_master_key_id: "" } }],
    ["danger protection: kms_master_key_id is removed; it was k."],
  ],
  "a role without its boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "b" }, after: { permissions_boundary: "" } }],
    ["danger protection: permissions_boundary is removed; it was b. From then on, its policies alone"],
  ],
  "a role that gets a boundary": [
    [{ type: "aws_iam_role", before: { permissions_boundary: "" }, after: { permissions_boundary: "b" } }],
    [],
  ],
  "logs kept for a shorter time": [
    [{ type: "aws_cloudwatch_log_group", before: { retention_in_days: 0 }, after: { retention_in_days: 30 } }],
    ["danger protection: retention_in_days changes from 0 to 30. Older log lines are deleted"],
  ],
  "logs kept for longer": [
    [{ type: "aws_cloudwatch_log_group", before: { retention_in_days: 7 }, after: { retention_in_days: 30 } }],
    [],
  ],
  "a new log group": [[{ type: "aws_cloudwatch_log_group", after: { retention_in_days: 7 } }], []],
  "protection switched on": [
    [
      {
        type: "aws_dynamodb_table",
        before: { deletion_protection_enabled: false },
        after: { deletion_protection_enabled: true },
      },
    ],
    [],
  ],

  "a public database": [
    [
      {
        type: "aws_db_instance",
        after: { publicly_accessible: true, storage_encrypted: true, deletion_protection: true },
      },
    ],
    ["danger public: Created with publicly_accessible set to true. Anyone"],
  ],
  "a lifted public access block": [
    [
      {
        type: "aws_s3_bucket_public_access_block",
        before: { bucket: "b", block_public_policy: true },
        after: { bucket: "b", block_public_policy: false },
      },
    ],
    ["danger public: block_public_policy changes from true to false."],
  ],

  "a listener rule that moves": [
    [{ type: "aws_lb_listener_rule", before: { priority: 100 }, after: { priority: 2000 } }],
    ["caution traffic: Its priority changes: requests may go elsewhere"],
  ],
  "a service without tasks": [
    [{ type: "aws_ecs_service", before: { desired_count: 2 }, after: { desired_count: 0 } }],
    ["danger traffic: desired_count changes from 2 to 0. No task remains"],
  ],
  "a new revision that waits for a release": [
    [
      {
        type: "aws_ecs_task_definition",
        name: "like",
        before: { arn: "arn:aws:ecs:r:1:task-definition/like:1", cpu: "256" },
        after: { cpu: "512" },
        actions: ["delete", "create"],
      },
      {
        type: "aws_ssm_parameter",
        before: { value: "arn:aws:ecs:r:1:task-definition/like:1" },
        after: {},
        unknown: { value: true },
        sensitive: { value: true },
      },
    ],
    [
      "note release: Registers a new revision. Running tasks keep the old one until the release started by the change of aws_ssm_parameter.it.",
    ],
  ],
  "a new revision that its service switches to": [
    [
      {
        type: "aws_ecs_task_definition",
        name: "like",
        before: { arn: "a:1", cpu: "256" },
        after: { cpu: "512" },
        actions: ["delete", "create"],
      },
      { type: "aws_ecs_service", before: { task_definition: "a:1" }, after: {}, unknown: { task_definition: true } },
    ],
    [],
  ],
};

for (const [title, [changes, expected]] of Object.entries(CASES)) {
  test(title, async (t) => {
    const found = await findings(...changes);
    t.is(found.length, expected.length, found.join("\n"));
    for (const [index, beginning] of expected.entries()) {
      t.true(found[index]?.startsWith(beginning), `${found[index]}\n${beginning}`);
    }
  });
}

function icmp(type: number, code: number) {
  return { security_group_id: "sg-1", cidr_ipv4: "0.0.0.0/0", ip_protocol: "icmp", from_port: type, to_port: code };
}

function classicRule(range: string) {
  return {
    type: "ingress",
    security_group_id: "sg-1",
    protocol: "tcp",
    from_port: 22,
    to_port: 22,
    cidr_blocks: [range],
  };
}

function aclRule(range: string, action: "allow" | "deny", protocol: string) {
  return { action, protocol, cidr_block: range, from_port: 443, to_port: 443, rule_no: 100 };
}

test("a replacement for something else is told from one for something that is replaced, too", async (t) => {
  const type = "aws_route_table_association";
  const change = { type, before: { subnet_id: "a" }, actions: ["delete", "create"], replaced: ["subnet_id"] };
  const loss = `danger loss: ${type} is replaced, because subnet_id cannot change in place. The subnet uses the main route table`;
  const lossOf = async (input: ResourceInput) =>
    (await findings(input)).find((finding) => finding.startsWith("danger loss"));
  t.is(
    await lossOf({ ...change, after: { subnet_id: "b" } }),
    `${loss}, because the replacement has another subnet_id.`,
  );
  t.is(await lossOf({ ...change, after: {}, unknown: { subnet_id: true } }), `${loss} until the replacement is ready.`);
});

test("a principal that is not known yet is named as such", async (t) => {
  const statement = (identifiers: unknown) => ({
    effect: "Allow",
    actions: ["s3:GetObject"],
    resources: ["arn:aws:s3:::b/*"],
    principals: [{ type: "AWS", identifiers }],
  });
  const review = await reviewOf({
    platform: [
      resource({
        type: "aws_s3_bucket_policy",
        before: { bucket: "b", policy: policy(TLS_ONLY) },
        after: { bucket: "b" },
        unknown: { policy: true },
      }),
      resource({
        type: "aws_iam_policy_document",
        address: "data.aws_iam_policy_document.it",
        mode: "data",
        actions: ["read"],
        after: { statement: [statement(null)] },
        unknown: { json: true, statement: [{ principals: [{ identifiers: true }] }] },
      }),
      {
        kind: "configured",
        address: "aws_s3_bucket_policy.it",
        attributes: ["policy"],
        references: { policy: ["data.aws_iam_policy_document.it"] },
      },
    ],
  });
  t.true(
    findingsIn(review).includes("caution access: Newly allows principals that are not known yet to use s3:GetObject."),
    findingsIn(review).join("\n"),
  );
});

test("a policy that is known only after apply is evaluated by its policy document", async (t) => {
  const document = { type: "aws_iam_policy_document", name: "doc", actions: ["read"] };
  const address = `${document.type}.${document.name}`;
  const findings = async (statement: object, unknown: object) => {
    const { attention } = jsonOf(
      await reviewOf({
        services: [
          resource({ ...document, after: { statement: [statement] }, unknown: { statement: [unknown], json: true } }),
          resource({
            type: "aws_iam_role_policy",
            before: rolePolicy(allow("s3:GetObject")),
            after: { role: "like", name: "permissions" },
            unknown: { policy: true },
          }),
          { ...configured("aws_iam_role_policy", "policy"), references: { policy: [address] } } as PlanPart,
        ],
      }),
    );
    return attention.map(({ severity, text }) => `${severity}: ${text}`);
  };
  const note = "note: The resources in its policy are known only after apply.";
  t.deepEqual(await findings({ effect: "Allow", actions: ["s3:GetObject"] }, { resources: true }), [note]);
  t.deepEqual(await findings({ effect: "Allow", actions: ["s3:*"] }, { resources: true }), [
    "danger: Newly allows s3:* on resources that are not known yet.",
    note,
  ]);
});

test("parts of a policy document that are known only after apply are neither more nor less than before", async (t) => {
  const document = { type: "aws_iam_policy_document", name: "doc", actions: ["read"] };
  const topic = { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t" } };
  const allowing = {
    ...allow("sqs:SendMessage", "*", { Condition: topic }),
    Principal: { Service: "sns.amazonaws.com" },
  };
  const endpoint = { StringNotEquals: { "aws:SourceVpce": "vpce-1" } };
  const denying = { Effect: "Deny", Action: "sqs:*", Resource: "*", Principal: "*", Condition: endpoint };
  const found = async (before: object, statement: object, unknown: object) =>
    findingsIn(
      await reviewOf({
        services: [
          resource({ ...document, after: { statement: [statement] }, unknown: { statement: [unknown], json: true } }),
          resource({
            type: "aws_sqs_queue_policy",
            before: { queue_url: "q", policy: policy(before) },
            after: { queue_url: "q" },
            unknown: { policy: true },
          }),
          {
            ...configured("aws_sqs_queue_policy", "policy"),
            references: { policy: [`${document.type}.${document.name}`] },
          } as PlanPart,
        ],
      }),
    );
  const sns = { effect: "Allow", actions: ["sqs:SendMessage"], resources: ["*"] };
  const service = [{ type: "Service", identifiers: ["sns.amazonaws.com"] }];
  const test = { test: "ArnEquals", variable: "aws:SourceArn" };
  const later = (parts: string) => [`caution access: The ${parts} in its policy are known only after apply.`];

  const values = { condition: [{ values: [true] }] };
  const withCondition = { ...sns, principals: service, condition: [{ ...test, values: [null] }] };
  t.deepEqual(await found(allowing, withCondition, values), later("conditions"));
  t.deepEqual(await found(allowing, { ...sns, principals: service, condition: [] }, { resources: true }), [
    "danger access: Allows sqs:SendMessage without the condition it had: no longer ArnEquals aws:SourceArn arn:aws:sns:us-east-1:111122223333:t.",
    "note access: The resources in its policy are known only after apply.",
  ]);

  const principals = {
    ...sns,
    principals: [{ type: "AWS" }],
    condition: [{ ...test, values: Object.values(topic.ArnEquals) }],
  };
  t.deepEqual(await found(allowing, principals, { principals: [{ identifiers: true }] }), later("principals"));

  const everyone = [{ type: "*", identifiers: ["*"] }];
  const denial = { effect: "Deny", actions: ["sqs:*"], resources: ["*"], principals: everyone };
  const other = { test: "StringNotEquals", variable: "aws:SourceVpce" };
  t.deepEqual(
    await found(denying, { ...denial, condition: [other] }, { condition: [{ values: true }] }),
    later("conditions"),
  );
  const unknownActions = { ...denial, actions: [], condition: [{ ...other, values: ["vpce-1"] }] };
  t.deepEqual(await found(denying, unknownActions, { actions: true }), later("actions"));
});

test("an inline policy of a role that is known only after apply", async (t) => {
  const denied = { Effect: "Deny", Action: "s3:*", Resource: "*" };
  const role = {
    type: "aws_iam_role",
    before: { name: "like", inline_policy: [{ name: "a", policy: policy(denied) }] },
    after: { name: "like", inline_policy: [{ name: "a" }] },
    unknown: { inline_policy: [{ policy: true }] },
  };
  const parts = [resource(role), configured("aws_iam_role", "name", "inline_policy")];
  t.deepEqual(findingsIn(await reviewOf({ platform: parts })), [
    "caution access: The permissions in its inline_policy are known only after apply.",
  ]);
});

test("rules that look at other resources read each one only a few times", async (t) => {
  const COUNT = 40;
  const reads = new Map<string, number>();
  const inputs = Array.from({ length: COUNT }, (_, index) => index).flatMap((index): ResourceInput[] => {
    const [name, arn] = [`n${index}`, `arn:aws:iam::1:policy/n${index}`];
    const both = (type: string, values: object) => ({
      ...{ type, name, before: { ...values, tags: { a: "b" } }, after: { ...values, tags: { a: "c" } } },
    });
    return [
      { type: "aws_s3_bucket", name, after: { bucket: name } },
      { type: "aws_s3_bucket_policy", name, after: { bucket: name, policy: policy(allow("s3:GetObject")) } },
      { type: "aws_s3_bucket_versioning", name, before: { bucket: name } },
      both("aws_security_group", { id: name, ingress: [] }),
      { type: INGRESS, name, after: rule("10.0.0.0/16", [80, 80], name) },
      { type: INGRESS, name: `old${index}`, before: rule("10.0.0.0/16", [80, 80], name) },
      both("aws_network_acl", { id: name, ingress: [aclRule("10.0.0.0/16", "deny", "tcp")] }),
      both("aws_iam_policy", { arn, policy: policy(allow("s3:GetObject")) }),
      { type: "aws_iam_role_policy_attachment", name, after: { role: name, policy_arn: arn } },
      both("aws_ecs_service", { task_definition: arn }),
      { ...both("aws_ecs_task_definition", { arn }), actions: ["delete", "create"] },
      { type: "aws_route_table_association", name, before: { route_table_id: "a" }, after: { route_table_id: name } },
      both("aws_route_table", { id: name, route: [] }),
      { type: "aws_cloudwatch_metric_alarm", name, after: { alarm_name: name } },
      { type: "aws_cloudwatch_composite_alarm", name, after: { alarm_rule: "x", alarm_actions: ["y"] } },
    ];
  });
  const parts = inputs.map(resource).map((part): PlanPart => {
    if (part.kind !== "resource") {
      return part;
    }
    const { head, read } = part;
    const counted = () => {
      reads.set(head.address, (reads.get(head.address) ?? 0) + 1);
      return read();
    };
    return { kind: "resource", head, read: counted };
  });
  await reviewOf({ platform: parts });
  t.is(reads.size, inputs.length);
  t.true(Math.max(...reads.values()) <= 6, JSON.stringify([...reads].filter(([, count]) => count > 6)));
});

test("the policy document beside a policy is read, with the documents that it merges", async (t) => {
  const address = (key: string) => `module.app[${JSON.stringify(key)}].`;
  const denial = { Effect: "Deny", Action: "sqs:*", Resource: "*", Principal: "*" };
  const block = {
    ...{ sid: "", effect: "Deny", actions: ["sqs:*"], resources: ["*"] },
    principals: [{ type: "*", identifiers: ["*"] }],
  };
  const dropped = async (document: object, unknown: object = {}) =>
    findingsIn(
      await reviewOf({
        services: [
          resource({
            type: "aws_sqs_queue_policy",
            address: `${address("a.b")}aws_sqs_queue_policy.it`,
            before: { queue_url: "u", policy: policy(denial) },
            after: { queue_url: "u" },
            unknown: { policy: true },
          }),
          ...["a.b", 'c"]'].map((key) =>
            resource({
              type: "aws_iam_policy_document",
              address: `${address(key)}data.aws_iam_policy_document.doc`,
              actions: ["read"],
              after: key === "a.b" ? document : { statement: [] },
              unknown: { ...unknown, json: true },
            }),
          ),
          {
            kind: "configured",
            address: "module.app.aws_sqs_queue_policy.it",
            attributes: ["policy"],
            references: { policy: ["module.app.data.aws_iam_policy_document.doc"] },
          },
        ],
      }),
    );
  const note = "note access: The resources in its policy are known only after apply.";
  t.deepEqual(await dropped({ statement: [block] }), [note]);
  t.deepEqual(await dropped({ statement: [], source_policy_documents: [policy(denial)] }), [note]);
  t.is((await dropped({ statement: [] })).length, 2);
  const named = { ...denial, Sid: "tls" };
  const replaced = { ...block, sid: "tls", actions: ["sqs:SendMessage"] };
  t.is((await dropped({ statement: [replaced], source_policy_documents: [policy(named)] })).length, 2);
  t.deepEqual(await dropped({ statement: [replaced], override_policy_documents: [policy(named)] }), [note]);
  t.deepEqual(await dropped({ statement: [] }, { source_policy_documents: [true] }), [
    "caution access: The permissions in its policy are known only after apply.",
  ]);
});

test("a statement with more grants than are compared is reported, unless it did not change", async (t) => {
  const large = allow(
    Array.from({ length: 80 }, (_, index) => `s3:Action${index}`),
    Array.from({ length: 80 }, (_, index) => `arn:aws:s3:::${index}`),
  );
  const findings = async (before: object, after: object) => {
    const type = "aws_iam_role_policy";
    const { attention } = jsonOf(await reviewOfResources({ type, before, after }));
    return attention
      .filter(({ text }) => text.includes("only in part"))
      .map(({ severity, text }) => `${severity} ${text}`);
  };
  const partly =
    "caution Its policy is compared only in part: a statement has 6400 combinations of principals, actions, and resources. Beyond 5000, only the first 18 of each are compared.";
  t.deepEqual(await findings(rolePolicy(allow("s3:GetObject")), rolePolicy(large)), [partly]);
  t.deepEqual(await findings(rolePolicy({ ...large, Effect: "Deny" }), rolePolicy(allow("s3:GetObject"))), [partly]);
  t.deepEqual(await findings(rolePolicy(large), rolePolicy(large, allow("s3:GetObject"))), []);
  t.deepEqual(await findings(rolePolicy(large), rolePolicy(allow("s3:GetObject"))), []);
});

test("statements with NotAction are compared by what remains allowed", async (t) => {
  const statement = (actions: object) => ({ Effect: "Allow", Resource: "*", ...actions });
  const dangers = async (before: object, after: object) => {
    const [was, is] = [rolePolicy(statement(before)), rolePolicy(statement(after))];
    const { attention } = jsonOf(await reviewOfResources({ type: "aws_iam_role_policy", before: was, after: is }));
    return attention.map(({ severity, text }) => `${severity} ${text}`);
  };
  const withoutIam = { NotAction: ["iam:*"] };
  t.deepEqual(await dangers(withoutIam, { NotAction: ["iam:*", "s3:*"] }), []);
  t.deepEqual(await dangers(withoutIam, { Action: ["s3:*", "ec2:RunInstances"] }), []);
  t.deepEqual(await dangers({ NotAction: ["iam:PassRole"] }, withoutIam), []);
  t.deepEqual(await dangers(withoutIam, { NotAction: ["iam:Get*"] }), [
    "danger Newly allows everything but iam:Get* on *.",
  ]);
  t.deepEqual(await dangers(withoutIam, { Action: ["iam:PassRole", "s3:GetObject"] }), [
    "danger Newly allows iam:PassRole on *.",
  ]);
  t.deepEqual(await dangers({ NotAction: ["s3:DeleteObject"] }, { Action: "s3:Delete*" }), [
    "danger Newly allows s3:Delete* on *.",
  ]);
  t.deepEqual(await dangers({ Action: "s3:*" }, withoutIam), ["danger Newly allows everything but iam:* on *."]);
});

test("a new alarm without an action is reported, unless a composite alarm includes it", async (t) => {
  const findings = async (...resources: readonly ResourceInput[]) =>
    jsonOf(await reviewOfResources(...resources)).attention.map(({ severity, name }) => `${severity} ${name}`);
  const alarm = (after: object) => ({ type: "aws_cloudwatch_metric_alarm", after: { alarm_name: "errors", ...after } });
  const composite = (rule: object) => ({
    type: "aws_cloudwatch_composite_alarm",
    after: { alarm_name: "page", alarm_actions: ["topic"], ...rule },
  });
  const named = ["note aws_cloudwatch_metric_alarm.it"];
  t.deepEqual(await findings(alarm({ alarm_actions: [] })), named);
  t.deepEqual(await findings(alarm({}), composite({ alarm_rule: 'ALARM("other")' })), named);
  t.deepEqual(await findings(alarm({}), composite({ alarm_rule: 'ALARM("errors")' })), []);
  t.deepEqual(await findings(alarm({}), { ...composite({}), unknown: { alarm_rule: true } }), []);
  t.deepEqual(await findings(alarm({ alarm_actions: ["topic"] })), []);
  t.deepEqual(await findings({ ...alarm({}), unknown: { alarm_actions: true } }), []);
});

test("a subnet that gets another route table may become public", async (t) => {
  const association = {
    type: "aws_route_table_association",
    before: { subnet_id: "subnet-1", route_table_id: "rtb-1" },
    after: { subnet_id: "subnet-1", route_table_id: "rtb-2" },
  };
  const route = (gateway: string) => ({
    type: "aws_route_table",
    before: { id: "rtb-2", tags: {}, route: [{ cidr_block: "0.0.0.0/0", gateway_id: gateway }] },
    after: { id: "rtb-2", tags: { a: "b" }, route: [{ cidr_block: "0.0.0.0/0", gateway_id: gateway }] },
  });
  const findings = async (...resources: readonly ResourceInput[]) =>
    jsonOf(await reviewOfResources(...resources)).attention.map(
      ({ severity, kind, text }) => `${severity} ${kind} ${text}`,
    );
  const replaced = "network The route table rtb-2 replaces rtb-1:";
  t.deepEqual(await findings(association, route("igw-1")), [
    `danger ${replaced} it leads to an internet gateway, so its subnets become public.`,
  ]);
  const caution = `caution ${replaced} its subnets become public if it leads to an internet gateway.`;
  t.deepEqual(await findings(association, route("vgw-1")), [caution]);
  t.deepEqual(await findings(association), [caution]);
  t.deepEqual(await findings({ ...association, before: association.after }), []);
});

const OFFICE = "198.51.100.0/24";

test("ranges of an IP set are dangers in the direction in which its rules use them", async (t) => {
  const set = (...addresses: readonly string[]) => ({ arn: "arn:set", addresses });
  const acl = (action: string) => ({
    type: "aws_wafv2_web_acl",
    actions: ["no-op"],
    before: {},
    after: {
      rule: [
        {
          name: "r",
          action: [{ [action]: [{}] }],
          statement: [{ and_statement: [{ statement: [{ ip_set_reference_statement: [{ arn: "arn:set" }] }] }] }],
        },
      ],
    },
  });
  const type = "aws_wafv2_ip_set";
  const joins = [{ type, before: set(), after: set(OFFICE) }];
  const leaves = [{ type, before: set(OFFICE), after: set() }];
  const joined = `protection: ${OFFICE} joins the IP set: rules that allow its addresses let them pass.`;
  const left = `protection: ${OFFICE} leaves the IP set: rules that block its addresses let them pass.`;
  t.deepEqual(await findings(...joins, acl("allow")), [`danger ${joined}`]);
  t.deepEqual(await findings(...joins, acl("block")), []);
  t.deepEqual(await findings(...joins), [`caution ${joined}`]);
  t.deepEqual(await findings(...leaves, acl("block")), [`danger ${left}`]);
  t.deepEqual(await findings(...leaves, acl("allow")), []);
  t.deepEqual(await findings(...leaves), [`caution ${left}`]);
});

test("a switch whose value is known only after apply may change", async (t) => {
  const type = "aws_db_instance";
  const found = async (attribute: string, before: boolean) => {
    const change = { type, before: { [attribute]: before }, after: {}, unknown: { [attribute]: true } };
    return findingsIn(await reviewOf({ platform: [resource(change), configured(type, attribute)] }));
  };
  t.deepEqual(await found("deletion_protection", true), [
    "caution protection: deletion_protection was true and is known only after apply. If it changes: from then on, one wrong command can delete it.",
  ]);
  t.deepEqual(await found("publicly_accessible", false), [
    "caution public: publicly_accessible was false and is known only after apply. If it changes: anyone on the internet can reach it.",
  ]);
  t.deepEqual(await found("deletion_protection", false), []);
});

test("a role that is known only after apply may be a different one", async (t) => {
  const type = "aws_lambda_function";
  const change = {
    type,
    before: { role: "a", kms_key_arn: "k" },
    after: {},
    unknown: { role: true, kms_key_arn: true },
  };
  t.deepEqual(findingsIn(await reviewOf({ services: [resource(change), configured(type, "role", "kms_key_arn")] })), [
    "caution access: role was a and is known only after apply. If it changes: it gets the permissions of another role.",
  ]);
});

test("an argument that a new resource leaves to AWS counts as not set", async (t) => {
  const type = "aws_dynamodb_table";
  const table = resource({
    type,
    after: { name: "t", deletion_protection_enabled: true },
    unknown: { point_in_time_recovery: true },
  });
  const found = async (...attributes: readonly string[]) =>
    findingsIn(await reviewOf({ platform: [table, configured(type, ...attributes)] }));
  const missing =
    "note protection: Created without point_in_time_recovery.enabled. Items cannot be restored after a mistake.";
  t.deepEqual(await found("name"), [missing]);
  t.deepEqual(await found("name", "point_in_time_recovery"), []);
});

const ADDRESSES = ["module.app.aws_lb_listener.it", 'module.app["a.b"].module.web[0].aws_lb_listener.it["x]\\"y"]'];

for (const address of ADDRESSES) {
  test(`${address} is evaluated like one in the root module`, async (t) => {
    const change = { type: "aws_lb_listener", address, before: { protocol: "HTTPS" }, after: { protocol: "http" } };
    t.deepEqual(await findings(change), [
      "danger protection: protocol changes from HTTPS to http. Requests are sent unencrypted.",
      "caution traffic: Its protocol changes: requests may go elsewhere as soon as it is applied.",
    ]);
  });
}

test("new routes of existing subnets to the internet are found in every form", async (t) => {
  const toInternet = { cidr_block: "0.0.0.0/0", gateway_id: "igw-1" };
  const table = {
    type: "aws_route_table",
    actions: ["no-op"],
    before: {},
    after: { id: "rtb-1", route: [toInternet] },
  };
  const association = {
    type: "aws_route_table_association",
    after: { subnet_id: "subnet-1", route_table_id: "rtb-1" },
  };
  t.deepEqual(await findings(table, association), [
    "danger network: The route table rtb-1 replaces the main route table: it leads to an internet gateway, so its subnets become public.",
  ]);
  const route = {
    type: "aws_route",
    after: { route_table_id: "rtb-1", destination_cidr_block: "0.0.0.0/0" },
    unknown: { gateway_id: true },
  };
  const gateway = { type: "aws_internet_gateway", after: { vpc_id: "vpc-1" } };
  t.deepEqual(await findings(route, gateway), [
    "caution network: The network vpc-1 gets an internet gateway, to which routes may lead.",
    "caution network: A route for 0.0.0.0/0 leads to a gateway that does not exist yet: the subnets of the route table may become public.",
  ]);
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

test("rules that are known only after apply may allow more", async (t) => {
  const group = {
    type: "aws_security_group",
    before: { id: "sg-1", ingress: [] },
    after: { id: "sg-1" },
    unknown: { ingress: true },
  };
  const found = async (...attributes: readonly string[]) =>
    findingsIn(await reviewOf({ platform: [resource(group), configured("aws_security_group", ...attributes)] }));
  t.deepEqual(await found("ingress"), [
    "caution network: Its ingress is known only after apply, and may allow more than before.",
  ]);
  t.deepEqual(await found("name"), []);
});

test("a reference to a security group may name its account", async (t) => {
  const before = { type: "ingress", security_group_id: "sg-1", protocol: "tcp", from_port: 80, to_port: 80 };
  const after = { ...rule("", [80, 80]), cidr_ipv4: null, referenced_security_group_id: "111122223333/sg-2" };
  t.deepEqual(
    await findings(
      { type: "aws_security_group_rule", before: { ...before, source_security_group_id: "sg-2" } },
      { type: INGRESS, after },
    ),
    [],
  );
});

test("a setting that is replaced by one of another bucket leaves its own", async (t) => {
  const actions = ["delete", "create"];
  const block = { block_public_acls: true, block_public_policy: true, ignore_public_acls: true };
  const moved = (type: string) => ({
    type,
    actions,
    before: { bucket: "a", ...block, restrict_public_buckets: true },
    after: { bucket: "b", ...block, restrict_public_buckets: true },
  });
  const bucket = { type: "aws_s3_bucket", before: { bucket: "a" }, after: { bucket: "b" }, actions };
  const types = ["aws_s3_bucket_public_access_block", "aws_s3_bucket_versioning"];
  for (const type of types) {
    const [finding = "", ...others] = await findings(moved(type));
    t.regex(finding, new RegExp(`^danger \\w+: ${type} leaves the bucket a\\. `));
    t.deepEqual(others, []);
    t.false((await findings(moved(type), bucket)).some((finding) => finding.includes("leaves the bucket")));
  }
});

test("a rule for a prefix list that contains the internet is a danger", async (t) => {
  const list = {
    type: "aws_ec2_managed_prefix_list",
    actions: ["no-op"],
    before: {},
    after: { id: "pl-1", entry: [{ cidr: "0.0.0.0/0" }] },
  };
  const rule = { security_group_id: "sg-1", ip_protocol: "tcp", from_port: 22, to_port: 22, prefix_list_id: "pl-1" };
  t.deepEqual(await findings({ type: INGRESS, after: rule }, list), [
    "danger network: Allows tcp 22 from 0.0.0.0/0: anyone on the internet can connect.",
  ]);
});

test("the value of a secret that is lost is part of the loss", async (t) => {
  const secret = { type: "aws_secretsmanager_secret", before: { id: "arn", recovery_window_in_days: 7 } };
  const version = { type: "aws_secretsmanager_secret_version", before: { secret_id: "arn" } };
  t.deepEqual(await findings(secret, version), [
    "danger loss: aws_secretsmanager_secret is destroyed. The secret's value is lost after the recovery window.",
  ]);
});

test("rules of network ACLs and exclusive attachments are not drift of what they extend", async (t) => {
  const acl = { network_acl_id: "acl-1", protocol: "tcp", from_port: 443, to_port: 443, cidr_block: "0.0.0.0/0" };
  const block = { protocol: "6", from_port: 443, to_port: 443, cidr_block: "0.0.0.0/0", action: "allow" };
  const denial = { ...block, cidr_block: "198.51.100.0/24", action: "deny" };
  const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const extensions = [
    { type: "aws_network_acl_rule", before: { ...acl, rule_action: "allow" } },
    { type: "aws_iam_policy_attachment", before: { name: "a", roles: ["like", "other"], policy_arn: arn } },
  ].map((input) => resource({ ...input, after: input.before, actions: ["no-op"] }));
  const drifts = [
    drift({ type: "aws_network_acl", before: { id: "acl-1" }, after: { id: "acl-1", ingress: [block, denial] } }),
    drift({ type: "aws_iam_role", before: { name: "like" }, after: { name: "like", managed_policy_arns: [arn] } }),
  ];
  t.deepEqual(findingsIn(await reviewOf({ platform: [...extensions, ...drifts] })), []);
  t.is(findingsIn(await reviewOf({ platform: drifts })).length, 2);
});

test("changes by providers and by separate resources are not drift", async (t) => {
  const parts = [
    drift({
      type: "aws_security_group",
      before: { id: "sg-1", tags: null, ingress: [] },
      after: { id: "sg-1", tags: {}, ingress: [block("10.0.0.0/16")] },
    }),
    drift({
      type: "aws_iam_role",
      before: { name: "like", inline_policy: [] },
      after: { name: "like", inline_policy: [{ name: "permissions", policy: policy(allow("s3:GetObject")) }] },
    }),
    drift({
      type: "aws_network_acl",
      before: {
        ingress: [{ protocol: "tcp", icmp_code: null, cidr_block: "10.0.0.0/16", from_port: 22, to_port: 22 }],
      },
      after: { ingress: [{ protocol: "6", icmp_code: 0, cidr_block: "10.0.0.0/16", from_port: 22, to_port: 22 }] },
    }),
    configured("aws_security_group", "name", "tags"),
    configured("aws_iam_role", "name"),
    configured("aws_network_acl", "ingress"),
  ];
  // The rule belongs to another stack and does not change.
  const others = [
    resource({
      type: INGRESS,
      before: rule("10.0.0.0/16", [80, 80]),
      after: rule("10.0.0.0/16", [80, 80]),
      actions: ["no-op"],
    }),
    resource({
      type: "aws_iam_role_policy",
      before: rolePolicy(allow("s3:GetObject")),
      after: rolePolicy(allow("s3:GetObject")),
      actions: ["no-op"],
    }),
  ];
  const { attention, stacks } = await reviewOf({ platform: parts, services: others });
  t.deepEqual(attention, []);
  t.deepEqual(
    stacks.flatMap(({ drift }) => drift),
    [],
  );
});

test("findings about drift say whether applying reverts it", async (t) => {
  const { attention } = jsonOf(
    await reviewOf({
      platform: [
        drift({
          type: "aws_security_group",
          before: { id: "sg-1", ingress: [] },
          after: { id: "sg-1", ingress: [block("0.0.0.0/0")] },
        }),
        drift({
          type: "aws_iam_role",
          before: { name: "like", managed_policy_arns: [] },
          after: { name: "like", managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
        }),
        drift({ type: "aws_cloudwatch_log_group", before: { retention_in_days: 30 }, after: { retention_in_days: 1 } }),
        drift({ type: "aws_ecs_service", before: { desired_count: 2 }, after: { desired_count: 6 } }),
        drift({ type: "aws_sqs_queue", before: { name: "q" } }),
        resource({
          type: "aws_cloudwatch_log_group",
          before: { retention_in_days: 1 },
          after: { retention_in_days: 30 },
        }),
        resource({ type: "aws_sqs_queue", after: { name: "q" } }),
        configured("aws_cloudwatch_log_group", "retention_in_days"),
        configured("aws_ecs_service", "desired_count"),
      ],
    }),
  );
  t.deepEqual(
    attention.map(({ severity, kind, name, text }) => `${severity} ${kind} ${name}: ${text}`),
    [
      "danger drift aws_iam_role.it: Got policies outside Terraform, and applying does not remove them: arn:aws:iam::aws:policy/AdministratorAccess.",
      "danger drift aws_security_group.it: Allows tcp 80 from 0.0.0.0/0: anyone on the internet can connect. No rule in the planned stacks allows it, and applying does not revert it.",
      "caution drift aws_cloudwatch_log_group.it: Was changed outside Terraform, and applying reverts it: retention_in_days.",
      "caution drift aws_sqs_queue.it: Was deleted outside Terraform. Applying creates it again, empty.",
      "note drift aws_ecs_service.it: Was changed outside Terraform, and applying keeps that, because the code says the same or ignores it: desired_count.",
    ],
  );
});

const DRIFTED = { name: "a", delay: 2 };
const FATES: Readonly<Record<string, readonly [planned: object, finding: string]>> = {
  "is reverted": [
    { before: DRIFTED, after: { name: "a", delay: 1 } },
    "caution drift: …, and applying reverts it: delay.",
  ],
  "changes again": [
    { before: DRIFTED, after: { name: "a", delay: 5 } },
    "caution drift: …, and applying changes it again: delay.",
  ],
  "is known only after apply": [
    { before: DRIFTED, after: { name: "a" }, unknown: { delay: true } },
    "caution drift: …, and applying changes it again: delay.",
  ],
  "goes with the resource": [{ before: DRIFTED }, "note drift: …, and applying destroys it: delay."],
  "is forgotten": [{ before: DRIFTED, actions: ["forget"] }, "note drift: …, and applying keeps that: delay."],
  stays: [
    { before: DRIFTED, after: { name: "b", delay: 2 } },
    "note drift: …, and applying keeps that, because the code says the same or ignores it: delay.",
  ],
};

for (const [fate, [planned, finding]] of Object.entries(FATES)) {
  test(`a change outside Terraform that ${fate}`, async (t) => {
    const type = "aws_sqs_queue";
    const review = await reviewOf({
      platform: [
        drift({ type, before: { name: "a", delay: 1 }, after: DRIFTED }),
        resource({ type, ...planned }),
        configured(type, "name", "delay"),
      ],
    });
    t.deepEqual(
      findingsIn(review).filter((each) => each.includes(" drift: ")),
      [finding.replace("…", "Was changed outside Terraform")],
    );
  });
}

function block(range: string) {
  return {
    protocol: "tcp",
    from_port: 80,
    to_port: 80,
    cidr_blocks: [range],
    ipv6_cidr_blocks: [],
    security_groups: [],
    self: false,
  };
}

test("a word that every object inherits is read like any other word", async (t) => {
  const review = (word: string) =>
    reviewOfResources(
      { type: word, name: "destroyed", before: { id: "1" }, reason: word },
      { type: word, name: "replaced", actions: ["delete", "create"], before: { id: "1" }, after: { id: "2" } },
      { type: word, name: "updated", before: { [word]: "a" }, after: { [word]: "b" } },
      { type: word, name: "created", after: { name: "it" } },
      { type: INGRESS, after: { ...rule("0.0.0.0/0", [1, 2]), ip_protocol: word } },
      { type: "aws_route53_record", before: { type: word, records: ["a"] }, after: { type: word, records: ["b"] } },
    );
  const text = JSON.stringify(jsonOf(await review("constructor")));
  t.is(text.replaceAll("constructor", "unheard"), JSON.stringify(jsonOf(await review("unheard"))));
});

test("a replaced value of a secret is not a loss", async (t) => {
  const version = { type: "aws_secretsmanager_secret_version", before: { secret_string_wo_version: 1 } };
  const after = { secret_string_wo_version: 2 };
  t.deepEqual(
    await findings({ ...version, actions: ["delete", "create"], after, replaced: ["secret_string_wo_version"] }),
    [
      "note loss: aws_secretsmanager_secret_version is replaced, because secret_string_wo_version cannot change in place. The secret gets another value.",
    ],
  );
  t.deepEqual(await findings(version), [
    "caution loss: aws_secretsmanager_secret_version is destroyed. The secret loses this value.",
  ]);
});

test("a denial of everything but some actions that excepts more of them names only those", async (t) => {
  const denying = (...NotAction: readonly string[]) => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Deny", NotAction, Resource: "*" }] }),
  });
  const type = "aws_iam_policy";
  const [before, after] = [denying("s3:*", "kms:Decrypt"), denying("s3:Get*", "s3:*", "kms:*", "iam:*")];
  t.deepEqual(await findings({ type, before, after }), [
    "danger access: No longer denies iam:*, kms:*: a denial overrides every permission, so other statements may allow it now.",
  ]);
  t.deepEqual(await findings({ type, before: after, after: before }), []);
});

test("an existing subnet that gets a new route table becomes public if the table leads to the internet", async (t) => {
  const table = (name: string, gateway: object) =>
    resource({
      type: "aws_route_table",
      name,
      after: { route: [{ cidr_block: "0.0.0.0/0", ...gateway }] },
      unknown: { id: true },
    });
  const association = (name: string): PlanPart[] => [
    resource({
      type: "aws_route_table_association",
      name,
      after: { subnet_id: "subnet-1" },
      unknown: { route_table_id: true },
    }),
    {
      kind: "configured",
      address: `aws_route_table_association.${name}`,
      attributes: ["subnet_id", "route_table_id"],
      references: { route_table_id: [`aws_route_table.${name}`] },
    },
  ];
  const parts = [table("open", { gateway_id: "igw-1" }), table("closed", { nat_gateway_id: "nat-1" })];
  const found = findingsIn(await reviewOf({ platform: [...parts, ...association("open"), ...association("closed")] }));
  t.deepEqual(found, [
    "danger network: A new route table replaces the main route table: it leads to an internet gateway, so its subnets become public.",
    "caution network: A new route table replaces the main route table: its subnets become public if it leads to an internet gateway.",
  ]);
});
