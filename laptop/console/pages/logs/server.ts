import createError from "http-errors";
import { LOG_LEVEL } from "../../../../model/log-level.ts";
import type { SavedQuery } from "../../../../model/monitoring/query.ts";
import { fieldsOf, holds } from "../../../telemetry/insights/evaluate.ts";
import { readSearch } from "../../../telemetry/insights/log-search.ts";
import { parseQuery } from "../../../telemetry/insights/query.ts";
import { runQuery } from "../../../telemetry/insights/run.ts";
import type { FoundLine, LogStore } from "../../../telemetry/logs/log-store.ts";
import { empty, endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { Slices } from "../../server/slices.ts";
import type { LabActivity } from "../labs/lab-activity.ts";
import { type FoundLines, insightsQuery, type LogLine, type LogSearch, lineNumber, logSearch } from "./messages.ts";
import { savedQuery } from "./saved-queries.ts";

/** Lines per response. */
const MAX_LINES = 500;

/** Characters of a message in the list. `GET /api/logs/line` returns the complete line. */
const MAX_MESSAGE = 400;

/** Maximum number of bars in a histogram. */
const MAX_BARS = 400;

/** The server side of the Logs page. */
export function logs({ observability }: ObservedSystem, activity: LabActivity): PageServer {
  const store = observability.logs;
  const { monitoring } = observability;
  const saved = Object.values<SavedQuery>(monitoring.queries).map((query) => savedQuery(monitoring, query));
  return {
    channels: [{ name: "logs", interval: 500, sample: () => ({ next: store.next, size: store.size }) }],
    routes(router) {
      endpoint(router, "GET /api/logs", logSearch, async (search, signal) => {
        const found = await find(store, search, signal);
        activity.searched(search, found.lines);
        return found;
      });
      endpoint(router, "GET /api/logs/line", lineNumber, ({ number }) => {
        const line = store.get(number);
        if (line === undefined) {
          throw createError(404, "the line is no longer kept: newer lines have replaced it");
        }
        return { ...shown(line), text: line.text };
      });
      endpoint(router, "GET /api/logs/saved", empty, () => saved);
      endpoint(router, "GET /api/logs/insights", insightsQuery, async ({ query, programs, automatic, ...range }) => {
        const lines = store.find({ ...range, programs: programs?.split(",") });
        const { rows, ...found } = await runQuery(parseQuery(query), lines);
        const table = { ...found, rows: rows.map((row) => row.map((value) => value ?? null)) };
        if (!automatic) {
          activity.queried(query, table);
        }
        return table;
      });
    },
  };
}

/** Finds matching lines, newest first, with a histogram if the search has a bar length. */
async function find(
  store: LogStore,
  { search, bar, healthChecks = false, ...query }: LogSearch,
  signal: AbortSignal,
): Promise<FoundLines> {
  const condition = readSearch(search);
  const slices = new Slices(signal);
  const next = store.next;
  const lines: LogLine[] = [];
  const bars = new Map<number, [number, number, number, number]>();
  let matched = 0;
  for (const line of store.scan({ ...query, withoutHealthChecks: !healthChecks })) {
    if (line && (condition === undefined || holds(condition, fieldsOf(line)))) {
      matched += 1;
      if (lines.length < MAX_LINES) {
        lines.push(shown(line));
      } else if (bar === undefined) {
        break;
      }
      if (bar !== undefined) {
        count(bars, line, bar);
      }
    }
    if (slices.over) {
      await slices.giveWay();
    }
  }
  return {
    lines,
    more: matched > lines.length,
    matched,
    next,
    bars: [...bars].sort(([one], [other]) => one - other).slice(-MAX_BARS),
  };
}

function count(
  bars: Map<number, [number, number, number, number]>,
  { time, level = LOG_LEVEL.ERROR }: FoundLine,
  bar: number,
): void {
  const start = time - (time % bar);
  const counts = bars.get(start) ?? [0, 0, 0, 0];
  const kind = level >= LOG_LEVEL.ERROR ? 3 : level >= LOG_LEVEL.WARN ? 2 : level >= LOG_LEVEL.INFO ? 1 : 0;
  counts[kind] += 1;
  bars.set(start, counts);
}

function shown({ number, time, level, program, task, record, text }: FoundLine): LogLine {
  const { traceId } = (record ?? {}) as { readonly traceId?: unknown };
  return {
    number,
    time,
    program,
    message: (record?.msg ?? text).slice(0, MAX_MESSAGE),
    ...(level !== undefined && { level }),
    ...(task !== undefined && { task }),
    ...(typeof traceId === "string" && { traceId }),
  };
}
