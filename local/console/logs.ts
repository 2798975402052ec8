import { z } from "zod";
import type { FoundLines, LogLine, LogSearch } from "../../console/messages/logs.ts";
import { Refusal } from "../../service/shared/refusal.ts";
import { LOG_LEVEL } from "../../specs/log-level.ts";
import type { SavedQuery } from "../../specs/monitoring/query.ts";
import { fieldsOf, holds } from "../insights/evaluate.ts";
import { parseQuery } from "../insights/query.ts";
import { runQuery } from "../insights/run.ts";
import { readSearch } from "../logs/log-search.ts";
import type { FoundLine, LogStore } from "../logs/log-store.ts";
import { Slices } from "../slices.ts";
import { answer } from "./answer.ts";
import type { Notebook } from "./notebook.ts";
import type { ObservedSystem, PagePart } from "./page.ts";
import { savedQuery } from "./saved-queries.ts";

/** Lines of one answer. */
const MOST_LINES = 500;

/** Characters of a message in a list of lines; the whole line is asked for by its number. */
const LONGEST_MESSAGE = 400;

/** Bars of a histogram. */
const MOST_BARS = 400;

const number = z.coerce.number();

const span = { from: number.optional(), to: number.optional() };

const search = z.object({
  ...span,
  search: z.string().max(2_000),
  level: number.optional(),
  healthChecks: z.stringbool().optional(),
  after: number.optional(),
  before: number.optional(),
  bar: number.min(1_000, "1000 milliseconds or more").optional(),
});

export function logs({ observability }: ObservedSystem, notebook: Notebook): PagePart {
  const store = observability.logs;
  const { watched } = observability;
  const saved = Object.values<SavedQuery>(watched.queries).map((query) => savedQuery(watched, query));
  return {
    topics: [{ name: "logs", every: 500, look: () => ({ next: store.next, size: store.size }) }],
    routes(router) {
      answer(router, "GET /api/logs", search, async (asked, signal) => {
        const found = await find(store, asked, signal);
        notebook.searched(asked, found.lines);
        return found;
      });
      answer(router, "GET /api/logs/line", z.object({ number }), ({ number }) => {
        const line = store.get(number);
        if (line === undefined) {
          throw new Refusal(404, "the line is not there any more: newer ones have taken its place");
        }
        return { ...shown(line), text: line.text };
      });
      answer(router, "GET /api/logs/saved", z.object({}), () => saved);
      answer(
        router,
        "GET /api/logs/ask",
        z.object({
          ...span,
          question: z.string().max(10_000),
          programs: z.string().optional(),
          byItself: z.stringbool().optional(),
        }),
        async ({ question, programs, byItself, ...span }) => {
          const lines = store.find({ ...span, programs: programs?.split(",") });
          const { rows, ...found } = await runQuery(parseQuery(question), lines);
          const table = { ...found, rows: rows.map((row) => row.map((value) => value ?? null)) };
          if (!byItself) {
            notebook.asked(question, table);
          }
          return table;
        },
      );
    },
  };
}

/** The lines that fit, newest first, and how many there are over time. Older lines alone come without that: it is known. */
async function find(store: LogStore, asked: LogSearch, signal: AbortSignal): Promise<FoundLines> {
  const { search, bar, healthChecks = false, ...query } = asked;
  const condition = readSearch(search);
  const slices = new Slices(signal);
  const next = store.next;
  const lines: LogLine[] = [];
  const bars = new Map<number, [number, number, number, number]>();
  let matched = 0;
  for (const line of store.look({ ...query, withoutHealthChecks: !healthChecks })) {
    if (line && (condition === undefined || holds(condition, fieldsOf(line)))) {
      matched += 1;
      if (lines.length < MOST_LINES) {
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
    bars: [...bars].sort(([one], [other]) => one - other).slice(-MOST_BARS),
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
    message: (record?.msg ?? text).slice(0, LONGEST_MESSAGE),
    ...(level !== undefined && { level }),
    ...(task !== undefined && { task }),
    ...(typeof traceId === "string" && { traceId }),
  };
}
