import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as z from "zod";

const text = z.object({ S: z.string() }).transform(({ S }) => S);
const number = z
  .object({ N: z.string() })
  .transform(({ N }) => Number(N))
  .pipe(z.number());

/** An item of the table of mysfits, decoded from DynamoDB's JSON. */
const itemSchema = z.object({
  MysfitId: text,
  Name: text,
  Species: text,
  Description: text,
  Age: number,
  GoodEvil: text,
  LawChaos: text,
  ThumbImageUri: text,
  ProfileImageUri: text,
  // Digits, because DynamoDB's numbers are larger than JavaScript's.
  Likes: z.object({ N: z.string().regex(/^\d+$/) }).transform(({ N }) => N),
  Adopted: z.object({ BOOL: z.boolean() }).transform(({ BOOL }) => BOOL),
});

export type Item = z.infer<typeof itemSchema>;

/** Thrown for an item that is not a mysfit. The message names the item and its missing or invalid attributes. */
export class MalformedItemError extends Error {
  override readonly name = "MalformedItemError";
}

/** Decodes an item from DynamoDB's JSON. Throws a {@link MalformedItemError}. */
export function decodeItem(attributes: Readonly<Record<string, AttributeValue>>): Item {
  const { success, data, error } = itemSchema.safeParse(attributes);
  if (!success) {
    const invalid = new Set(error.issues.map(({ path: [attribute] }) => attribute));
    throw new MalformedItemError(
      `item ${JSON.stringify(attributes.MysfitId?.S)} has missing or invalid attributes: ${[...invalid].join(", ")}`,
    );
  }
  return data;
}
