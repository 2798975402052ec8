import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { ExecutionContext } from "ava";
import { Pool } from "undici";
import { LOCAL_CREDENTIALS } from "../../laptop/system/table/table.ts";
import { type System, type SystemOptions, startSystem } from "../../laptop/system.ts";
import { MYSFITS, MYSFITS_TABLE } from "../../model/mysfits.ts";
import { loadSettings } from "../../settings/load.ts";

export const [EVANGELINE] = MYSFITS.map(({ id }) => id) as [string];

/** The workshop's settings without chaos. */
export const settings = loadSettings({ environment: "workshop", overrides: ["services.like.chaosMode=off"] });

/** Discards the output. */
export const discardOutput = () => {};

/** Creates a temporary data folder for one test. */
export function dataFolder(t: Pick<ExecutionContext, "teardown">): string {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-data-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Starts the whole system on a free port, and stops it at the end of the test. */
export async function run(
  t: Pick<ExecutionContext, "teardown">,
  { folder = dataFolder(t), ...options }: Partial<Pick<SystemOptions, "folder" | "fresh" | "observability">> = {},
): Promise<System> {
  const system = await startSystem({ settings, port: 0, folder, print: discardOutput, ...options });
  t.teardown(system.stop);
  return system;
}

/** Number of likes of a mysfit, read from the table. */
export async function likesInTable({ dynamodb, tableName }: System, id: string): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: dynamodb.origin,
    region: settings.region,
    credentials: LOCAL_CREDENTIALS,
  });
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { [MYSFITS_TABLE.key]: { S: id } }, ConsistentRead: true }),
  );
  client.destroy();
  return Number(Item?.Likes?.N);
}

/** Sends half of a like, and waits until it is in progress: the response to the request before it proves that. */
export async function beginLike(socket: Socket): Promise<void> {
  socket.write(
    `GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /mysfits/${EVANGELINE}/like HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{`,
  );
  await once(socket, "data");
}

export interface Outcome {
  /** Likes with a successful response. */
  counted: number;
  /** Likes with an error response, which may or may not have counted. */
  failed: number;
}

/** Sends likes from concurrent clients. Each waits for a response before its next like, and half a second after an error. */
export async function sendLikes(
  { address }: System,
  likes: number,
  onAnswer?: (answers: number) => void,
  clients = 50,
): Promise<Outcome> {
  const outcome = { counted: 0, failed: 0 };
  let left = likes;
  const client = async () => {
    const connection = new Pool(address, { connections: 1 });
    while (left-- > 0) {
      if (await isCounted(connection)) {
        outcome.counted += 1;
      } else {
        outcome.failed += 1;
        await pause(500);
      }
      onAnswer?.(outcome.counted + outcome.failed);
    }
    await connection.close();
  };
  await Promise.all(Array.from({ length: clients }, client));
  return outcome;
}

async function isCounted(connection: Pool): Promise<boolean> {
  const { statusCode, body } = await connection.request({ method: "POST", path: `/mysfits/${EVANGELINE}/like` });
  const answer = (await body.json()) as { readonly Update?: string; readonly error?: string };
  if (statusCode === 200 && answer.Update === "Success") {
    return true;
  }
  if (statusCode < 400 || answer.error === undefined) {
    throw new Error(`neither a success nor an error: ${statusCode} ${JSON.stringify(answer)}`);
  }
  return false;
}
