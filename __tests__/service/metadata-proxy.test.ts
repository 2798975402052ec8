import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { metadataProxy, metadataProxyEnvironment } from "../../service/metadata-proxy/app.ts";
import { MetadataEndpoint } from "../../service/metadata-proxy/metadata-endpoint.ts";
import { EnvironmentError, readEnvironment } from "../../service/shared/environment.ts";
import { createLog } from "../../service/shared/log.ts";
import { listen } from "../../service/shared/server.ts";
import {
  CONTRACT,
  DOCKER_CONTAINER,
  endpointPath,
  type FakeEndpoint,
  LIKE_CONTAINER,
  respondByContract,
  startMetadataEndpoint,
} from "./metadata-endpoint.ts";
import { closedPort, sendRaw } from "./start-services.ts";

const SERVED = [
  "/v2/metadata",
  `/v2/metadata/${LIKE_CONTAINER}`,
  `/v2/metadata/${DOCKER_CONTAINER}`,
  "/v2/stats",
  `/v2/stats/${LIKE_CONTAINER}`,
  `/v2/stats/${DOCKER_CONTAINER}`,
  "/v4",
  "/v4/task",
  "/v4/stats",
  "/v4/task/stats",
];

async function startProxy(t: ExecutionContext, environment: Partial<FakeEndpoint["environment"]>) {
  const lines: { level: number; msg: string }[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog("metadata-proxy", "INFO", output);
  const proxy = metadataProxy(readEnvironment(metadataProxyEnvironment, environment), log);
  const server = await listen(proxy.app, { port: 0, host: "127.0.0.1", drainSeconds: 5, log });
  t.teardown(async () => {
    await server.stop();
    await proxy.close();
  });
  return { port: server.port, origin: `http://127.0.0.1:${server.port}`, lines };
}

test("forwards only the body of the endpoint's response", async (t) => {
  const endpoint = await startMetadataEndpoint(t, (response, path) => {
    response.setHeader("x-secret", "secret");
    respondByContract(response, path);
  });
  const { origin } = await startProxy(t, endpoint.environment);
  for (const path of SERVED) {
    const response = await fetch(origin + path);
    t.is(response.status, 200, path);
    t.is(response.headers.get("content-type"), "application/json; charset=utf-8", path);
    t.is(response.headers.get("x-secret"), null, path);
    t.deepEqual(await response.json(), CONTRACT[endpointPath(path)], path);
  }
  t.deepEqual(
    endpoint.requests.map(({ line }) => line),
    SERVED.map((path) => `GET ${endpointPath(path)}`),
  );
});

test("HEAD responds like GET, without the body", async (t) => {
  const { origin } = await startProxy(t, (await startMetadataEndpoint(t)).environment);
  const response = await fetch(`${origin}/v2/metadata`, { method: "HEAD" });
  t.is(response.status, 200);
  t.is(response.headers.get("content-type"), "application/json; charset=utf-8");
  t.is(await response.text(), "");
});

test("only the path of the caller's request reaches the endpoint", async (t) => {
  const endpoint = await startMetadataEndpoint(t);
  const { origin } = await startProxy(t, endpoint.environment);
  await fetch(`${origin}/v2/metadata`, {
    headers: { authorization: "secret", cookie: "secret", "x-forwarded-for": "1.2.3.4", "user-agent": "curl" },
  });
  const { host, connection, ...headers } = endpoint.requests[0]?.headers ?? {};
  t.deepEqual(headers, { accept: "application/json" });
});

const REJECTED = [
  "/",
  "/ready",
  "/v1/metadata",
  "/v2",
  "/v2/",
  "/v2/credentials",
  "/v2/credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90",
  "/v2/metadata/",
  "/v2/metadata/taskWithTags",
  "/v2/metadata/credentials",
  "/v2/metadata/../credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90",
  "/v2/metadata/%2e%2e/credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90",
  "/v2/metadata%2f..%2fcredentials%2f6b55dcc4-9793-4f1a-8c1a-0e58d2918e90",
  "/v2/metadata/..;/credentials",
  "/v2//metadata",
  "//v2/metadata",
  "/v2\\metadata",
  "/V2/metadata",
  "/v2/metadata?x=1",
  "/v2/metadata?",
  "/v2/metadata#x",
  `/v2/metadata/${LIKE_CONTAINER}/`,
  `/v2/metadata/${LIKE_CONTAINER}/..`,
  `/v2/metadata/${LIKE_CONTAINER}?x=1`,
  `/v2/metadata/${LIKE_CONTAINER.toUpperCase()}`,
  "/v4/",
  "/v4/taskWithTags",
  "/v4/task/",
  "/v4/stats/task",
  "/v4/associations/elastic-inference",
  "/v4/../v2/credentials/6b55dcc4-9793-4f1a-8c1a-0e58d2918e90",
  "http://169.254.170.2/v2/metadata",
  "http://169.254.169.254/latest/meta-data/",
  "*",
];

test("all other URLs are rejected without a request to the endpoint", async (t) => {
  const endpoint = await startMetadataEndpoint(t);
  const { port } = await startProxy(t, endpoint.environment);
  for (const url of REJECTED) {
    // Raw bytes, because an HTTP client would normalize the URL.
    const answer = await sendRaw(port, `GET ${url} HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n`);
    t.regex(answer, /^HTTP\/1\.1 (404 Not Found|400 Bad Request)\r\n/, url);
    t.false(answer.includes("secret"), url);
  }
  t.deepEqual(endpoint.requests, []);
});

test("property: only the listed paths reach the endpoint", async (t) => {
  const endpoint = await startMetadataEndpoint(t);
  const { port } = await startProxy(t, endpoint.environment);
  const part = fc.oneof(
    fc.constantFrom("v2", "v4", "metadata", "stats", "task", "credentials", LIKE_CONTAINER, DOCKER_CONTAINER),
    fc.constantFrom("..", ".", "", "%2e%2e", "%2f", "%00", "?", "#", "@", "//", "\\", ";", "taskWithTags"),
    fc.string({ unit: fc.constantFrom(..."abcdef0123456789-./%?#@:"), maxLength: 70 }),
  );
  const path = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `/v2/metadata${parts.join("")}`),
  );
  const method = fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE");
  const allowed = new RegExp(
    `^GET (/v2/(metadata|stats)(/([0-9a-f]{64}|[0-9a-f]{32}-[0-9]+))?|${endpointPath("/v4")}(/task)?(/stats)?)$`,
  );
  await fc.assert(
    fc.asyncProperty(method, path, async (verb, url) => {
      const before = endpoint.requests.length;
      const answer = await sendRaw(port, `${verb} ${url} HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n`);
      const forwarded = endpoint.requests.slice(before).map(({ line }) => line);
      return (
        /^HTTP\/1\.1 (200|400|404|405) /.test(answer) &&
        !answer.includes("secret") &&
        forwarded.every((line) => allowed.test(line) && line === `GET ${endpointPath(url)}`)
      );
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

test("methods other than GET and HEAD get a 405", async (t) => {
  const endpoint = await startMetadataEndpoint(t);
  const { origin } = await startProxy(t, endpoint.environment);
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
    const response = await fetch(`${origin}/v2/metadata`, { method });
    t.is(response.status, 405, method);
    t.is(response.headers.get("allow"), "GET, HEAD");
    t.is(await response.text(), `{"error":"${method} is not allowed here: expected GET or HEAD"}`);
  }
  t.deepEqual(endpoint.requests, []);
});

test("a request for an unknown container gets a 404", async (t) => {
  const { origin } = await startProxy(t, (await startMetadataEndpoint(t)).environment);
  const response = await fetch(`${origin}/v2/stats/${"0".repeat(64)}`);
  t.is(response.status, 404);
  t.is(await response.text(), '{"error":"the metadata endpoint has no such container"}');
});

test("a hundred concurrent requests become one, and its response is reused for a second", async (t) => {
  const { environment, requests } = await startMetadataEndpoint(t);
  const endpoint = new MetadataEndpoint();
  t.teardown(() => endpoint.close());
  const ask = async () => text((await endpoint.read(`${environment.METADATA_V2_URI}/stats`)).play());
  const answers = new Set(await Promise.all(Array.from({ length: 100 }, ask)));
  t.deepEqual([...answers], [JSON.stringify(CONTRACT["/v2/stats"])]);
  t.is(requests.length, 1);
  await pause(1_500);
  await ask();
  t.is(requests.length, 2);
});

test("a response is streamed as it arrives, also to later readers", async (t) => {
  const rest = Promise.withResolvers<void>();
  const endpoint = await startMetadataEndpoint(t, async (response) => {
    response.write('{"first":1,');
    await rest.promise;
    response.end('"last":2}');
  });
  const { origin } = await startProxy(t, endpoint.environment);
  const readers = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const response = await fetch(`${origin}/v2/stats`);
      const reader = response.body?.getReader() ?? t.fail();
      const { value } = await reader.read();
      return { reader, begun: Buffer.from(value as Uint8Array).toString() };
    }),
  );
  t.deepEqual(
    readers.map(({ begun }) => begun),
    Array(3).fill('{"first":1,'),
  );
  rest.resolve();
  for (const { reader } of readers) {
    const { value } = await reader.read();
    t.is(Buffer.from(value as Uint8Array).toString(), '"last":2}');
    t.true((await reader.read()).done);
  }
  t.is(endpoint.requests.length, 1);
});

test("a missing endpoint results in a 502", async (t) => {
  const gone = `http://127.0.0.1:${await closedPort()}`;
  const { origin, lines } = await startProxy(t, { METADATA_V2_URI: `${gone}/v2`, ECS_CONTAINER_METADATA_URI_V4: gone });
  for (const path of ["/v2/metadata", "/v4/task"]) {
    const response = await fetch(origin + path);
    t.is(response.status, 502, path);
    t.is(await response.text(), '{"error":"the metadata endpoint cannot be reached"}', path);
  }
  t.true(lines.some(({ level, msg }) => level === 50 && /cannot be reached: .*ECONNREFUSED/.test(msg)));
});

test("version 4 gets a 502 unless ECS provides its URL", async (t) => {
  const { METADATA_V2_URI } = (await startMetadataEndpoint(t)).environment;
  const { origin } = await startProxy(t, { METADATA_V2_URI });
  t.is((await fetch(`${origin}/v2/metadata`)).status, 200);
  const response = await fetch(`${origin}/v4/task`);
  t.is(response.status, 502);
  t.is(await response.text(), '{"error":"version 4 of the metadata endpoint is not available"}');
});

test("an endpoint that fails results in a 503, and its error is not forwarded", async (t) => {
  for (const status of [500, 503, 302, 204]) {
    const endpoint = await startMetadataEndpoint(t, (response) => {
      response.writeHead(status, { location: "http://169.254.169.254/" });
      response.end(status === 204 ? undefined : "secret");
    });
    const { origin } = await startProxy(t, endpoint.environment);
    const response = await fetch(`${origin}/v2/metadata`);
    t.is(response.status, 503, String(status));
    t.is(await response.text(), '{"error":"the metadata endpoint failed"}');
  }
});

test("an unresponsive endpoint results in a 504 for all waiting requests", async (t) => {
  const endpoint = await startMetadataEndpoint(t, () => {});
  const { origin } = await startProxy(t, endpoint.environment);
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${origin}/v2/stats`)));
  for (const response of answers) {
    t.is(response.status, 504);
    t.is(await response.text(), '{"error":"the metadata endpoint is too slow"}');
  }
  t.is(endpoint.requests.length, 1);
});

test("a response is cut off when the endpoint's is, and the next one is complete", async (t) => {
  let broken = true;
  const endpoint = await startMetadataEndpoint(t, (response, path) => {
    if (broken) {
      response.write('{"half":');
      setTimeout(() => response.destroy(), 50);
    } else {
      respondByContract(response, path);
    }
  });
  const { origin, lines } = await startProxy(t, endpoint.environment);
  const response = await fetch(`${origin}/v2/metadata`);
  await t.throwsAsync(response.text());
  t.true(lines.some(({ level, msg }) => level === 40 && msg.startsWith("response cut off: ")));
  broken = false;
  await pause(1_200);
  t.deepEqual(await (await fetch(`${origin}/v2/metadata`)).json(), CONTRACT["/v2/metadata"]);
});

test("a response that trickles in or never ends is cut off at the limits", async (t) => {
  const trickling = await startMetadataEndpoint(t, (response) => {
    const trickle = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(trickle));
  });
  const flooding = await startMetadataEndpoint(t, (response) => {
    const flood = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    };
    response.on("drain", flood);
    flood();
  });
  for (const { environment } of [trickling, flooding]) {
    const { port } = await startProxy(t, environment);
    const answer = await sendRaw(port, "GET /v2/stats HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n");
    t.true(answer.startsWith("HTTP/1.1 200 OK") && answer.length < 1_200_000);
    t.false(answer.endsWith("\r\n0\r\n\r\n"), "no final chunk");
  }
});

test("names invalid environment variables", (t) => {
  const read = (environment: Record<string, string>) => () => readEnvironment(metadataProxyEnvironment, environment);
  t.like(read({})(), { PORT: 8001, METADATA_V2_URI: "http://169.254.170.2/v2" });
  t.throws(read({ METADATA_V2_URI: "169.254.170.2" }), {
    instanceOf: EnvironmentError,
    message: 'METADATA_V2_URI is "169.254.170.2": expected a URL such as http://169.254.170.2/v2',
  });
  t.throws(read({ ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4?x" }), {
    message:
      'ECS_CONTAINER_METADATA_URI_V4 is "http://169.254.170.2/v4?x": expected a URL without a query and without a trailing slash',
  });
});
