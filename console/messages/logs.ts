export interface LogsState {
  /** How many lines have ever come. */
  readonly next: number;
  /** How many of them are kept. */
  readonly size: number;
}

/** Milliseconds since 1970; the end is excluded. */
export interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface LogSearch extends Span {
  /** Words and conditions, see local/logs/log-search.ts. */
  readonly search: string;
  /** The least of bunyan's levels. */
  readonly level?: number | undefined;
  /** Whether health checks are shown. */
  readonly healthChecks?: boolean | undefined;
  /** Only lines whose number is higher than this, or lower than that. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Milliseconds of a bar of the histogram; without one there is none. */
  readonly bar?: number | undefined;
}

export interface FoundLines {
  /** Newest first. */
  readonly lines: readonly LogLine[];
  /** Whether others fit, older than these. */
  readonly more: boolean;
  /** How many lines fit; no more than were needed when no histogram was asked for. */
  readonly matched: number;
  /** Number of the first line that was not there yet. */
  readonly next: number;
  /** Start of a bar, and how many lines are in it: debug, info, warnings, errors. */
  readonly bars: readonly (readonly [start: number, counts: readonly [number, number, number, number]])[];
}

export interface LogLine {
  /** Lines are counted from the start of the runner. */
  readonly number: number;
  readonly time: number;
  /** bunyan's; left out of what is no log record, such as a line of a crash's stack. */
  readonly level?: number;
  readonly program: string;
  readonly task?: string;
  /** Cut if it is long. */
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
  /** Lines that the filters left. */
  readonly matched: number;
  /** Whether there were more lines than were looked at. */
  readonly cut: boolean;
}
