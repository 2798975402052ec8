import { policy, TLS_ONLY, testFindings } from "./cases.ts";

// Resources that only get another address.

testFindings({
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
});
