import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { deadPort, standIn, startLike, startMonolith, startTable } from "./surroundings.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const NOBODY = "2b473002-36f8-4b87-954e-9a377e0ccbed";

const post = { method: "POST" };

test("a like counts, and the answer is exact", async (t) => {
  const table = await startTable(t);
  const { origin } = await startLike(t, await startMonolith(t, table));
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
  t.is(response.status, 200);
  t.is(response.headers.get("content-type"), "application/json; charset=utf-8");
  t.is(await response.text(), '{"Update":"Success"}');
  t.is(await table.likes(PAULY), 1);
});

test("an unknown mysfit is 404 all the way", async (t) => {
  const table = await startTable(t);
  const { origin } = await startLike(t, await startMonolith(t, table));
  const response = await fetch(`${origin}/mysfits/${NOBODY}/like`, post);
  t.is(response.status, 404);
  t.is(await response.text(), `{"error":"no mysfit has the id \\"${NOBODY}\\""}`);
  t.is(await table.item(NOBODY), undefined);
});

test("an id that is none never travels", async (t) => {
  let requests = 0;
  const monolith = createServer((_request, response) => {
    requests += 1;
    response.end('{"Update":"Success"}');
  });
  const { origin } = await startLike(t, await standIn(t, monolith));
  for (const id of ["x", `${PAULY}0`, "a".repeat(8_000), `${PAULY}%2F..`, `${PAULY}%0d%0aX-Odd:%201`]) {
    const response = await fetch(`${origin}/mysfits/${id}/like`, post);
    t.is(response.status, 404, id);
    t.regex(await response.text(), /^\{"error":"no mysfit has the id /);
  }
  t.is(requests, 0);
});

test("health is the service's own, readiness needs the monolith", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  const { origin } = await startLike(t, monolith);
  t.is(await (await fetch(`${origin}/ready`)).text(), '{"status":"ready","service":"like"}');
  t.is(await (await fetch(origin)).text(), '{"status":"ok","service":"like"}');

  const port = await deadPort();
  const lonely = await startLike(t, { port });
  t.is((await fetch(lonely.origin)).status, 200);
  const ready = await fetch(`${lonely.origin}/ready`);
  t.is(ready.status, 503);
  t.is(await ready.text(), `{"status":"not ready","service":"like","missing":["monolith at 127.0.0.1:${port}"]}`);
});

test("a dead monolith is 503 within the limit, and the log says so", async (t) => {
  const { origin, lines } = await startLike(t, { port: await deadPort() });
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /^the monolith is not available: .*ECONNREFUSED/.test(msg)));
});

test("a monolith whose name leads nowhere is 503 within the limit, and the log says so", async (t) => {
  const { origin, lines } = await startLike(t, { host: "monolith.invalid", port: 80 });
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /^the monolith is not available: /.test(msg)));
});

test("a monolith that comes up in time gets the like, once", async (t) => {
  const port = await deadPort();
  const { origin } = await startLike(t, { port });
  const answer = fetch(`${origin}/mysfits/${PAULY}/like`, post);
  await pause(150);
  let requests = 0;
  const monolith = createServer((_request, response) => {
    requests += 1;
    response.end('{"Update":"Success"}');
  });
  monolith.listen(port, "127.0.0.1");
  t.teardown(() => monolith.close());
  t.is((await answer).status, 200);
  t.is(requests, 1);
});

const BAD_ANSWERS: Readonly<Record<string, readonly [answer: string, logged: RegExp]>> = {
  "answers 500": [httpAnswer(500, '{"error":"internal error"}'), /it answered 500 with/],
  "answers 503": [httpAnswer(503, ""), /it answered 503 with/],
  redirects: ["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", /it answered 302 with/],
  "answers what is no JSON": [httpAnswer(200, "<h1>Hello</h1>"), /it answered 200 with "<h1>Hello<\/h1>"/],
  "answers other JSON": [httpAnswer(200, '{"Update":"Failure"}'), /it answered 200 with/],
  "answers null": [httpAnswer(200, "null"), /it answered 200 with "null"/],
  "answers what is no HTTP": ["Good evening.\r\n\r\n", /not available: .+/],
  "answers half": ['HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"Update":', /not available: .+/],
  "answers too much": [httpAnswer(200, "x".repeat(1_000_000)), /not available: .+/],
  "hangs up": ["", /not available: .+/],
};

for (const [name, [answer, logged]] of Object.entries(BAD_ANSWERS)) {
  test(`a monolith that ${name} is 503, and the like is not sent again`, async (t) => {
    let requests = 0;
    const monolith = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        requests += 1;
        socket.end(answer);
      });
    });
    const { origin, lines } = await startLike(t, await standIn(t, monolith));
    await expectUnavailable(t, origin);
    t.is(requests, 1);
    t.true(
      lines.some(({ level, msg }) => level === 50 && logged.test(msg)),
      JSON.stringify(lines.map(({ msg }) => msg)),
    );
  });
}

test("a monolith that hangs is 503 within the limit, and the like is not sent again", async (t) => {
  let requests = 0;
  const { origin, lines } = await startLike(
    t,
    await standIn(
      t,
      createServer(() => {
        requests += 1;
      }),
    ),
  );
  await expectUnavailable(t, origin);
  t.is(requests, 1);
  t.true(lines.some(({ level, msg }) => level === 50 && /no answer within 3000 ms/.test(msg)));
});

test("more likes than connections to a hanging monolith: all are 503, none is sent twice", async (t) => {
  const requests: unknown[] = [];
  const monolith = createServer((request) => {
    requests.push(request.headers["x-request-id"]);
  });
  const { origin } = await startLike(t, await standIn(t, monolith));
  const like = async (_: unknown, number: number) => {
    const headers = { "x-request-id": `like-${number}` };
    return (await fetch(`${origin}/mysfits/${PAULY}/like`, { ...post, headers })).status;
  };
  t.deepEqual(await Promise.all(Array.from({ length: 300 }, like)), Array(300).fill(503));
  await pause(500);
  t.true(requests.length >= 128);
  t.is(new Set(requests).size, requests.length);
});

test("a monolith that trickles is 503 within the limit", async (t) => {
  const monolith = createServer((_request, response) => {
    const trickle = setInterval(() => response.write(" "), 100);
    response.on("close", () => clearInterval(trickle));
  });
  const { origin, lines } = await startLike(t, await standIn(t, monolith));
  await expectUnavailable(t, origin);
  t.true(lines.some(({ level, msg }) => level === 50 && /no answer within 3000 ms/.test(msg)));
});

test("keeps its connections to the monolith, and passes on who asked", async (t) => {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const monolith = createServer((request, response) => {
    requests.push(request);
    response.end('{"Update":"Success"}');
  });
  monolith.on("connection", () => {
    connections += 1;
  });
  const { origin } = await startLike(t, await standIn(t, monolith));
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
  const start = performance.now();
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, post);
  t.is(response.status, 503);
  t.is(await response.text(), '{"error":"the monolith is not available"}');
  t.true(performance.now() - start < 4_500);
}

function httpAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} Whatever\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
