import { blocks, type Family, unpriced, type Values } from "../family.ts";
import { LIKES_OF_REQUESTS } from "../usage.ts";

/** A like writes the item and its entries in both indexes, which project all attributes. */
const WRITES_OF_LIKE = 3;

/** One unit: an eventually consistent read returns 8 KB for it, which is enough for one mysfit or all twelve. */
const READS_OF_REQUEST = 1;

export const table: Family = {
  name: "DynamoDB",
  each: {
    aws_dynamodb_table: (table) => [
      ...(isOnDemand(table) ? [] : [unpriced("provisioned capacity")]),
      // Its requests cost more, and its storage less.
      ...(isInfrequent(table) ? [unpriced("the class for infrequent access")] : []),
      ...(blocks(table.replica).length > 0 ? [unpriced("replicas in other regions")] : []),
    ],
  },
  once: {
    aws_dynamodb_table: ({ usage: { requests, likes }, prices: { dynamodb } }, tables) =>
      tables.some((table) => isOnDemand(table) && !isInfrequent(table))
        ? [
            {
              what: "million write units",
              quantity: (likes * WRITES_OF_LIKE) / 1e6,
              price: dynamodb.writes,
              assumed: `${LIKES_OF_REQUESTS * 100}% of requests are likes, ${WRITES_OF_LIKE} units each`,
            },
            {
              what: "million read units",
              quantity: ((requests - likes) * READS_OF_REQUEST) / 1e6,
              price: dynamodb.reads,
              assumed: "the others read, one unit each",
            },
          ]
        : [],
  },
  excluded: { aws_dynamodb_table: "storage and backups" },
  free: ["aws_dynamodb_table_item"],
};

function isOnDemand({ billing_mode }: Values): boolean {
  return billing_mode === "PAY_PER_REQUEST";
}

function isInfrequent({ table_class }: Values): boolean {
  return table_class === "STANDARD_INFREQUENT_ACCESS";
}
