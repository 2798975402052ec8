export interface TracesState {
  /** How many documents have ever come. */
  readonly revision: number;
  /** How many traces are kept. */
  readonly size: number;
}

export interface TraceSearch {
  /** X-Ray's filter expression; all traces when it is empty. */
  readonly filter: string;
  readonly order: "newest" | "slowest";
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  /** Only traces of which something came after this revision. */
  readonly after?: number | undefined;
}

export interface FoundTraces {
  readonly traces: readonly TraceRow[];
  readonly matched: number;
  readonly revision: number;
}

export interface TraceRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly kind: "ok" | "error" | "fault" | "unfinished";
  readonly services: readonly string[];
}

export interface TraceGroup {
  readonly name: string;
  readonly filter: string;
}

export interface Trace {
  readonly id: string;
  /** Oldest first. */
  readonly segments: readonly Segment[];
}

/** A part of a trace, with the fields of X-Ray's segment documents. Times are seconds since 1970. */
export interface Segment {
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number | undefined;
  readonly in_progress?: boolean | undefined;
  readonly fault?: boolean | undefined;
  readonly error?: boolean | undefined;
  readonly throttle?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly annotations?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly http?:
    | {
        readonly request?: { readonly method?: string | undefined; readonly url?: string | undefined } | undefined;
        readonly response?: { readonly status?: number | undefined } | undefined;
      }
    | undefined;
  readonly subsegments?: readonly Segment[] | undefined;
  /** The subsegment of the caller. */
  readonly parent_id?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Or the id of an exception of another part. */
  readonly cause?: string | { readonly exceptions?: readonly Exception[] } | undefined;
}

export interface Exception {
  readonly id: string;
  readonly type?: string;
  readonly message?: string;
  /** Whether the other side told of it. */
  readonly remote?: boolean;
  readonly stack?: readonly { readonly path?: string; readonly line?: number; readonly label?: string }[];
}
