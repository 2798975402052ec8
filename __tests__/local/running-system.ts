import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { ExecutionContext } from "ava";
import { Pool } from "undici";
import { type System, type SystemOptions, startSystem } from "../../local/system.ts";
import { LOCAL_CREDENTIALS } from "../../local/table/table.ts";
import { loadSettings } from "../../settings/load.ts";
import { MYSFITS, MYSFITS_TABLE } from "../../specs/mysfits.ts";

export const [EVANGELINE] = MYSFITS.map(({ id }) => id) as [string];

/** The workshop without its chaos. */
export const settings = loadSettings({ environment: "workshop", overrides: ["services.like.chaosMode=off"] });

/** For lines that a person would read. */
export const ignore = () => {};

/** A folder for the data of one test. */
export function dataFolder(t: Pick<ExecutionContext, "teardown">): string {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-data-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The whole system on a free port, stopped when the test is over. */
export async function run(
  t: ExecutionContext,
  { folder = dataFolder(t), ...options }: Partial<Pick<SystemOptions, "folder" | "fresh" | "observability">> = {},
): Promise<System> {
  const system = await startSystem({ settings, port: 0, folder, print: ignore, ...options });
  t.teardown(system.stop);
  return system;
}

/** The likes that stand in the table itself. */
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

/** Sends half of a like, and waits until it is under way: what is asked first and answered shows that it has begun. */
export async function beginLike(socket: Socket): Promise<void> {
  socket.write(
    `GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /mysfits/${EVANGELINE}/like HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{`,
  );
  await once(socket, "data");
}

export interface Outcome {
  /** Likes that were answered with success. */
  counted: number;
  /** Likes that were answered with an error: not counted, or perhaps counted. */
  failed: number;
}

/** Sends likes from some clients at once, each waiting for an answer before its next like, and half a second after an error. */
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
