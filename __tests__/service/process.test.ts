import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { Pool } from "undici";
import { freePort } from "../../laptop/system/processes/free-port.ts";
import { until } from "../until.ts";
import { spawnService, startTable, startupError } from "./start-services.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";

/**
 * Clients of a service that is stopped or restarted. Few, because on a busy machine many clients would delay each other beyond
 * the like service's limit of 3 s for the monolith.
 */
const CLIENTS = 8;

/** Clients of a service that keeps running. */
const MANY_CLIENTS = 50;

/** Results of the likes of one test. */
interface Tally {
  answered: number;
  /** Connection refused. */
  refused: number;
  /** Errors of likes that were sent but got no response. */
  readonly lost: string[];
  /** Responses other than success. */
  failed: number;
}

interface Clients {
  readonly tally: Tally;
  like(): Promise<void>;
}

/**
 * Clients with persistent connections, like a load balancer's. (Not new connections, because the kernel resets one that is
 * being established while the listener closes.)
 */
function clientsOf(t: ExecutionContext, { origin }: { readonly origin: string }, connections = CLIENTS): Clients {
  const tally: Tally = { answered: 0, refused: 0, lost: [], failed: 0 };
  const pool = new Pool(origin, { connections });
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

test.serial("a thousand likes from fifty concurrent clients are all counted", async (t) => {
  const table = await startTable(t);
  const monolith = await spawnService(t, "monolith", table.environment);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}` });
  const { tally, like } = clientsOf(t, service, MANY_CLIENTS);
  const client = async () => {
    for (let sent = 0; sent < 20; sent += 1) {
      await like();
    }
  };
  await Promise.all(Array.from({ length: MANY_CLIENTS }, client));
  t.deepEqual(tally, { answered: 1_000, refused: 0, lost: [], failed: 0 });
  t.is(await table.likes(PAULY), 1_000);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test.serial(`${signal} under load loses no response, and the process exits with 0`, async (t) => {
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
  test.serial(`a thousand likes are counted once each while the like service is restarted by ${signal}`, async (t) => {
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
    t.true(tally.refused > 0, "some connections were refused during the restart");
    const counted = await table.likes(PAULY);
    if (signal === "SIGTERM") {
      t.deepEqual([tally.lost, tally.failed], [[], 0]);
      t.is(counted, tally.answered);
    } else {
      // The last likes of a killed process may or may not be counted; their clients got no success response.
      t.true(counted >= tally.answered && counted <= tally.answered + tally.lost.length + tally.failed);
    }
  });
}

test.serial("a stop waits for pending burns", async (t) => {
  const table = await startTable(t);
  const monolith = await spawnService(t, "monolith", table.environment);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, CHAOSMODE: "on" });
  const burns = 10;
  const { tally, like } = clientsOf(t, service, burns);
  const likes = Promise.all(Array.from({ length: burns }, like));
  await until(() => service.lines.filter(({ chaos }) => chaos !== undefined).length === burns);
  t.is(await service.end("SIGTERM"), 0);
  await likes;
  t.deepEqual([tally.refused, tally.lost], [0, []]);
  t.is(await table.likes(PAULY), tally.answered);
});

test.serial("a request that does not finish in time is cut off, and the process still exits with 0", async (t) => {
  const service = await spawnService(t, "like", { MONOLITH_URL: "127.0.0.1:1", DRAIN_SECONDS: "1" });
  const slow = connect(service.port, "127.0.0.1").on("error", () => {});
  // The response to the first request shows that the service has begun to read the like.
  slow.write(
    `GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /mysfits/${PAULY}/like HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{`,
  );
  await once(slow, "data");
  const rest = text(slow);
  t.is(await service.end("SIGTERM"), 0);
  t.is(await rest, "");
  t.true(service.lines.some(({ level, msg }) => level === 40 && msg === "requests cut off after 1 s: 1"));
});

test.serial("exits with 1 when its output is closed", async (t) => {
  const service = await spawnService(t, "like", { MONOLITH_URL: "127.0.0.1:1" });
  service.closeOutput();
  // The next lines cannot be written.
  await fetch(`${service.origin}/nothing`);
  t.is(await service.ended, 1);
});

test.serial("exits with one line per invalid environment variable", async (t) => {
  const answers = [
    ["like", {}, ["MONOLITH_URL is missing: expected a host, or host:port, without scheme"]],
    [
      "like",
      { MONOLITH_URL: "http://monolith", CHAOSMODE: "yes", LOGLEVEL: "LOUD", PORT: "http", DRAIN_SECONDS: "0" },
      [
        'PORT is "http": expected an integer from 0 to 65535',
        'LOGLEVEL is "LOUD": expected DEBUG, INFO, WARN, or ERROR',
        'DRAIN_SECONDS is "0": expected an integer from 1 to 120',
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
        'UPSTREAM_URL is "mysfits.example": expected an origin such as https://d111.cloudfront.net, or an empty value',
        'AWS_REGION is "here": expected an AWS region such as us-west-2',
        'AWS_ENDPOINT_URL_DYNAMODB is "4567": expected a URL such as http://127.0.0.1:4567',
      ],
    ],
  ] as const;
  for (const [name, environment, expected] of answers) {
    const { code, message } = await startupError(name, environment);
    t.is(code, 1);
    t.deepEqual(message.trimEnd().split("\n"), [...expected]);
  }
});

test.serial("exits with an error that names a port in use", async (t) => {
  const environment = { MONOLITH_URL: "127.0.0.1:1" };
  const { port } = await spawnService(t, "like", environment);
  const { code, message } = await startupError("like", { ...environment, HOST: "127.0.0.1", PORT: String(port) });
  t.is(code, 1);
  t.is(
    message,
    `PORT is "${port}": expected a free port (listen EADDRINUSE: address already in use 127.0.0.1:${port})\n`,
  );
});
