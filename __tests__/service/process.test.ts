import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { deadPort, exchange, failToStart, spawnService, startTable } from "./surroundings.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";

/** What became of a client's likes. */
interface Tally {
  answered: number;
  /** Found nobody to take the connection. */
  refused: number;
  /** Sent, and then the connection ended without an answer. */
  lost: number;
  /** Got an answer other than success. */
  failed: number;
}

async function like(origin: string, tally: Tally): Promise<void> {
  try {
    const response = await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST" });
    const body = await response.text();
    tally[response.status === 200 && body === '{"Update":"Success"}' ? "answered" : "failed"] += 1;
  } catch (error) {
    const { code } = (error as { cause: NodeJS.ErrnoException }).cause;
    tally[code === "ECONNREFUSED" ? "refused" : "lost"] += 1;
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test.serial(`${signal} under load loses no answer, and the process exits with 0`, async (t) => {
    const table = await startTable(t);
    const monolith = await spawnService(t, "monolith", table.environment);
    const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}` });
    const tally: Tally = { answered: 0, refused: 0, lost: 0, failed: 0 };
    const clients = Array.from({ length: 50 }, async () => {
      while (tally.refused === 0) {
        await like(service.origin, tally);
      }
    });
    await pause(700);
    t.is(await service.end(signal), 0);
    await Promise.all(clients);
    t.true(tally.answered > 50, "there was load");
    t.deepEqual([tally.lost, tally.failed], [0, 0]);
    t.is(await table.likes(PAULY), tally.answered);
    t.is(await monolith.end(signal), 0);
    t.is(service.lines.at(-1)?.msg, "stopped");
  });
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test.serial(`a thousand likes with the like service restarted by ${signal} count once each`, async (t) => {
    const table = await startTable(t);
    const monolith = await spawnService(t, "monolith", table.environment);
    const environment = { MONOLITH_URL: `127.0.0.1:${monolith.port}`, PORT: String(await deadPort()) };
    const service = await spawnService(t, "like", environment);
    const tally: Tally = { answered: 0, refused: 0, lost: 0, failed: 0 };
    let likes = 1_000;
    const clients = Array.from({ length: 50 }, async () => {
      while (likes > 0) {
        likes -= 1;
        const { refused } = tally;
        await like(service.origin, tally);
        if (tally.refused > refused) {
          await pause(50);
        }
      }
    });
    while (tally.answered < 200) {
      await pause(5);
    }
    await service.end(signal);
    await spawnService(t, "like", environment);
    await Promise.all(clients);

    t.is(tally.answered + tally.refused + tally.lost + tally.failed, 1_000);
    t.true(tally.answered > 400, "most came through, before and after");
    const counted = await table.likes(PAULY);
    if (signal === "SIGTERM") {
      t.is(tally.lost, 0);
      t.is(counted, tally.answered);
    } else {
      // A killed process leaves its last likes in doubt: they are counted or not, and no client was told that they are.
      t.true(counted >= tally.answered && counted <= tally.answered + tally.lost);
    }
  });
}

test.serial("a stop during a burn waits for it", async (t) => {
  const table = await startTable(t);
  const monolith = await spawnService(t, "monolith", table.environment);
  const service = await spawnService(t, "like", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, CHAOSMODE: "on" });
  const tally: Tally = { answered: 0, refused: 0, lost: 0, failed: 0 };
  const likes = Promise.all(Array.from({ length: 10 }, () => like(service.origin, tally)));
  while (service.lines.filter(({ chaos }) => chaos !== undefined).length < 10) {
    await pause(5);
  }
  t.is(await service.end("SIGTERM"), 0);
  await likes;
  t.deepEqual([tally.refused, tally.lost], [0, 0]);
  t.is(await table.likes(PAULY), tally.answered);
});

test.serial("what does not finish in time is cut off, and the process exits with 0 all the same", async (t) => {
  const service = await spawnService(t, "like", { MONOLITH_URL: "127.0.0.1:1", DRAIN_SECONDS: "1" });
  const slow = exchange(service.port, `POST /mysfits/${PAULY}/like HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{`);
  await pause(200);
  t.is(await service.end("SIGTERM"), 0);
  t.is(await slow, "");
  t.true(service.lines.some(({ level, msg }) => level === 40 && msg === "cut off 1 requests after 1 s"));
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
