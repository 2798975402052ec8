import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { startUnresponsiveServer } from "../unresponsive-server.ts";
import { until } from "../until.ts";
import { closedPort, listenWith, startLike, startMonolith, startTable } from "./start-services.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const UNKNOWN_ID = "2b473002-36f8-4b87-954e-9a377e0ccbed";

const UNAVAILABLE = "the monolith is not available";

const post = { method: "POST" };

test("a like is counted, with exactly the documented response", async (t) => {
  const table = await startTable(t);
  const { origin } = await startLike(t, await startMonolith(t, table));
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
  t.is(response.status, 200);
  t.is(response.headers.get("content-type"), "application/json; charset=utf-8");
  t.is(await response.text(), '{"Update":"Success"}');
  t.is(await table.likes(PAULY), 1);
});

test("a like of an unknown mysfit gets a 404", async (t) => {
  const table = await startTable(t);
  const { origin } = await startLike(t, await startMonolith(t, table));
  const response = await fetch(`${origin}/mysfits/${UNKNOWN_ID}/like`, post);
  t.is(response.status, 404);
  t.is(await response.text(), `{"error":"no mysfit has the id \\"${UNKNOWN_ID}\\""}`);
  t.is(await table.item(UNKNOWN_ID), undefined);
});

test("a like with an invalid id is not forwarded", async (t) => {
  let requests = 0;
  const monolith = createServer((_request, response) => {
    requests += 1;
    response.end('{"Update":"Success"}');
  });
  const { origin } = await startLike(t, await listenWith(t, monolith));
  for (const id of ["x", `${PAULY}0`, "a".repeat(8_000), `${PAULY}%2F..`, `${PAULY}%0d%0aX-Odd:%201`]) {
    const response = await fetch(`${origin}/mysfits/${id}/like`, post);
    t.is(response.status, 404, id);
    t.regex(await response.text(), /^\{"error":"no mysfit has the id /);
  }
  t.is(requests, 0);
});

test("health does not depend on the monolith, readiness does", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  const { origin } = await startLike(t, monolith);
  t.is(await (await fetch(`${origin}/ready`)).text(), '{"status":"ready","service":"like"}');
  t.is(await (await fetch(origin)).text(), '{"status":"ok","service":"like"}');

  const port = await closedPort();
  const lonely = await startLike(t, { port });
  t.is((await fetch(lonely.origin)).status, 200);
  const ready = await fetch(`${lonely.origin}/ready`);
  t.is(ready.status, 503);
  t.is(await ready.text(), `{"status":"not ready","service":"like","missing":["monolith at 127.0.0.1:${port}"]}`);
});

test("a like gets a 503 while the monolith is down, and the reason is logged", async (t) => {
  const { origin, lines } = await startLike(t, { port: await closedPort() });
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /^the monolith is not available: .*ECONNREFUSED/.test(msg)));
});

test("a like gets a 503 when the monolith's name cannot be resolved, and the reason is logged", async (t) => {
  const { origin, lines } = await startLike(t, { host: "monolith.invalid", port: 80 });
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /^the monolith is not available: /.test(msg)));
});

test("a like gets a 503 by its limit when the monolith accepts no connections, and the reason is logged", async (t) => {
  const monolith = await startUnresponsiveServer(t);
  await monolith.freeze();
  const { origin, lines } = await startLike(t, monolith);
  await expectUnavailable(t, origin);
  // undici checks connect timeouts twice per second, so three attempts last from 1.9 s to beyond the limit.
  const reason = /: (no response within 2900 ms|Connect Timeout Error \(.*\))$/;
  t.true(lines.some(({ level, msg }) => level === 50 && msg.startsWith(UNAVAILABLE) && reason.test(msg)));
});

test("readiness does not wait behind likes", async (t) => {
  let likes = 0;
  const monolith = createServer(({ url }, response) => {
    if (url === "/") {
      response.end("ok");
    } else {
      likes += 1;
    }
  });
  const { origin } = await startLike(t, await listenWith(t, monolith));
  const responses = Array.from({ length: 150 }, () => fetch(`${origin}/mysfits/${PAULY}/like`, post));
  await until(() => likes >= 128);
  t.is((await fetch(`${origin}/ready`)).status, 200);
  await Promise.all(responses);
});

test("a like waits for a monolith that is just starting, and reaches it once", async (t) => {
  const port = await closedPort();
  const { origin } = await startLike(t, { port });
  const response = fetch(`${origin}/mysfits/${PAULY}/like`, post);
  await pause(150);
  let requests = 0;
  const monolith = createServer((_request, response) => {
    requests += 1;
    response.end('{"Update":"Success"}');
  });
  monolith.listen(port, "127.0.0.1");
  t.teardown(() => monolith.close());
  t.is((await response).status, 200);
  t.is(requests, 1);
});

const BAD_RESPONSES: Readonly<Record<string, readonly [response: string, logged: RegExp]>> = {
  "status 500": [httpResponse(500, '{"error":"internal error"}'), /status 500 with/],
  "status 503": [httpResponse(503, ""), /status 503 with/],
  "a redirect": ["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", /status 302 with/],
  "HTML instead of JSON": [httpResponse(200, "<h1>Hello</h1>"), /status 200 with "<h1>Hello<\/h1>"/],
  "other JSON": [httpResponse(200, '{"Update":"Failure"}'), /status 200 with/],
  null: [httpResponse(200, "null"), /status 200 with "null"/],
  "text that is not HTTP": ["Good evening.\r\n\r\n", /not available: .+/],
  "a truncated body": ['HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"Update":', /not available: .+/],
  "a body that is too large": [httpResponse(200, "x".repeat(1_000_000)), /not available: .+/],
  "a closed connection": ["", /not available: .+/],
};

for (const [name, [response, logged]] of Object.entries(BAD_RESPONSES)) {
  test(`a like gets a 503 and is not sent again when the monolith's response is ${name}`, async (t) => {
    let requests = 0;
    const monolith = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        requests += 1;
        socket.end(response);
      });
    });
    const { origin, lines } = await startLike(t, await listenWith(t, monolith));
    await expectUnavailable(t, origin);
    t.is(requests, 1);
    t.true(
      lines.some(({ level, msg }) => level === 50 && logged.test(msg)),
      JSON.stringify(lines.map(({ msg }) => msg)),
    );
  });
}

test("a like gets a 503 and is not sent again when the monolith does not respond in time", async (t) => {
  let requests = 0;
  const { origin, lines } = await startLike(
    t,
    await listenWith(
      t,
      createServer(() => {
        requests += 1;
      }),
    ),
  );
  await expectUnavailable(t, origin);
  t.is(requests, 1);
  t.true(lines.some(({ level, msg }) => level === 50 && /no response within 2900 ms/.test(msg)));
});

test("more likes than connections to an unresponsive monolith: all get a 503, and none is sent twice", async (t) => {
  const requests: unknown[] = [];
  const monolith = createServer((request) => {
    requests.push(request.headers["x-request-id"]);
  });
  const { origin } = await startLike(t, await listenWith(t, monolith));
  const like = async (_: unknown, number: number) => {
    const headers = { "x-request-id": `like-${number}` };
    return (await fetch(`${origin}/mysfits/${PAULY}/like`, { ...post, headers })).status;
  };
  t.deepEqual(await Promise.all(Array.from({ length: 300 }, like)), Array(300).fill(503));
  await pause(500);
  t.true(requests.length >= 128);
  t.is(new Set(requests).size, requests.length);
});

test("a like gets a 503 when the monolith's response trickles in beyond the limit", async (t) => {
  const monolith = createServer((_request, response) => {
    const trickle = setInterval(() => response.write(" "), 100);
    response.on("close", () => clearInterval(trickle));
  });
  const { origin, lines } = await startLike(t, await listenWith(t, monolith));
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /no response within 2900 ms/.test(msg)));
});

test("connections to the monolith are reused, and the request's IDs are passed on", async (t) => {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const monolith = createServer((request, response) => {
    requests.push(request);
    response.end('{"Update":"Success"}');
  });
  monolith.on("connection", () => {
    connections += 1;
  });
  const { origin } = await startLike(t, await listenWith(t, monolith));
  const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  for (let like = 0; like < 5; like += 1) {
    await fetch(`${origin}/mysfits/${PAULY}/like`, {
      ...post,
      headers: { "x-request-id": `like-${like}`, "x-amzn-trace-id": trace },
    });
  }
  t.is(connections, 1);
  t.deepEqual(
    requests.map(({ method, url, headers }) => [method, url, headers["x-request-id"], headers["x-amzn-trace-id"]]),
    [0, 1, 2, 3, 4].map((like) => ["POST", `/mysfits/${PAULY}/fulfill-like`, `like-${like}`, trace]),
  );
});

async function expectUnavailable(t: ExecutionContext, origin: string): Promise<void> {
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
  t.is(response.status, 503);
  t.is(await response.text(), `{"error":"${UNAVAILABLE}"}`);
}

function httpResponse(status: number, body: string): string {
  return `HTTP/1.1 ${status} Status\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
