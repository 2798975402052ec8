import { mkdir } from "node:fs/promises";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { ClassicLevel } from "classic-level";
import { MYSFITS, MYSFITS_TABLE, type Mysfit, tableItem } from "../../specs/mysfits.ts";

/** Thrown when the folder with the table cannot be used; the message says why and what to do. */
export class TableFolderError extends Error {
  override readonly name = "TableFolderError";
}

/**
 * Makes sure that the embedded DynamoDB can open its folder, which it would not tell by itself; with `fresh`, empties it.
 * Throws a {@link TableFolderError} when another runner has it open or it holds something else.
 */
export async function prepareTableFolder(folder: string, fresh: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const store = new ClassicLevel(folder);
  try {
    if (fresh) {
      await ClassicLevel.destroy(folder);
    }
    await store.open();
    await store.close();
  } catch (error) {
    const { cause = error } = error as Error;
    throw new TableFolderError(
      (cause as NodeJS.ErrnoException).code === "LEVEL_LOCKED" || /lock/.test((cause as Error).message)
        ? `${folder} is in use by another runner: stop that one first, or choose another folder with --data`
        : `${folder} cannot be opened (${(cause as Error).message}): start over with --fresh`,
    );
  }
}

/** The embedded DynamoDB accepts any credentials, so these are nobody's. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** Seconds that creating the table may take, and between two looks whether it is there. */
const CREATION = { maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.05 };

/** Creates the table where it is missing, and plants every mysfit that is not in it: likes and adoptions stay. */
export async function openTable(table: {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
}): Promise<void> {
  const { name, endpoint, region } = table;
  const client = new DynamoDBClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });
  const { TableNames: names = [] } = await client.send(new ListTablesCommand());
  if (!names.includes(name)) {
    await client.send(tableOf(name));
  }
  // Of a table that is still being created, DynamoDB says that there is none.
  await waitUntilTableExists({ client, ...CREATION }, { TableName: name });
  await Promise.all(MYSFITS.map((mysfit) => plant(client, name, mysfit)));
  client.destroy();
}

function tableOf(name: string): CreateTableCommand {
  const { key, indexes } = MYSFITS_TABLE;
  return new CreateTableCommand({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [key, ...Object.keys(indexes)].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    GlobalSecondaryIndexes: Object.entries(indexes).map(([attribute, IndexName]) => ({
      IndexName,
      KeySchema: [
        { AttributeName: attribute, KeyType: "HASH" },
        { AttributeName: key, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    })),
  });
}

async function plant(client: DynamoDBClient, table: string, mysfit: Mysfit): Promise<void> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: tableItem(mysfit),
        ConditionExpression: `attribute_not_exists(${MYSFITS_TABLE.key})`,
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw error;
    }
  }
}
