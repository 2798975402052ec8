import { createServer, type RequestListener } from "node:http";
import test, { type ExecutionContext } from "ava";
import { LIKE_CHECKS } from "../../../lambda/smoke-test/checks.ts";
import { smokeTest } from "../../../lambda/smoke-test/smoke-test.ts";
import { closedPort, listenWith, startLike, startMonolith, startTable } from "../../service/start-services.ts";

const within = 20_000;

test("the project's like service passes, and no like is counted", async (t) => {
  const table = await startTable(t);
  const monolith = await startMonolith(t, table);
  const { origin, lines } = await startLike(t, monolith);
  await t.notThrowsAsync(smokeTest(origin, LIKE_CHECKS, { within }));
  t.is(await table.item("00000000-0000-0000-0000-000000000000"), undefined);
  t.true(lines.filter(({ msg }) => msg.endsWith(" 404")).length > 1, "the checks are repeated");
});

test("chaos does not block a release, because the workshop releases it on purpose", async (t) => {
  for (const draw of [1, 70, 95]) {
    const monolith = await startMonolith(t, await startTable(t));
    const { origin } = await startLike(t, monolith, { dice: (least) => Math.max(draw, least) });
    await t.notThrowsAsync(smokeTest(origin, LIKE_CHECKS, { within }), `chaos draws ${draw}`);
  }
});

test("a release that does not reach the monolith fails", async (t) => {
  const { origin } = await startLike(t, { port: await closedPort() });
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within }), {
    message: /^a like reaches the monolith: POST \S+: status is 503: expected 404$/,
  });
});

test("the load balancer's 404 is not mistaken for the service's", async (t) => {
  const origin = await serve(t, (_, response) => {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
  });
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within }), { message: /status is 404: expected 405$/ });
  const [, travels] = LIKE_CHECKS;
  const impostor = await serve(t, (_, response) => {
    response.writeHead(404).end(JSON.stringify({ error: travels?.error }));
  });
  await t.throwsAsync(smokeTest(impostor, LIKE_CHECKS.slice(1), { within }), { message: /x-request-id is null/ });
});

test("a wrong response fails", async (t) => {
  const origin = await serve(t, (_, response) => response.writeHead(405).end("<html>"));
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within }), { message: /error is "<html> \(not JSON\)"/ });
});

test("a 500 fails", async (t) => {
  const origin = await serve(t, (_, response) => response.writeHead(500).end('{"error":"internal error"}'));
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within }), { message: /status is 500: expected 405$/ });
});

test("a refused connection fails", async (t) => {
  const origin = `http://127.0.0.1:${await closedPort()}`;
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within }), { message: /ECONNREFUSED/ });
});

test("a slow response and a slow body fail within their limit", async (t) => {
  const silent = await serve(t, () => {});
  const halting = await serve(t, (_, response) => response.writeHead(405).write('{"error":'));
  for (const origin of [silent, halting]) {
    const start = performance.now();
    await t.throwsAsync(smokeTest(origin, LIKE_CHECKS, { within, responseWithin: 200 }), {
      message: /no response in time$/,
    });
    t.true(performance.now() - start < within / 2);
  }
});

test("responses within their own limits fail when together they exceed the total limit", async (t) => {
  const [first] = LIKE_CHECKS;
  const origin = await serve(t, ({ headers }, response) => {
    setTimeout(() => {
      response.writeHead(405, { "x-request-id": String(headers["x-request-id"]) });
      response.end(JSON.stringify({ error: first?.error }));
    }, 200);
  });
  await t.throwsAsync(smokeTest(origin, LIKE_CHECKS.slice(0, 1), { within: 500 }), { message: /no response in time$/ });
  await t.notThrowsAsync(smokeTest(origin, LIKE_CHECKS.slice(0, 1), { within }));
});

async function serve(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const { port } = await listenWith(t, createServer(answer));
  return `http://127.0.0.1:${port}`;
}
