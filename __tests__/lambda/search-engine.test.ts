import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ava, { type ExecutionContext } from "ava";
import { MAX_TEXT } from "../../lambda/log-shipper/document.ts";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";
import { Shipper } from "../../lambda/log-shipper/shipper.ts";
import { OpenSearch, openSearchProblem } from "../../laptop/log-search/opensearch.ts";
import { OPENSEARCH, type OpenSearchVersion } from "../../laptop/log-search/opensearch-files.ts";
import { testNeeding } from "../needs.ts";
import { until } from "../until.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import { MAX_CONTENT_LENGTH, record, recordingOf, responsesOf } from "./engine-responses.ts";
import { Queue } from "./queue.ts";
import { CREDENTIALS, REGION } from "./signature.ts";
import { patientQueue } from "./start-shipper.ts";

// The shipper against real engines. The index management plugin is not on Maven Central, so each cold start warns that
// the retention policy was not set, and the tests make the plugin's indices themselves.
//
// `npx ava __tests__/lambda/search-engine.test.ts -- record` stores the engines' responses for the fake search domain.

/** Milliseconds of an invocation that succeeds on a busy machine. */
const AMPLE_TIME = 240_000;

/** Milliseconds of an invocation that fails. */
const SHORT_TIME = 8_000;

const LINES_PER_DELIVERY = 2_500;

/** Lines for each version. The second one only has to behave the same. */
const LINES: Readonly<Record<string, number>> = { "2.19.6": 100_000, "3.9.0": 10_000 };

/** A limit between the size of one longest line and that of three, and the shortest interval between two disk checks. */
const SETTINGS = { "http.max_content_length": `${MAX_CONTENT_LENGTH}b`, "cluster.info.update.interval": "10s" };

const ROOT = join(import.meta.dirname, "../..");

for (const release of Object.values<OpenSearchVersion>(OPENSEARCH)) {
  const { version } = release;
  const test = testNeeding(openSearchProblem(release));
  const lines = LINES[version] ?? 0;

  test(`OpenSearch ${version}: ${lines} lines are written once, through cold starts, redelivery, and a crash`, async (t) => {
    const { engine, domain, newShipper, count } = await start(t, release);
    const deliveries = Array.from({ length: lines / LINES_PER_DELIVERY }, (_, delivery) =>
      deliveryOf(
        Array.from({ length: LINES_PER_DELIVERY }, (_, line) => bunyanLine(delivery * LINES_PER_DELIVERY + line)),
      ),
    );
    const [first = [], second = []] = [deliveries.slice(0, 2), deliveries.slice(2)];

    await Promise.all([...first, ...first].map((delivery) => newShipper().ship(delivery, AMPLE_TIME)));
    t.is(await count(), 2 * LINES_PER_DELIVERY, "four cold shippers at once, with two deliveries twice");

    const shipper = newShipper();
    t.like(await shipper.ship(first[0], AMPLE_TIME), { created: 0, existing: LINES_PER_DELIVERY });

    // Kills the engine while it writes the second bulk request.
    const restarts: Promise<void>[] = [];
    let requests = 0;
    const { send: sendToEngine } = domain;
    domain.send = (request, limit) => {
      requests += 1;
      const response = sendToEngine.call(domain, request, limit);
      if (requests === 2) {
        setTimeout(() => restarts.push(engine.restart()), 30);
      }
      return response;
    };
    let retried = 0;
    for (const delivery of second) {
      retried += (await shipper.ship(delivery, AMPLE_TIME)).retried;
    }
    await Promise.all(restarts);
    t.is(restarts.length, 1);
    t.true(retried > 0, "the crash interrupted a bulk request");
    t.is(await count(), lines);
  });

  test(`OpenSearch ${version}: documents that the engine rejects become dead letters, and no others do`, async (t) => {
    const { send, queue, newShipper, count } = await start(t, release);
    const shipper = newShipper();
    const strange = [
      '{"durationMs":1e300,"msg":"long"}',
      `{"ids":[${"7,".repeat(5_000)}7]}`,
      '{"err":"text","status":"500","msg":{"a":1}}',
      `{"${"k".repeat(100_000)}":[1,2,3]}`,
    ].map((line, number) => lineOf(10 + number, line));
    t.like(await shipper.ship(deliveryOf(strange), AMPLE_TIME), { created: strange.length, deadLetters: 0 });

    await send("PUT", "/cwl-2026.03.02", { mappings: { properties: { requestId: { type: "long" } } } });
    const nextDay = Date.parse("2026-03-02T12:00:00.000Z");
    const conflict = lineOf(20, '{"requestId":"CoCo","msg":"conflicts"}', nextDay);
    const harmless = lineOf(21, '{"msg":"fits"}', nextDay);
    t.like(await shipper.ship(deliveryOf([conflict, harmless]), AMPLE_TIME), { created: 1, deadLetters: 1 });
    t.regex(String(queue.contents[0]?.reason), /^400 .*failed to parse field \[requestId\] of type \[long\]/);

    // Each line fits into a request, but three do not. Control characters take six bytes each in JSON.
    const large = [30, 31, 32].map((number) => lineOf(number, "x".repeat(MAX_TEXT)));
    const tooLarge = lineOf(33, "\u0001".repeat(MAX_TEXT / 2));
    const summary = await shipper.ship(deliveryOf([...large, tooLarge, lineOf(34, "small")]), AMPLE_TIME);
    t.like(summary, { created: 4, deadLetters: 1, retried: 0 });
    t.like(queue.contents[1], { id: tooLarge.id });
    t.regex(String(queue.contents[1]?.reason), /^413 /);
    t.is(await count(), strange.length + 1 + 4);
  });

  test(`OpenSearch ${version}: engine-wide conditions are retried and create no dead letters`, async (t) => {
    const { send, queue, newShipper, count } = await start(t, release);
    const shipper = newShipper();
    await shipper.ship(deliveryOf([bunyanLine(1)]), AMPLE_TIME);
    const conditionally = async (condition: object, message: RegExp, line: LogEvent) => {
      await send("PUT", "/_cluster/settings", { transient: condition });
      await t.throwsAsync(shipper.ship(deliveryOf([line]), SHORT_TIME), { message });
      const reset = Object.fromEntries(Object.keys(condition).map((name) => [name, null]));
      await send("PUT", "/_cluster/settings", { transient: reset });
      t.like(await shipper.ship(deliveryOf([line]), AMPLE_TIME), { created: 1, deadLetters: 0 });
    };

    const newDay = lineOf(30, "a new day", Date.parse("2026-03-05T12:00:00.000Z"));
    await conditionally({ "cluster.max_shards_per_node": 1 }, /maximum .*shards open/, newDay);
    await conditionally({ "cluster.blocks.read_only": true }, /cluster_block_exception/, bunyanLine(2));

    await send("PUT", "/cwl-2026.03.01/_settings", { "index.blocks.write": true });
    await t.throwsAsync(shipper.ship(deliveryOf([bunyanLine(3)]), SHORT_TIME), { message: /cluster_block_exception/ });
    await send("PUT", "/cwl-2026.03.01/_settings", { "index.blocks.write": false });
    await send("POST", "/cwl-2026.03.01/_close");
    await t.throwsAsync(shipper.ship(deliveryOf([bunyanLine(3)]), SHORT_TIME), { message: /index_closed_exception/ });
    await send("POST", "/cwl-2026.03.01/_open");
    t.like(await shipper.ship(deliveryOf([bunyanLine(3)]), AMPLE_TIME), { created: 1 });

    t.deepEqual(queue.contents, []);
    t.is(await count(), 4);
  });

  test(`OpenSearch ${version}: the search of Dashboards finds the longest lines and highlights them`, async (t) => {
    const { send, newShipper, count } = await start(t, release);
    const longest = lineOf(2, "x ".repeat(MAX_TEXT / 2));
    // As extras, these numbers have four times as many digits: more than one string may have, and less than a request.
    const numbers = (count: number) => `[${Array(count).fill("1e20").join()}]`;
    const longestExtras = lineOf(4, `{"msg":"x","a":${numbers(60_000)},"b":${numbers(20_000)}}`);
    await newShipper().ship(deliveryOf([bunyanLine(1), longest, longestExtras]), AMPLE_TIME);
    await count();

    const found = await send("POST", "/cwl-*/_search", dashboardsSearch("x OR counted OR 100000000000000000000"));
    t.like(found, { status: 200, body: { _shards: { failed: 0 }, hits: { total: { value: 3 } } } });
    // The searches of the shipper's README.
    await newShipper().ship(deliveryOf([lineOf(3, '{"msg":"adopted","user":{"id":7}}')]), AMPLE_TIME);
    await count();
    for (const query of ['extra:"user.id=7"', "extra.words:7"]) {
      t.like(await send("POST", "/cwl-*/_search", dashboardsSearch(query)), {
        body: { hits: { total: { value: 1 } } },
      });
    }

    const { hits } = found.body as { hits: { hits: { _id: string; highlight: { msg: string[] } }[] } };
    t.true(hits.hits.find(({ _id }) => _id === longest.id)?.highlight.msg[0]?.includes("@highlighted@x@/highlighted@"));

    // The failure that the template's setting prevents.
    await send("PUT", "/cwl-*/_settings", { "index.highlight.max_analyzed_offset": 1_000_000 });
    const { status, body } = await send("POST", "/cwl-*/_search", dashboardsSearch("x OR counted"));
    t.true(status === 400 || (body as { _shards: { failed: number } })._shards.failed === 1);
  });

  test(`OpenSearch ${version}: the requests of the runbook and the docs, and the indices of the retention plugin`, async (t) => {
    const { send, newShipper } = await start(t, release);
    await newShipper().ship(deliveryOf([bunyanLine(1)]), AMPLE_TIME);

    // As the plugin makes them: each with a replica, which a single node cannot hold.
    const own = [".opendistro-ism-config", ".opendistro-ism-managed-index-history-1", ".opendistro-job-scheduler-lock"];
    for (const index of own) {
      await send("PUT", `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 1 } });
    }
    t.like(await send("GET", "/_cluster/health"), { body: { status: "yellow" } });
    t.like(await send("GET", "/_cluster/health/cwl-*"), { body: { status: "green" } });
    t.like(await newShipper().ship(deliveryOf([bunyanLine(2)]), AMPLE_TIME), { created: 1, deadLetters: 0 });

    const requests = requestsInDocs();
    t.true(requests.length > 10, requests.join("\n"));
    const values = Object.entries({
      "cwl-YYYY.MM.DD": "cwl-2026.03.01",
      INDEX: own[0] ?? "",
      SNAPSHOT: "snapshot-1",
      TASK: await idOfTask(send),
    });
    const statuses: Record<string, number> = {};
    const shipper = newShipper();
    for (const text of requests) {
      // Some of the requests delete the index.
      await shipper.ship(deliveryOf([bunyanLine(1)]), AMPLE_TIME);
      const filled = values.reduce((filled, [name, value]) => filled.replace(name, value), text);
      const [, method = "", path = "", body] = /^(\w+) (\S+)(?: (\{.*\}))?$/.exec(filled) ?? [];
      statuses[text] = (await send(method, `/${path}`, body && JSON.parse(body))).status;
    }
    const failed = Object.entries(statuses).filter(([, status]) => status > 299);
    t.deepEqual(Object.fromEntries(failed), {
      // The plugin's own, and AWS's repository of snapshots.
      "GET _plugins/_ism/explain/cwl-*": 400,
      "POST _snapshot/cs-automated-enc/SNAPSHOT/_restore": 404,
    });
  });

  test(`OpenSearch ${version}: responds as recorded for the fake search domain`, async (t) => {
    const { send } = await start(t, release);
    const responses = await responsesOf(send);
    if (process.argv.includes("record")) {
      record(version, responses);
    }
    t.deepEqual(responses, recordingOf(version));
  });

  test(`OpenSearch ${version}: a full disk blocks writing until there is space again`, async (t) => {
    const { send, queue, newShipper, count } = await start(t, release);
    const shipper = newShipper();
    await shipper.ship(deliveryOf([bunyanLine(1)]), AMPLE_TIME);
    const isBlocked = async () => {
      const { body } = await send("GET", "/cwl-2026.03.01/_settings/index.blocks*");
      return JSON.stringify(body).includes("read_only_allow_delete");
    };
    // The engine sets and removes its block when it checks the disk, which never has this much space.
    const watermarks = (free: string | null) =>
      Object.fromEntries(
        ["low", "high", "flood_stage"].map((name) => [`cluster.routing.allocation.disk.watermark.${name}`, free]),
      );
    await send("PUT", "/_cluster/settings", { transient: watermarks("100000tb") });
    await until(isBlocked);
    await t.throwsAsync(shipper.ship(deliveryOf([bunyanLine(3)]), SHORT_TIME), {
      message: /exceeded flood-stage watermark/,
    });
    await send("PUT", "/_cluster/settings", { transient: watermarks(null) });
    await until(async () => !(await isBlocked()));
    t.like(await shipper.ship(deliveryOf([bunyanLine(3)]), AMPLE_TIME), { created: 1 });
    t.deepEqual(queue.contents, []);
    t.is(await count(), 2);
  });
}

type Send = (method: string, path: string, body?: object | string) => Promise<{ status: number; body: unknown }>;

/** A node of each version, which the tests share. They run one at a time. */
const engines = new Map<string, OpenSearch>();

ava.after.always(async () => {
  await Promise.all([...engines.values()].map((engine) => engine.stop()));
});

/** Empties the version's engine, and connects shippers to it. */
async function start(t: ExecutionContext, release: OpenSearchVersion) {
  t.timeout(10 * 60 * 1_000, "starts Java, and downloads OpenSearch the first time");
  const engine = engines.get(release.version) ?? (await OpenSearch.start(release, 0, SETTINGS));
  engines.set(release.version, engine);
  const send: Send = async (method, path, body) => {
    const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
    const response = await fetch(new URL(path, engine.endpoint), {
      method,
      ...(body && {
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": type },
      }),
    });
    const answer = await response.text();
    return { status: response.status, body: /^[{[]/.test(answer) ? JSON.parse(answer) : answer };
  };
  await send("PUT", "/_cluster/settings", { transient: { "*": null }, persistent: { "*": null } });
  await send("DELETE", "/cwl-*,.opendistro-*?expand_wildcards=all");
  await send("DELETE", "/_index_template/mysfits-cwl");
  const queue = new Queue();
  const queueUrl = await queue.listen();
  const domain = new Domain({ endpoint: engine.endpoint, region: REGION, credentials: CREDENTIALS });
  t.teardown(() => {
    domain.close();
    queue.close();
  });
  const newShipper = () =>
    new Shipper({
      project: "mysfits",
      domain,
      deadLetters: patientQueue(queueUrl),
      engine: "opensearch",
      retentionDays: 14,
      warn: () => {}, // the retention policy: see above
    });
  /** Makes everything written so far visible to searches, and counts the documents. */
  const count = async () => {
    await send("POST", "/cwl-*/_refresh");
    return ((await send("GET", "/cwl-*/_count")).body as { count: number }).count;
  };
  return { engine, domain, queue, newShipper, send, count };
}

function bunyanLine(number: number): LogEvent {
  const line = { name: "like", level: 30, msg: `counted ${number}`, status: 200, durationMs: number / 7, v: 0 };
  return lineOf(number + 1_000, JSON.stringify({ ...line, time: "2026-03-01T12:00:00.000Z", attempt: number % 3 }));
}

/** A search as the page Discover of Dashboards 2.19 and 3.9 sends it. */
function dashboardsSearch(query: string) {
  const days = {
    gte: "2026-02-25T00:00:00.000Z",
    lte: "2026-03-10T00:00:00.000Z",
    format: "strict_date_optional_time",
  };
  return {
    sort: [{ "@timestamp": { order: "desc", unmapped_type: "boolean" } }],
    size: 500,
    version: true,
    aggs: {
      2: { date_histogram: { field: "@timestamp", calendar_interval: "1d", time_zone: "UTC", min_doc_count: 1 } },
    },
    stored_fields: ["*"],
    script_fields: {},
    docvalue_fields: ["@timestamp", "time"].map((field) => ({ field, format: "date_time" })),
    _source: { excludes: [] },
    query: {
      bool: {
        must: [{ query_string: { query, analyze_wildcard: true, time_zone: "UTC" } }],
        filter: [{ range: { "@timestamp": days } }],
        should: [],
        must_not: [],
      },
    },
    highlight: {
      pre_tags: ["@highlighted@"],
      post_tags: ["@/highlighted@"],
      fields: { "*": {} },
      fragment_size: 2_147_483_647,
    },
  };
}

/** The ID of the engine's only task, which is the request for its tasks. */
async function idOfTask(send: Send): Promise<string> {
  const { nodes } = (await send("GET", "/_tasks")).body as { nodes: Record<string, { tasks: object }> };
  return Object.values(nodes).flatMap(({ tasks }) => Object.keys(tasks))[0] ?? "";
}

/** Requests in the docs, in the form of Dashboards' dev tools: without a slash before the path. */
function requestsInDocs(): readonly string[] {
  const pages = globSync(["docs/*.md", "docs/runbook/*.md", "lambda/**/*.md"], { cwd: ROOT }).sort();
  const requests = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), "utf8").replace(/\s+/g, " ");
    return [...text.matchAll(/`((?:GET|PUT|POST|DELETE) (?!\/)[^`]+)`/g)].map(([, request = ""]) => request);
  });
  return [...new Set(requests)];
}
