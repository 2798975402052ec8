import type { Family } from "../family.ts";

/** The log shipper is called with a few hundred lines at a time, and takes a part of a second for them. */
const CALLS_OF_GB = 1000;
const GB_SECONDS_OF_CALL = 0.25;

const EMAILS = 100;

export const functions: Family = {
  name: "Lambda and messages",
  once: {
    aws_lambda_function: ({ usage: { logGb }, prices: { lambda } }) => [
      {
        what: "million calls",
        quantity: (logGb * CALLS_OF_GB) / 1e6,
        price: lambda.requests,
        assumed: "the log shipper takes a MB of logs at a time",
      },
      {
        what: "GB-seconds",
        quantity: logGb * CALLS_OF_GB * GB_SECONDS_OF_CALL,
        price: lambda.arm,
        assumed: `${GB_SECONDS_OF_CALL} a call`,
      },
    ],
    aws_sns_topic: ({ prices: { sns } }) => [
      { what: "100,000 e-mails", quantity: EMAILS / 100_000, price: sns.emails, assumed: `${EMAILS} notifications` },
    ],
  },
  free: [
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_permission",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue", // dead letters: an average month has none
    "aws_sqs_queue_policy",
  ],
};
