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
import { MYSFITS, MYSFITS_TABLE, type Mysfit, tableItem } from "../../../model/mysfits.ts";
import { StartError } from "../start.ts";

/** Thrown when the folder of the table cannot be used; the message says why and what to do. */
export class TableFolderError extends StartError {
  override readonly name = "TableFolderError";
}

/**
 * Checks that the embedded DynamoDB, which does not report a failure itself, can open its folder; with `fresh`, empties it.
 * Throws a {@link TableFolderError} if another runner has the folder open, or if it contains anything but a table.
 */
export async function prepareTableFolder(folder: string, fresh: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    if (fresh) {
      await ClassicLevel.destroy(folder);
    }
    const store = new ClassicLevel(folder); // the constructor already begins to open the folder
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

/** The embedded DynamoDB accepts any credentials. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** Seconds to wait for the new table, and between two polls. */
const CREATION = { maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.05 };

/** Creates the table if it is missing, and adds every missing mysfit. Keeps likes and adoptions. */
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
  // DynamoDB reports a table that is still being created as missing.
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
