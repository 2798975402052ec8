import { z } from "zod";
import type { Call, Empty } from "../../parts/messages.ts";

export interface LogsCalls {
  readonly "GET /api/logs": Call<LogSearch, FoundLines>;
  /** A complete line. */
  readonly "GET /api/logs/line": Call<z.infer<typeof lineNumber>, LogLine & { readonly text: string }>;
  readonly "GET /api/logs/saved": Call<Empty, readonly SavedLogQuery[]>;
  readonly "GET /api/logs/insights": Call<z.infer<typeof insightsQuery>, LogTable>;
}

export interface LogsState {
  /** Number of the next line, counted from the start of the runner. */
  readonly next: number;
  /** Number of lines kept. */
  readonly size: number;
}

const number = z.coerce.number();

/** Epoch milliseconds. The end is exclusive. */
const timeRange = z.object({ from: number.optional(), to: number.optional() });

export const lineNumber = z.object({ number });

export const logSearch = timeRange.extend({
  /** Words and conditions. */
  search: z.string().max(2_000),
  /** Lowest of bunyan's levels. */
  level: number.optional(),
  /** True to include health checks. */
  healthChecks: z.stringbool().optional(),
  /** Exclusive bounds of the line numbers. */
  after: number.optional(),
  before: number.optional(),
  /** Milliseconds per bar of the histogram. Without it there is no histogram. */
  bar: number.min(1_000, "1000 milliseconds or more").optional(),
});

export type LogSearch = z.infer<typeof logSearch>;

/** A CloudWatch Logs Insights query on the lines of some programs. */
export const insightsQuery = timeRange.extend({
  query: z.string().max(10_000),
  /** Comma-separated names. The default is all programs. */
  programs: z.string().optional(),
  /** True for requests that a page sends on its own. */
  automatic: z.stringbool().optional(),
});

export interface FoundLines {
  /** Newest first. */
  readonly lines: readonly LogLine[];
  /** True if older lines match, too. */
  readonly more: boolean;
  /** Number of matching lines. Without a histogram, counting stops when the page is full. */
  readonly matched: number;
  /** Number of the first line after the search. */
  readonly next: number;
  /** Epoch milliseconds and line counts per bar: debug, info, warnings, errors. */
  readonly bars: readonly (readonly [start: number, counts: readonly [number, number, number, number]])[];
}

export interface LogLine {
  /** Counted from the start of the runner. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** bunyan's level. Absent for text that is not a log record, such as a stack trace. */
  readonly level?: number;
  readonly program: string;
  readonly task?: string;
  /** The beginning of the message. */
  readonly message: string;
  readonly traceId?: string;
}

export interface SavedLogQuery {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly programs: readonly string[];
}

export interface LogTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Number of lines that pass the filters. */
  readonly matched: number;
  /** True if only the newest lines were read. */
  readonly cut: boolean;
}
