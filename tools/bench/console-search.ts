import { performance } from "node:perf_hooks";
import { parseRecord, readLine } from "../../laptop/system/processes/log-line.ts";
import { fieldsOf, holds } from "../../laptop/telemetry/insights/evaluate.ts";
import { readSearch } from "../../laptop/telemetry/insights/log-search.ts";
import { parseQuery } from "../../laptop/telemetry/insights/query.ts";
import { runQuery } from "../../laptop/telemetry/insights/run.ts";
import { LogStore } from "../../laptop/telemetry/logs/log-store.ts";
import { parseTraceFilter } from "../../laptop/telemetry/traces/trace-filter.ts";
import { TraceStore } from "../../laptop/telemetry/traces/trace-store.ts";
import { ODD_LIKES } from "../../model/monitoring/tracing.ts";
import { benchmark, median } from "./benchmark.ts";

const { smoke, report } = benchmark(
  "bench:console-search",
  "Searches of a full console. Each is measured twice, in turns: from columns and summaries, as the console does it, and by parsing every line and document.",
);

const LINES = smoke ? 2_000 : 200_000;
const TRACES = smoke ? 200 : 20_000;
const ROUNDS = smoke ? 1 : 5;

const logs = fillLogs();
const traces = fillTraces();

report({
  ...(await compare(
    "search status=503",
    () => search("status=503"),
    () => searchParsed((record) => record.status === 503),
  )),
  ...(await compare(
    "search durationMs>900 level=WARN",
    () => search("durationMs>900 level=WARN"),
    () => searchParsed(({ durationMs, level }) => Number(durationMs) > 900 && level === 40),
  )),
  ...(await compare(
    "stats count(*), avg(durationMs) by path, status",
    () => stats("stats count(*), avg(durationMs) by path, status"),
    statsParsed,
  )),
  ...(await compare("filter odd likes", filterTraces, filterParsedTraces)),
  memoryMiB: process.memoryUsage.rss() / 1024 ** 2,
});

/** Medians of both ways in milliseconds, and their ratio. Throws if the two find different numbers of matches. */
async function compare(what: string, run: () => unknown, runParsed: () => unknown) {
  const [columns, parsed]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [found, foundParsed] = [await time(run, columns), await time(runParsed, parsed)];
    if (JSON.stringify(found) !== JSON.stringify(foundParsed)) {
      throw new Error(`${what}: ${JSON.stringify(found)} and ${JSON.stringify(foundParsed)} differ`);
    }
  }
  return {
    [`${what}, ms`]: median(columns),
    [`${what}, parsed, ms`]: median(parsed),
    [`${what}, ratio`]: median(columns) / median(parsed),
  };
}

async function time(run: () => unknown, times: number[]): Promise<unknown> {
  const began = performance.now();
  const result = await run();
  times.push(performance.now() - began);
  return result;
}

function search(text: string): number {
  const condition = readSearch(text);
  let matched = 0;
  for (const line of logs.scan({})) {
    matched += line && condition && holds(condition, fieldsOf(line)) ? 1 : 0;
  }
  return matched;
}

type Fields = Readonly<Record<string, unknown>>;

function searchParsed(fits: (record: Fields) => boolean): number {
  let matched = 0;
  for (const line of logs.find({})) {
    const record = parseRecord(line.text) as Fields | undefined;
    matched += record && fits(record) ? 1 : 0;
  }
  return matched;
}

async function stats(query: string): Promise<number> {
  return (await runQuery(parseQuery(query), logs.find({}))).rows.length;
}

function statsParsed(): number {
  const groups = new Map<string, { count: number; sum: number }>();
  for (const line of logs.find({})) {
    const { path, status, durationMs } = parseRecord(line.text) as unknown as Fields;
    const key = JSON.stringify([path, status]);
    const group = groups.get(key) ?? { count: 0, sum: 0 };
    group.count += 1;
    group.sum += Number(durationMs);
    groups.set(key, group);
  }
  return groups.size;
}

function filterTraces(): number {
  const fits = parseTraceFilter(ODD_LIKES.filter);
  return traces
    .changedSince(0)
    .filter((id) => fits(traces.summary(id) ?? { id, segments: [], root: -1, roots: [], orphans: 0 })).length;
}

function filterParsedTraces(): number {
  const fits = parseTraceFilter(ODD_LIKES.filter);
  return [...traces.newest()].filter(fits).length;
}

function fillLogs(): LogStore {
  const store = new LogStore();
  const began = Date.now() - LINES;
  for (let number = 0; number < LINES; number += 1) {
    const path = `/mysfits/${(number % 12).toString(16).padStart(8, "0")}/like`;
    const status = number % 97 === 0 ? 503 : 200;
    const record = {
      ...{ name: "like", level: status === 503 ? 40 : 30, time: new Date(began + number).toISOString() },
      ...{ msg: `POST ${path} ${status}`, method: "POST", path, status, durationMs: (number * 7919) % 1000 },
    };
    store.add({ program: "like", task: "4f1a" }, readLine(JSON.stringify(record)));
  }
  return store;
}

function fillTraces(): TraceStore {
  const store = new TraceStore();
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");
  for (let number = 0; number < TRACES; number += 1) {
    const trace_id = `1-6b0ae8f0-${hex(number, 24)}`;
    const http = (path: string) => ({
      request: {
        method: "POST",
        url: `http://127.0.0.1:4000/mysfits/1/${path}`,
        user_agent: "bench",
        client_ip: "::1",
      },
      response: { status: 200 },
    });
    const end_time = 100 + (number % 13 === 0 ? 1.5 : 0.05);
    const call = {
      id: hex(2 * TRACES + number, 16),
      name: "127.0.0.1",
      namespace: "remote",
      start_time: 100,
      end_time,
    };
    const metadata = { default: { note: "x".repeat(200) } };
    store.add(
      JSON.stringify({
        trace_id,
        id: hex(TRACES + number, 16),
        parent_id: call.id,
        name: "monolith service",
        start_time: 100,
        end_time,
        http: http("fulfill-like"),
        metadata,
      }),
    );
    store.add(
      JSON.stringify({
        trace_id,
        id: hex(number, 16),
        name: "like service",
        start_time: 100,
        end_time,
        http: http("like"),
        subsegments: [{ ...call, http: http("fulfill-like") }],
        metadata,
      }),
    );
  }
  return store;
}
