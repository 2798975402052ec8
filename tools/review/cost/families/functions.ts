import { blocks, type Family, type Item, unpriced, type Values } from "../family.ts";

/** Each call of the log shipper processes a few hundred lines in a fraction of a second. */
const CALLS_OF_GB = 1000;
const GB_SECONDS_OF_CALL = 0.25;

const EMAILS = 100;

export const functions: Family = {
  name: "Lambda and messages",
  each: {
    aws_lambda_function: functionVariants,
    aws_sns_topic_subscription: ({ protocol }) => (protocol === "sms" ? [unpriced("text messages")] : []),
  },
  once: {
    aws_lambda_function: ({ usage: { logGb }, prices: { lambda } }, functions) => [
      {
        what: "million calls",
        quantity: (logGb * CALLS_OF_GB) / 1e6,
        price: lambda.requests,
        assumed: "the log shipper takes a MB of logs at a time",
      },
      {
        what: "GB-seconds",
        quantity: logGb * CALLS_OF_GB * GB_SECONDS_OF_CALL,
        price: functions.some(isOnArm) ? lambda.arm : lambda.x86,
        assumed: `${GB_SECONDS_OF_CALL} a call`,
      },
      // The estimate is for one function, and does not know which one.
      ...(functions.some(isOnArm) && !functions.every(isOnArm) ? [unpriced("functions on x86")] : []),
    ],
    aws_sns_topic: ({ prices: { sns } }) => [
      { what: "100,000 emails", quantity: EMAILS / 100_000, price: sns.emails, assumed: `${EMAILS} notifications` },
    ],
  },
  excluded: { aws_sqs_queue: "requests; an average month has no dead letters" },
  free: [
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_permission",
    "aws_sns_topic_policy",
    "aws_sqs_queue",
    "aws_sqs_queue_policy",
  ],
};

/** MB of storage that a function has free of charge. Source: https://aws.amazon.com/lambda/pricing/ */
const FREE_STORAGE = 512;

function functionVariants({ ephemeral_storage, snap_start }: Values): Item[] {
  return [
    ...(blocks(ephemeral_storage).some(({ size }) => Number(size) > FREE_STORAGE)
      ? [unpriced(`storage of functions beyond ${FREE_STORAGE} MB`)]
      : []),
    ...(blocks(snap_start).some(({ apply_on }) => apply_on === "PublishedVersions")
      ? [unpriced("snapshots of functions")]
      : []),
  ];
}

function isOnArm({ architectures }: Values): boolean {
  return Array.isArray(architectures) && architectures.includes("arm64");
}
