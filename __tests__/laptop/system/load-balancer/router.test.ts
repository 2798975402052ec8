import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { request } from "undici";
import {
  isAbandoned,
  MAX_IN_PROGRESS,
  type Outcome,
  startRouter,
} from "../../../../laptop/system/load-balancer/router.ts";
import { TargetGroup } from "../../../../laptop/system/load-balancer/target-group.ts";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { startUnresponsiveServer } from "../../../unresponsive-server.ts";
import { until } from "../../../until.ts";

const SITE = join(import.meta.dirname, "../../../../web");
const LIKE = "/mysfits/4e53920c-505a-4a90-a694-b9300791f0ae/like";

/** Seconds. After a passed check, there is no other within a test unless the test overrides this. */
const HEALTH = { path: "/", interval: 60, timeout: 1, healthyAfter: 3, unhealthyAfter: 3 };

test("routes likes to the like service, other mysfits paths to the monolith, and the rest to the site", async (t) => {
  const { origin } = await route(t, {
    like: [await target(t, name("like"))],
    monolith: [await target(t, name("monolith"))],
  });
  for (const [path, expected] of [
    [LIKE, "like"],
    [`${LIKE}?twice=no`, "like"],
    ["/mysfits/a/b/like", "like"],
    ["/mysfits", "monolith"],
    ["/mysfits?filter=GoodEvil&value=Good", "monolith"],
    ["/mysfits/", "monolith"],
    ["/mysfits/x/fulfill-like", "monolith"],
    ["/mysfits/x/like/", "monolith"],
  ] as const) {
    const answer = await fetch(origin + path, { method: "POST" });
    t.is(await answer.text(), `${expected} POST ${path}`);
  }
  t.is((await fetch(`${origin}/mysfitsx`)).status, 404);
  t.is((await fetch(`${origin}/favicon.svg`)).headers.get("content-type"), "image/svg+xml");
});

test("sets the X-Forwarded headers, and begins or continues a trace", async (t) => {
  const { origin, port } = await route(t, {
    like: [await target(t, (request, response) => response.end(JSON.stringify(request.headers)))],
  });
  const ask = async (headers: Record<string, string>) =>
    JSON.parse(await (await fetch(origin + LIKE, { headers })).text()) as Record<string, string>;

  const plain = await ask({});
  t.is(plain["x-forwarded-for"], "127.0.0.1");
  t.is(plain["x-forwarded-proto"], "http");
  t.is(plain["x-forwarded-port"], String(port));
  t.is(plain.host, `127.0.0.1:${port}`);
  t.regex(plain["x-amzn-trace-id"] ?? "", /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);

  const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
  const further = await ask({
    "x-forwarded-for": "192.0.2.7",
    "x-forwarded-proto": "gopher",
    "x-amzn-trace-id": trace,
  });
  t.is(further["x-forwarded-for"], "192.0.2.7, 127.0.0.1");
  t.is(further["x-forwarded-proto"], "http");
  t.is(further["x-amzn-trace-id"], trace);
  t.regex((await ask({ "x-amzn-trace-id": "forged" }))["x-amzn-trace-id"] ?? "", /^Root=1-/);
});

test("streams bodies both ways while they are being written", async (t) => {
  const { port } = await route(t, {
    like: [
      await target(t, (request, response) => {
        response.writeHead(200);
        request.pipe(response);
      }),
    ],
  });
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write(`POST ${LIKE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`);
  let echo = "";
  for (const word of ["once", "upon", "some", "midnight"]) {
    socket.write(`${word.length.toString(16)}\r\n${word}\r\n`);
    while (!echo.includes(word)) {
      echo += (await once(socket, "data"))[0];
    }
  }
  socket.end("0\r\n\r\n");
  await once(socket.resume(), "close");
  t.is(echo.split("\r\n\r\n")[1], "4\r\nonce\r\n4\r\nupon\r\n4\r\nsome\r\n8\r\nmidnight\r\n");
});

test("forwards a large body, and the status and headers of the response", async (t) => {
  const { origin } = await route(t, {
    like: [
      await target(t, async (request, response) => {
        response
          .writeHead(request.url === "/" ? 200 : 418, { "x-kept": ["a", "b"], "set-cookie": ["a=1", "b=2"] })
          .end(await text(request));
      }),
    ],
  });
  const body = "mysfit ".repeat(500_000);
  const answer = await fetch(origin + LIKE, { method: "POST", body });
  t.is(answer.status, 418);
  t.is(answer.headers.get("x-kept"), "a, b");
  t.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  t.is(await answer.text(), body);
});

test("keeps connections to the client and the service alive", async (t) => {
  const services = new Set<Socket>();
  const { origin } = await route(t, {
    like: [
      await target(t, ({ url, socket, headers }, response) => {
        if (url !== "/") {
          services.add(socket);
        }
        response.end(headers.connection ?? "none");
      }),
    ],
  });
  for (let turn = 0; turn < 5; turn += 1) {
    const { body, headers } = await request(origin + LIKE);
    await body.dump();
    t.is(headers.connection, "keep-alive");
  }
  t.is(services.size, 1);
});

test("answers 503 while no task is healthy, and serves requests again after that", async (t) => {
  let status = 500;
  const service = await target(t, ({ url }, response) => response.writeHead(url === "/" ? status : 200).end("served"));
  const health = { ...HEALTH, interval: 0.03, healthyAfter: 2, unhealthyAfter: 2 };
  const { origin, groups } = await route(t, { like: [service] }, { health, wait: false });
  const ask = async () => (await fetch(origin + LIKE, { method: "POST" })).status;

  t.is(await ask(), 503);
  status = 200;
  await groups.like.whenHealthy();
  t.is(await ask(), 200);
  status = 500;
  await until(async () => (await ask()) === 503);
  status = 200;
  await until(async () => (await ask()) === 200);
  groups.like.deregister(service);
  t.is(await ask(), 503);
});

test("rejects requests beyond its concurrency limit immediately", async (t) => {
  const held: (() => void)[] = [];
  const { origin } = await route(t, {
    like: [await target(t, ({ url }, response) => (url === "/" ? response.end() : held.push(() => response.end())))],
  });
  const waiting: ReturnType<typeof request>[] = [];
  // In groups that fit into a listener's backlog of 511, whose overflow would reset connections on a busy machine.
  while (waiting.length < MAX_IN_PROGRESS) {
    waiting.push(...Array.from({ length: 256 }, () => request(origin + LIKE, { method: "POST" })));
    await until(() => held.length === waiting.length);
  }
  t.is(waiting.length, MAX_IN_PROGRESS);
  const refused = await request(origin + LIKE, { method: "POST" });
  t.is(refused.statusCode, 503);
  t.deepEqual(await refused.body.json(), { error: "too many requests in progress" });

  for (const release of held.splice(0)) {
    release();
  }
  for (const { statusCode, body } of await Promise.all(waiting)) {
    t.is(statusCode, 200);
    await body.dump();
  }
  const next = request(origin + LIKE, { method: "POST" });
  await until(() => held.length === 1);
  held[0]?.();
  t.is((await next).statusCode, 200);
});

test("one failed check does not make a task unhealthy", async (t) => {
  const statuses = [200, 500, 200, 500, 200, 500, 200];
  let checks = 0;
  const service = await target(t, ({ url }, response) => {
    response.writeHead(url === "/" ? (statuses[checks++] ?? 200) : 200).end("served");
  });
  const { origin } = await route(t, { like: [service] }, { health: { ...HEALTH, interval: 0.02, unhealthyAfter: 2 } });
  while (checks < statuses.length) {
    t.is((await fetch(origin + LIKE)).status, 200);
  }
});

test("a task that accepts no connections fails its health checks within their timeout", async (t) => {
  const server = await startUnresponsiveServer(t);
  const group = new TargetGroup({ ...HEALTH, interval: 0.1, timeout: 0.5, unhealthyAfter: 2 });
  const origin = `http://127.0.0.1:${server.port}`;
  t.teardown(() => group.deregister(origin));
  const unhealthy = Promise.withResolvers<"unhealthy">();
  group.register(origin, (healthy) => !healthy && unhealthy.resolve("unhealthy"));
  await group.whenHealthy();
  await server.freeze();
  // Two checks end after 1.1 s, far below the connection timeout of 10 s.
  t.is(await Promise.race([unhealthy.promise, pause(9_000, "healthy", { ref: false })]), "unhealthy");
});

test("distributes requests round-robin over the healthy tasks", async (t) => {
  const { origin } = await route(t, { like: [await target(t, name("a")), await target(t, name("b"))] });
  const answers: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    answers.push((await (await fetch(origin + LIKE)).text()).slice(0, 1));
  }
  t.deepEqual([answers.filter((who) => who === "a").length, answers.filter((who) => who === "b").length], [3, 3]);
});

test("a request whose connection is refused goes to another task with its body, and fails if all refuse it", async (t) => {
  const gone = await dyingTarget(t);
  const alive = await dyingTarget(t, async (request, response) => response.end(await text(request)));
  const { origin } = await route(t, { like: [gone.origin, alive.origin] });
  const send = () => fetch(origin + LIKE, { method: "POST", body: "a like" });

  await gone.die();
  for (let turn = 0; turn < 4; turn += 1) {
    t.is(await (await send()).text(), "a like");
  }
  await alive.die();
  const refused = await send();
  t.is(refused.status, 502);
  t.regex(await refused.text(), /^\{"error":"the task closed the connection/);
});

test("answers 504 if a task does not respond, and disconnects if it stalls during the response", async (t) => {
  const { origin } = await route(
    t,
    {
      like: [await target(t, ({ url }, response) => void (url === "/" && response.end()))],
      monolith: [
        await target(t, ({ url }, response) => {
          if (url === "/") {
            response.end();
          } else {
            response.writeHead(200).write("half an ans");
          }
        }),
      ],
    },
    { idleSeconds: 0.2 },
  );
  const started = performance.now();
  const late = await fetch(origin + LIKE, { method: "POST" });
  t.is(late.status, 504);
  t.true(performance.now() - started < 5_000);
  await t.throwsAsync(async () => (await fetch(`${origin}/mysfits`)).text());
});

test("reports the responder, status, and duration of every request", async (t) => {
  const service = await target(t, ({ method, url }, response) => {
    if (method === "POST") {
      setTimeout(() => response.writeHead(418).end(), 100);
    } else if (url === "/") {
      response.end();
    }
  });
  const { origin, outcomes } = await route(t, { like: [service] }, { idleSeconds: 0.5 });
  for (const [path, method] of [
    [LIKE, "POST"],
    [LIKE, "GET"],
    ["/mysfits", "GET"],
  ] as const) {
    await (await fetch(origin + path, { method })).text();
  }
  t.like(outcomes, [
    { by: "task", origin: service, status: 418 },
    { by: "router", status: 504 },
    { by: "router", status: 503 },
  ]);
  const [answered = 0, late = 0, refused = 0] = outcomes.map(({ seconds }) => seconds);
  t.true(answered >= 0.09 && late >= 0.4 && refused >= 0 && refused < late);
});

test("aborts the request to the service if the client disconnects", async (t) => {
  const arrived = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  const { origin, outcomes } = await route(t, {
    like: [
      await target(t, ({ url }, response) => {
        if (url === "/") {
          response.end();
        } else {
          response.once("close", dropped.resolve);
          arrived.resolve();
        }
      }),
    ],
  });
  const client = new AbortController();
  const asking = fetch(origin + LIKE, { method: "POST", signal: client.signal });
  await arrived.promise;
  client.abort();
  await t.throwsAsync(asking);
  await dropped.promise;
  const outcome = await until(() => outcomes[0]);
  t.like(outcome, { by: "router", status: 460 });
  t.true(isAbandoned(outcome));
});

test("rejects a request target that is not a path", async (t) => {
  const { port } = await route(t, {});
  for (const line of ["OPTIONS * HTTP/1.1", "GET http://127.0.0.1/mysfits HTTP/1.1"]) {
    const socket = connect(port, "127.0.0.1");
    socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    t.regex(await text(socket), /^HTTP\/1\.1 400 Bad Request[\s\S]*\{"error":"malformed request/);
  }
});

test("stop finishes requests in progress and accepts no new ones", async (t) => {
  let answer: (() => void) | undefined;
  const { origin, router } = await route(t, {
    like: [
      await target(t, ({ url }, response) => {
        if (url === "/") {
          response.end();
        } else {
          answer = () => response.end("done");
        }
      }),
    ],
  });
  const inProgress = fetch(origin + LIKE, { method: "POST" });
  await until(() => answer !== undefined);
  const stopped = router.stop(5);
  await t.throwsAsync(fetch(origin + LIKE, { method: "POST", headers: { connection: "close" } }));
  answer?.();
  t.is(await (await inProgress).text(), "done");
  await stopped;
});

/** Possible reactions of a service to a request that it has read. */
const DEEDS = ["answer", "answer and close", "answer late", "close", "reset", "half an answer", "garbage"] as const;
type Deed = (typeof DEEDS)[number];

test("no request arrives twice, and every response belongs to a request that arrived", async (t) => {
  const arrivals = new Map<string, number>();
  const gone = await dyingTarget(t);
  const odd = [await oddTarget(t, arrivals), await oddTarget(t, arrivals)];
  const { origin } = await route(t, { like: [gone.origin, ...odd] });
  await gone.die();

  let requests = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ deed: fc.constantFrom(...DEEDS), body: fc.option(fc.string()) }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (wishes) => {
        await Promise.all(
          wishes.map(async ({ deed, body }) => {
            const id = String(requests++);
            const status = await statusOf(
              request(origin + LIKE, { method: "POST", headers: { deed, "like-id": id }, body }),
            );
            const arrived = arrivals.get(id) ?? 0;
            t.true(arrived <= 1, `${deed}: arrived ${arrived} times`);
            if (deed.startsWith("answer")) {
              t.true(status === 200 ? arrived === 1 : status === 502, `${deed}: ${status}`);
            } else {
              t.true(status === 502 || status === "broken off", `${deed}: ${status}`);
            }
          }),
        );
      },
    ),
    { numRuns: 40 },
  );
  t.true(arrivals.size > 100);
});

async function statusOf(answer: ReturnType<typeof request>): Promise<number | "broken off"> {
  try {
    const { statusCode, body } = await answer;
    await body.text();
    return statusCode;
  } catch {
    return "broken off";
  }
}

interface Setting {
  readonly health?: typeof HEALTH;
  readonly idleSeconds?: number;
  /** True to wait for the first health checks. */
  readonly wait?: boolean;
}

/** A router with the rules of the load balancer, in front of the given tasks. */
async function route(
  t: ExecutionContext,
  targets: { readonly like?: readonly string[]; readonly monolith?: readonly string[] },
  { health = HEALTH, idleSeconds, wait = true }: Setting = {},
) {
  const groups = { like: new TargetGroup(health, idleSeconds), monolith: new TargetGroup(health, idleSeconds) };
  const outcomes: Outcome[] = [];
  const observe = (outcome: Outcome) => void outcomes.push(outcome);
  const router = await startRouter({
    port: 0,
    site: SITE,
    routes: [
      { path: "/mysfits/*/like", group: groups.like, observe },
      { path: "/*", group: groups.monolith, observe },
    ],
  });
  const registered = Object.entries(targets) as [keyof typeof groups, readonly string[]][];
  for (const [service, origins] of registered) {
    for (const origin of origins) {
      groups[service].register(origin);
    }
    await until(() => !wait || groups[service].inTurn().length === origins.length);
  }
  t.teardown(async () => {
    await router.stop(0);
    for (const [service, origins] of registered) {
      for (const origin of origins) {
        groups[service].deregister(origin);
      }
    }
  });
  return { router, groups, outcomes, port: router.port, origin: `http://127.0.0.1:${router.port}` };
}

function name(who: string): RequestListener {
  return ({ method, url }, response) => response.end(`${who} ${method} ${url}`);
}

async function target(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const { origin } = await dyingTarget(t, answer);
  return origin;
}

/** A task that can disappear without notice. */
async function dyingTarget(t: ExecutionContext, answer: RequestListener = (_request, response) => response.end()) {
  const server = createServer(answer);
  const origin = await open(server, await freePort());
  const die = async () => {
    if (server.listening) {
      server.close().closeAllConnections();
      await once(server, "close");
    }
  };
  t.teardown(die);
  return { origin, die };
}

/** A task that handles each request as its `deed` header says, and counts the arrivals. */
async function oddTarget(t: ExecutionContext, arrivals: Map<string, number>): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.setEncoding("utf8").on("error", () => {}));
    socket.on("close", () => sockets.delete(socket));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
      if (!isComplete(received)) {
        return;
      }
      const [, id] = /^like-id: (\d+)/m.exec(received) ?? [];
      const [, deed] = /^deed: (.*)\r$/m.exec(received) ?? [];
      received = "";
      if (id === undefined) {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
      behave(socket, deed as Deed);
    });
  });
  t.teardown(() => {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  });
  return open(server, 0);
}

function isComplete(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) {
    return false;
  }
  const body = received.slice(end + 4);
  const [, length] = /^content-length: (\d+)/im.exec(received) ?? [];
  return /^transfer-encoding: chunked/im.test(received)
    ? body.endsWith("0\r\n\r\n")
    : Buffer.byteLength(body) >= Number(length ?? 0);
}

function behave(socket: Socket, deed: Deed): void {
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  switch (deed) {
    case "answer":
      socket.write(answer);
      break;
    case "answer and close":
      // Closed without notice, as by a service whose keep-alive timeout has expired.
      socket.end(answer);
      break;
    case "answer late":
      setTimeout(() => socket.write(answer), 10);
      break;
    case "close":
      socket.end();
      break;
    case "reset":
      socket.resetAndDestroy();
      break;
    case "half an answer":
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf");
      break;
    case "garbage":
      socket.end("mysfits!\r\n\r\n");
      break;
  }
}

async function open(server: Server, port: number): Promise<string> {
  await once(server.listen(port, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
