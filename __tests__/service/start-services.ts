import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { type AddressInfo, connect, type Server } from "node:net";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { ExecutionContext } from "ava";
import { freePort } from "../../laptop/system/processes/free-port.ts";
import { MYSFITS, MYSFITS_TABLE, tableItem } from "../../model/mysfits.ts";
import { likeService } from "../../service/like/app.ts";
import type { Dice } from "../../service/like/chaos.ts";
import { monolithService } from "../../service/monolith/app.ts";
import { createLog, type Log, type LogLevel } from "../../service/shared/log.ts";
import { listen } from "../../service/shared/server.ts";
import type { Service } from "../../service/shared/start.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";

// The environment of a service under test: a table, the other service, and a readable log.

const dynalite = createRequire(import.meta.url)("dynalite") as (options: { createTableMs: number }) => Server;

const TABLE = "mysfits-of-a-test";
const REGION = "us-east-1";

// The SDK needs credentials to sign requests; dynalite accepts any.
process.env.AWS_ACCESS_KEY_ID = "test";
process.env.AWS_SECRET_ACCESS_KEY = "test";

export interface Table {
  /** Environment variables with which the monolith uses this table. */
  readonly environment: {
    readonly DDB_TABLE_NAME: string;
    readonly AWS_REGION: string;
    readonly AWS_ENDPOINT_URL_DYNAMODB: string;
  };
  /** The mysfit's item, in DynamoDB's JSON. */
  item(id: string): ReturnType<typeof getItem>;
  likes(id: string): Promise<number>;
  put(item: Record<string, AttributeValue>): Promise<void>;
}

/** A local DynamoDB for one test, with the twelve mysfits. */
export async function startTable(t: ExecutionContext): Promise<Table> {
  const server = dynalite({ createTableMs: 0 });
  const endpoint = `http://127.0.0.1:${await open(server)}`;
  const client = new DynamoDBClient({ region: REGION, endpoint });
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  await createTable(client);
  return {
    environment: { DDB_TABLE_NAME: TABLE, AWS_REGION: REGION, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    item: (id) => getItem(client, id),
    put: async (item) => {
      await client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
    },
    likes: async (id) => Number((await getItem(client, id))?.Likes?.N),
  };
}

export interface RunningService {
  readonly port: number;
  readonly origin: string;
  /** The lines logged so far. */
  readonly lines: readonly LogLine[];
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export async function startMonolith(
  t: ExecutionContext,
  table: Pick<Table, "environment">,
  { origin = "", logLevel = "DEBUG" as LogLevel, tracing = "off" as "on" | "off" } = {},
): Promise<RunningService> {
  return run(t, "monolith", logLevel, (log) =>
    monolithService({ ...table.environment, UPSTREAM_URL: origin, TRACING: tracing }, log),
  );
}

/** The like service, with the monolith at the given port. Chaos is on if there are dice. */
export async function startLike(
  t: ExecutionContext,
  monolith: { readonly host?: string; readonly port: number },
  { dice, logLevel = "DEBUG", tracing = "off" }: { dice?: Dice; logLevel?: LogLevel; tracing?: "on" | "off" } = {},
): Promise<RunningService> {
  const settings = {
    MONOLITH_URL: `${monolith.host ?? "127.0.0.1"}:${monolith.port}`,
    CHAOSMODE: dice ? "on" : "off",
    TRACING: tracing,
  } as const;
  return run(t, "like", logLevel, (log) => likeService(settings, log, dice));
}

/** Runs a service in this process. */
export async function run(
  t: ExecutionContext,
  name: string,
  logLevel: LogLevel,
  build: (log: Log) => Promise<Service>,
): Promise<RunningService> {
  const lines: LogLine[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog(name, logLevel, output);
  const service = await build(log);
  const server = await listen(service.app, { port: 0, host: "127.0.0.1", drainSeconds: 5, log });
  t.teardown(async () => {
    await server.stop();
    await service.close();
  });
  return { port: server.port, origin: `http://127.0.0.1:${server.port}`, lines, stop: server.stop };
}

export interface ServiceProcess {
  readonly origin: string;
  readonly port: number;
  readonly lines: readonly LogLine[];
  /** Resolves with the exit code, or with the signal that ended the process. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal and resolves like `ended`. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Closes the reader of its standard output. */
  closeOutput(): void;
}

/** Runs a service in a separate process, as in its container. */
export async function spawnService(
  t: ExecutionContext,
  name: "like" | "monolith",
  environment: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const child = spawnMain(name, { PORT: "0", HOST: "127.0.0.1", LOGLEVEL: "INFO", ...environment });
  // Unlike "exit", "close" comes after the last line of output.
  const closed = once(child, "close") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  t.teardown(() => child.kill("SIGKILL"));
  const lines: LogLine[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const logged = JSON.parse(line) as LogLine;
      lines.push(logged);
      if (logged.msg.startsWith("listening")) {
        resolve(logged.port as number);
      }
    });
    child.once("exit", (code) => reject(new Error(`the ${name} service ended with ${code} before it listened`)));
  });
  const ended = closed.then(([code, by]) => code ?? (by as NodeJS.Signals));
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    lines,
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
    closeOutput() {
      child.stdout?.destroy();
    },
  };
}

/** Runs a service that must fail to start. Resolves with its stderr. */
export async function startupError(
  name: "like" | "monolith",
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number; message: string }> {
  const child = spawnMain(name, environment);
  const [message, [code]] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, "exit")]);
  return { code, message };
}

function spawnMain(name: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  return spawn(process.execPath, [`service/${name}/main.ts`], {
    env: { ...BARE_ENVIRONMENT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...environment },
  });
}

/** Listens with a fake server until the end of the test. Resolves with its port. */
export async function listenWith(t: ExecutionContext, server: Server): Promise<{ port: number }> {
  const connections = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => connections.add(socket));
  t.teardown(() => {
    server.close();
    for (const socket of connections) {
      socket.destroy();
    }
  });
  return { port: await open(server) };
}

/** A port without a listener. */
export function closedPort(): Promise<number> {
  return freePort();
}

/** Sends raw bytes. Resolves with everything received until the connection closes. */
export async function sendRaw(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  for (const part of parts) {
    socket.write(part);
  }
  return text(socket);
}

async function open(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function createTable(client: DynamoDBClient): Promise<void> {
  const { key, indexes } = MYSFITS_TABLE;
  const alignments = Object.entries(indexes);
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [key, ...Object.keys(indexes)].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
      GlobalSecondaryIndexes: alignments.map(([attribute, IndexName]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: attribute, KeyType: "HASH" },
          { AttributeName: key, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  );
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: { [TABLE]: MYSFITS.map((mysfit) => ({ PutRequest: { Item: tableItem(mysfit) } })) },
    }),
  );
}

async function getItem(client: DynamoDBClient, id: string) {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: TABLE, Key: { MysfitId: { S: id } }, ConsistentRead: true }),
  );
  return Item;
}
