import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { until } from "../until.ts";
import { closedPort, listenWith, sendRaw, startLike, startMonolith, startTable } from "./start-services.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const LIKE = `POST /mysfits/${PAULY}/like HTTP/1.1\r\nHost: like\r\n`;

const JSON_TYPE = "application/json; charset=utf-8";

test("a path without a route gets a 404 in JSON", async (t) => {
  const { origin } = await startLike(t, { port: await closedPort() });
  for (const path of ["/mysfits", "/mysfits/x/y/like", "/favicon.ico", "/..%2f", "/ready/x", "/ready/", "/READY"]) {
    const response = await fetch(origin + path);
    t.is(response.status, 404, path);
    t.is(response.headers.get("content-type"), JSON_TYPE, path);
    t.is(await response.text(), '{"error":"there is nothing at this address"}', path);
  }
});

test("paths match exactly, and no like is counted otherwise", async (t) => {
  const table = await startTable(t);
  const monolith = await startMonolith(t, table);
  const like = await startLike(t, monolith);
  for (const [{ origin }, method, path] of [
    [monolith, "GET", "/mysfits/"],
    [monolith, "GET", "/MYSFITS"],
    [monolith, "POST", `/mysfits/${PAULY}/fulfill-like/`],
    [monolith, "POST", `/mysfits/${PAULY}/Fulfill-Like`],
    [like, "POST", `/mysfits/${PAULY}/like/`],
    [like, "POST", `/mysfits/${PAULY}/LIKE`],
    [like, "POST", `/Mysfits/${PAULY}/like`],
  ] as const) {
    const response = await fetch(origin + path, { method });
    t.is(response.status, 404, path);
    await response.text();
  }
  t.is(await table.likes(PAULY), 0);
});

test("a wrong method gets a 405 in JSON with the allowed methods", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  const like = await startLike(t, monolith);
  const wrong = [
    [like, "GET", `/mysfits/${PAULY}/like`, "POST"],
    [like, "HEAD", `/mysfits/${PAULY}/like`, "POST"],
    [like, "PROPFIND", `/mysfits/${PAULY}/like`, "POST"],
    [like, "POST", "/", "HEAD, GET"],
    [monolith, "DELETE", "/mysfits", "HEAD, GET"],
    [monolith, "PUT", `/mysfits/${PAULY}`, "HEAD, GET"],
    [monolith, "GET", `/mysfits/${PAULY}/fulfill-like`, "POST"],
    [monolith, "PATCH", `/mysfits/${PAULY}/adopt`, "POST"],
  ] as const;
  for (const [service, method, path, allowed] of wrong) {
    const response = await fetch(service.origin + path, { method });
    t.is(response.status, 405, `${method} ${path}`);
    t.is(response.headers.get("allow"), allowed, `${method} ${path}`);
    t.is(response.headers.get("content-type"), JSON_TYPE, `${method} ${path}`);
    const error = `{"error":"${method} is not allowed here: expected ${allowed}"}`;
    t.is(await response.text(), method === "HEAD" ? "" : error);
  }
});

test("a malformed URL gets a 400 in JSON", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  for (const path of ["/mysfits/%zz", "/mysfits/%", "/mysfits/%ff", "/mysfits?filter=GoodEvil&value=100%"]) {
    const response = await fetch(origin + path);
    t.is(response.status, 400, path);
    t.regex(await response.text(), /^\{"error":"malformed URL: expected /, path);
  }
});

test("requests that Node.js would reject itself get the headers of every response", async (t) => {
  const { port } = await startLike(t, { port: await closedPort() });
  for (const [request, status, error] of [
    ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400 Bad Request", "malformed request: expected a Host header"],
    [
      "GET / HTTP/1.1\r\nHost: like\r\nExpect: tea\r\nConnection: close\r\n\r\n",
      "417 Expectation Failed",
      "expected 100-continue as the only expectation",
    ],
    ["CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "405 Method Not Allowed", "CONNECT is not allowed here"],
  ] as const) {
    const answer = await sendRaw(port, request);
    t.true(answer.startsWith(`HTTP/1.1 ${status}\r\n`), answer);
    t.regex(answer, /^x-request-id: [\w-]{36}\r$/m, status);
    t.regex(answer, /^access-control-allow-origin: \*\r$/m, status);
    t.regex(answer, /^content-type: application\/json; charset=utf-8\r$/im, status);
    t.true(answer.endsWith(`\r\n\r\n{"error":"${error}"}`), answer);
  }
  const lost = connect(port, "127.0.0.1", () => {
    lost.write("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", () => lost.resetAndDestroy());
  });
  await once(lost, "close");
  const old = await sendRaw(port, "GET / HTTP/1.0\r\n\r\n");
  t.regex(old, /^HTTP\/1\.1 200 OK\r$/m, "HTTP/1.0 has no Host header");
});

test("a malformed request gets a 400 in JSON", async (t) => {
  const { port } = await startLike(t, { port: await closedPort() });
  for (const bytes of ["Good evening.\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"]) {
    const answer = await sendRaw(port, bytes);
    t.regex(answer, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/json/, bytes);
    t.regex(answer, /\r\nx-request-id: [0-9a-f-]{36}\r\naccess-control-allow-origin: \*\r\n/, bytes);
    t.regex(answer, /\{"error":"malformed request: expected HTTP\/1\.1"\}$/, bytes);
  }
  const large = await sendRaw(port, `${LIKE}X-Odd: ${"x".repeat(20_000)}\r\n\r\n`);
  t.regex(large, /^HTTP\/1\.1 431 .*\{"error":"headers too large: /s);
});

test("a body of 10 MB gets a 413 immediately, with or without Content-Length, and no like is counted", async (t) => {
  const table = await startTable(t);
  const { port } = await startLike(t, await startMonolith(t, table));
  const megabyte = Buffer.alloc(1_000_000, "x");
  const announced = firstResponse(port, `${LIKE}Content-Length: 10000000\r\n\r\n`, ...Array(10).fill(megabyte));
  const chunk = Buffer.concat([Buffer.from(`${megabyte.length.toString(16)}\r\n`), megabyte, Buffer.from("\r\n")]);
  const chunked = firstResponse(
    port,
    `${LIKE}Transfer-Encoding: chunked\r\n\r\n`,
    ...Array(10).fill(chunk),
    "0\r\n\r\n",
  );
  for (const answer of await Promise.all([announced, chunked])) {
    t.regex(answer, /^HTTP\/1\.1 413 /);
    t.regex(answer, /\{"error":"body too large: expected at most 16384 bytes"\}$/);
  }
  t.is(await table.likes(PAULY), 0);
});

test("a body within the limit is read and ignored", async (t) => {
  const table = await startTable(t);
  const { origin } = await startLike(t, await startMonolith(t, table));
  for (const body of ["{}", "{not json", "x".repeat(16_384)]) {
    const response = await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST", body });
    t.is(await response.text(), '{"Update":"Success"}');
  }
  const over = await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST", body: "x".repeat(16_385) });
  t.is(over.status, 413);
  t.is(await table.likes(PAULY), 3);
});

test("slow headers and a slow body get a 408, and no like is counted", async (t) => {
  const table = await startTable(t);
  const { port } = await startLike(t, await startMonolith(t, table));
  const answers = await Promise.all([sendRaw(port, LIKE), sendRaw(port, `${LIKE}Content-Length: 100\r\n\r\n{`)]);
  for (const answer of answers) {
    t.regex(answer, /^HTTP\/1\.1 408 .*\{"error":"the request took too long to arrive"\}$/s);
  }
  t.is(await table.likes(PAULY), 0);
});

test("a like whose body is cut off is not counted", async (t) => {
  const table = await startTable(t);
  const { port, lines } = await startLike(t, await startMonolith(t, table));
  const socket = connect(port, "127.0.0.1");
  // The response to the first request shows that the service has begun to read the like.
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${LIKE}Content-Length: 100\r\n\r\n{`);
  await once(socket, "data");
  socket.destroy();
  const liked = await until(() => lines.find(({ method }) => method === "POST"));
  t.is(liked.status, 400);
  t.is(await table.likes(PAULY), 0);
});

test("CORS allows every origin", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  const like = await startLike(t, monolith);
  const headers = { origin: "https://elsewhere.example" };
  for (const [url, method] of [
    [`${monolith.origin}/mysfits`, "GET"],
    [`${monolith.origin}/nothing`, "GET"],
    [`${like.origin}/mysfits/${PAULY}/like`, "POST"],
    [`${like.origin}/mysfits/unknown/like`, "POST"],
  ] as const) {
    const response = await fetch(url, { method, headers });
    t.is(response.headers.get("access-control-allow-origin"), "*", url);
    await response.text();
  }
  const preflight = await fetch(`${like.origin}/mysfits/${PAULY}/like`, {
    method: "OPTIONS",
    headers: { ...headers, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });
  const withoutMethod = await fetch(`${like.origin}/mysfits/${PAULY}/like`, { method: "OPTIONS", headers });
  t.is(withoutMethod.status, 200);
  t.is(withoutMethod.headers.get("access-control-allow-origin"), "*");
  t.truthy(withoutMethod.headers.get("x-request-id"));
  t.is(preflight.status, 204);
  t.is(preflight.headers.get("access-control-allow-origin"), "*");
  t.regex(preflight.headers.get("access-control-allow-methods") ?? "", /\bPOST\b/);
  t.is(preflight.headers.get("access-control-allow-headers"), "content-type");
});

test("each request is one log line, with the same IDs in both services", async (t) => {
  const monolith = await startMonolith(t, await startTable(t));
  const like = await startLike(t, monolith);
  const response = await fetch(`${like.origin}/mysfits/${PAULY}/like`, {
    method: "POST",
    headers: {
      "x-request-id": "from-the-site",
      "x-amzn-trace-id": "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678",
    },
  });
  t.is(response.headers.get("x-request-id"), "from-the-site");
  const ids = { requestId: "from-the-site", traceId: "1-67891233-abcdef012345678912345678" };
  for (const [{ lines }, name, path] of [
    [like, "like", `/mysfits/${PAULY}/like`],
    [monolith, "monolith", `/mysfits/${PAULY}/fulfill-like`],
  ] as const) {
    t.is(lines.length, 1);
    const { durationMs, time, hostname, pid, ...fields } = lines[0] ?? t.fail();
    t.deepEqual(fields, { name, level: 30, ...ids, method: "POST", path, status: 200, msg: `POST ${path} 200`, v: 0 });
    t.is(typeof durationMs, "number");
    t.false(Number.isNaN(Date.parse(String(time))));
    t.is(typeof hostname, "string");
    t.is(pid, process.pid);
  }
});

test("missing and malformed IDs are replaced", async (t) => {
  const { origin, lines } = await startLike(t, { port: await closedPort() });
  for (const headers of [
    {},
    { "x-request-id": "", "x-amzn-trace-id": "" },
    { "x-request-id": "two words", "x-amzn-trace-id": "Root=1-2-3" },
    {
      "x-request-id": "x".repeat(65),
      "x-amzn-trace-id": `Root=1-67891233-abcdef012345678912345678;${"x".repeat(8_000)}`,
    },
  ] as Record<string, string>[]) {
    const response = await fetch(`${origin}/nothing`, { headers });
    const { requestId, traceId } = lines.at(-1) ?? t.fail();
    t.regex(String(requestId), /^[0-9a-f-]{36}$/);
    t.is(response.headers.get("x-request-id"), requestId as string);
    t.regex(String(traceId), /^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    t.not(traceId, "1-67891233-abcdef012345678912345678");
  }
});

test("health checks are logged only at DEBUG", async (t) => {
  const { origin, lines } = await startMonolith(t, await startTable(t));
  await fetch(origin);
  await fetch(`${origin}/ready`);
  t.deepEqual(
    lines.map(({ level, path }) => [level, path]),
    [
      [20, "/"],
      [20, "/ready"],
    ],
  );
});

test("a stop still responds to a request that arrives on an idle connection", async (t) => {
  const { port, stop } = await startLike(t, { port: await closedPort() });
  const socket = connect(port, "127.0.0.1");
  const answers = text(socket);
  socket.write("GET / HTTP/1.1\r\nHost: like\r\n\r\n");
  await once(socket, "readable");
  const stopped = stop();
  await pause(100);
  socket.write("GET / HTTP/1.1\r\nHost: like\r\n\r\n");
  const [, first, second] = (await answers).split("HTTP/1.1 ");
  t.regex(first ?? "", /^200 .*Connection: keep-alive/s);
  t.regex(second ?? "", /^200 .*Connection: close/s);
  await stopped;
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}`));
});

test("a stop loses no response to requests that a client sent at once", async (t) => {
  const waiting: ServerResponse[] = [];
  const monolith = createServer((_request, response) => void waiting.push(response));
  const { port, stop } = await startLike(t, await listenWith(t, monolith));
  const answers = sendRaw(port, `${LIKE}\r\n${LIKE}\r\n`);
  await until(() => waiting.length === 2);
  const stopped = stop();
  for (const response of waiting) {
    response.end('{"Update":"Success"}');
  }
  const [, first, second] = (await answers).split("HTTP/1.1 ");
  t.regex(first ?? "", /^200 .*Connection: keep-alive/s);
  t.regex(second ?? "", /^200 .*Connection: close/s);
  await stopped;
});

/** Sends the parts. Resolves with the first response, even if some parts have not been sent. */
async function firstResponse(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  for (const part of parts) {
    socket.write(part);
  }
  const [answer] = await once(socket, "data");
  socket.destroy();
  return String(answer);
}
