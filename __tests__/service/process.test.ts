import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { Pool } from "undici";
import { freePort } from "../../local/processes/free-port.ts";
import { until } from "../until.ts";
import { failToStart, spawnService, startTable } from "./surroundings.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";

const CLIENTS = 50;

/** What became of the likes of one test. */
interface Tally {
  answered: number;
  /** Found nobody to take the connection. */
  refused: number;
  /** Sent, and then the connection ended without an answer: why. */
  readonly lost: string[];
  /** Got an answer other than success. */
  failed: number;
}

interface Clients {
  readonly tally: Tally;
  like(): Promise<void>;
}

/**
 * Fifty clients with a connection each, as a load balancer keeps them: the kernel resets a connection that is still
 * being made while its listener closes, whatever the service does.
 */
function clientsOf(t: ExecutionContext, { origin }: { readonly origin: string }): Clients {
  const tally: Tally = { answered: 0, refused: 0, lost: [], failed: 0 };
  const pool = new Pool(origin, { connections: CLIENTS });
  t.teardown(() => pool.destroy());
  return {
    tally,
    async like() {
      try {
        const { statusCode, body } = await pool.request({ path: `/mysfits/${PAULY}/like`, method: "POST" });
        const text = await body.text();
        tally[statusCode === 200 && text === '{"Update":"Success"}' ? "answered" : "failed"] += 1;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === "ECONNREFUSED") {
          tally.refused += 1;
        } else {
          tally.lost.push(message);
        }
      }
    },
  };
}

test.serial("a thousand likes of fifty clients at once count a thousand", async (t) => {
  const table = await startTable(t);
  const monolith = await spawnService(t, "monolith", table.environment);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}` });
  const { tally, like } = clientsOf(t, service);
  const client = async () => {
    for (let sent = 0; sent < 20; sent += 1) {
      await like();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  t.deepEqual(tally, { answered: 1_000, refused: 0, lost: [], failed: 0 });
  t.is(await table.likes(PAULY), 1_000);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test.serial(`${signal} under load loses no answer, and the process exits with 0`, async (t) => {
    const table = await startTable(t);
    const monolith = await spawnService(t, "monolith", table.environment);
    const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}` });
    const { tally, like } = clientsOf(t, service);
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (tally.refused === 0) {
        await like();
      }
    });
    await until(() => tally.answered > 200);
    t.is(await service.end(signal), 0);
    await Promise.all(clients);
    t.deepEqual([tally.lost, tally.failed], [[], 0]);
    t.is(await table.likes(PAULY), tally.answered);
    t.is(await monolith.end(signal), 0);
    t.is(service.lines.at(-1)?.msg, "stopped");
  });
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test.serial(`a thousand likes with the like service restarted by ${signal} count once each`, async (t) => {
    const table = await startTable(t);
    const monolith = await spawnService(t, "monolith", table.environment);
    const environment = { MONOLITH_URL: `127.0.0.1:${monolith.port}`, PORT: String(await freePort()) };
    const service = await spawnService(t, "like", environment);
    const { tally, like } = clientsOf(t, service);
    const back = Promise.withResolvers<void>();
    let likes = 1_000;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (likes > 0) {
        likes -= 1;
        const { refused } = tally;
        await like();
        if (tally.refused > refused) {
          await back.promise;
        }
      }
    });
    await until(() => tally.answered > 200);
    await service.end(signal);
    await spawnService(t, "like", environment);
    back.resolve();
    await Promise.all(clients);

    t.is(tally.answered + tally.refused + tally.lost.length + tally.failed, 1_000);
    t.true(tally.refused > 0, "the restart was felt");
    const counted = await table.likes(PAULY);
    if (signal === "SIGTERM") {
      t.deepEqual([tally.lost, tally.failed], [[], 0]);
      t.is(counted, tally.answered);
    } else {
      // A killed process leaves its last likes in doubt: they are counted or not, and no client was told that they are.
      t.true(counted >= tally.answered && counted <= tally.answered + tally.lost.length + tally.failed);
    }
  });
}

test.serial("a stop during a burn waits for it", async (t) => {
  const table = await startTable(t);
  const monolith = await spawnService(t, "monolith", table.environment);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, CHAOSMODE: "on" });
  const { tally, like } = clientsOf(t, service);
  const likes = Promise.all(Array.from({ length: 10 }, like));
  await until(() => service.lines.filter(({ chaos }) => chaos !== undefined).length === 10);
  t.is(await service.end("SIGTERM"), 0);
  await likes;
  t.deepEqual([tally.refused, tally.lost], [0, []]);
  t.is(await table.likes(PAULY), tally.answered);
});

test.serial("what does not finish in time is cut off, and the process exits with 0 all the same", async (t) => {
  const service = await spawnService(t, "like", { MONOLITH_URL: "127.0.0.1:1", DRAIN_SECONDS: "1" });
  const slow = connect(service.port, "127.0.0.1").on("error", () => {});
  // What is asked first and answered shows that the like has begun.
  slow.write(
    `GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /mysfits/${PAULY}/like HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{`,
  );
  await once(slow, "data");
  const rest = text(slow);
  t.is(await service.end("SIGTERM"), 0);
  t.is(await rest, "");
  t.true(service.lines.some(({ level, msg }) => level === 40 && msg === "not finished within 1 s, cut off: 1"));
});

test.serial("an environment that will not do ends the process with a line per variable", async (t) => {
  const answers = [
    ["like", {}, ["MONOLITH_URL is missing: expected a host, or host:port, without scheme"]],
    [
      "like",
      { MONOLITH_URL: "http://monolith", CHAOSMODE: "yes", LOGLEVEL: "LOUD", PORT: "http", DRAIN_SECONDS: "0" },
      [
        'PORT is "http": expected a whole number from 0 to 65535',
        'LOGLEVEL is "LOUD": expected DEBUG, INFO, WARN or ERROR',
        'DRAIN_SECONDS is "0": expected a whole number from 1 to 120',
        'MONOLITH_URL is "http://monolith": expected a host, or host:port, without scheme',
        'CHAOSMODE is "yes": expected on or off',
      ],
    ],
    [
      "monolith",
      { AWS_REGION: "here", UPSTREAM_URL: "mysfits.example", AWS_ENDPOINT_URL_DYNAMODB: "4567", HOST: "localhost" },
      [
        'HOST is "localhost": expected an IP address such as 127.0.0.1',
        "DDB_TABLE_NAME is missing: expected the name of a DynamoDB table",
        'UPSTREAM_URL is "mysfits.example": expected an origin such as https://d111.cloudfront.net, or nothing',
        'AWS_REGION is "here": expected an AWS region such as us-west-2',
        'AWS_ENDPOINT_URL_DYNAMODB is "4567": expected an address such as http://127.0.0.1:4567',
      ],
    ],
  ] as const;
  for (const [name, environment, expected] of answers) {
    const { code, message } = await failToStart(name, environment);
    t.is(code, 1);
    t.deepEqual(message.trimEnd().split("\n"), [...expected]);
  }
});

test.serial("a port that is taken ends the process with its number", async (t) => {
  const environment = { MONOLITH_URL: "127.0.0.1:1" };
  const { port } = await spawnService(t, "like", environment);
  const { code, message } = await failToStart("like", { ...environment, HOST: "127.0.0.1", PORT: String(port) });
  t.is(code, 1);
  t.is(
    message,
    `PORT is "${port}": expected a port that is free to listen on (listen EADDRINUSE: address already in use 127.0.0.1:${port})\n`,
  );
});
