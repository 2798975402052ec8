import type { Family } from "../family.ts";
import { LIKES_OF_REQUESTS } from "../usage.ts";

/** A like writes the item and its entry in both indexes, for those hold all attributes. */
const WRITES_OF_LIKE = 3;

/** The twelve mysfits, or one of them, fit what a single eventually consistent read unit returns twice over. */
const READS_OF_REQUEST = 1;

export const table: Family = {
  name: "DynamoDB",
  each: {
    aws_dynamodb_table: ({ billing_mode }) =>
      billing_mode === "PAY_PER_REQUEST"
        ? []
        : [{ what: "provisioned capacity", quantity: undefined, price: undefined }],
  },
  once: {
    aws_dynamodb_table: ({ usage: { requests, likes }, prices: { dynamodb } }) => [
      {
        what: "million write units",
        quantity: (likes * WRITES_OF_LIKE) / 1e6,
        price: dynamodb.writes,
        assumed: `${LIKES_OF_REQUESTS * 100} % of requests are likes, ${WRITES_OF_LIKE} units each`,
      },
      {
        what: "million read units",
        quantity: ((requests - likes) * READS_OF_REQUEST) / 1e6,
        price: dynamodb.reads,
        assumed: "the others read, one unit each",
      },
    ],
  },
  free: ["aws_dynamodb_table_item"],
};
