import { z } from "zod";
import type { Trace } from "../../../telemetry/traces/trace.ts";
import type { Call, Empty } from "../../parts/messages.ts";

export interface TracesCalls {
  readonly "GET /api/traces": Call<TraceSearch, FoundTraces>;
  /** Filters that X-Ray saves as groups. */
  readonly "GET /api/traces/groups": Call<Empty, readonly TraceGroup[]>;
  /** Responds without a trace if none with this ID is kept, as for most requests, which are not sampled. */
  readonly "GET /api/trace": Call<z.infer<typeof traceId>, { readonly trace?: Trace }>;
}

export interface TracesState {
  /** Number of documents received so far. */
  readonly revision: number;
  /** Number of traces kept. */
  readonly size: number;
}

const number = z.coerce.number();

export const traceId = z.object({ id: z.string() });

export const traceSearch = z.object({
  /** X-Ray filter expression. An empty one matches all traces. */
  filter: z.string().max(2_000),
  order: z.enum(["newest", "slowest"]),
  /** Epoch milliseconds. */
  from: number.optional(),
  /** Revision after which a trace must have changed. */
  after: number.optional(),
});

export type TraceSearch = z.infer<typeof traceSearch>;

export interface FoundTraces {
  readonly traces: readonly TraceRow[];
  /** IDs of traces that matched at the revision `after` and no longer do. A filter may be applied to a trace before it is complete. */
  readonly left: readonly string[];
  /** Number of matching traces; with `after`, by how many it has grown since. */
  readonly matched: number;
  readonly revision: number;
}

export interface TraceRow {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  /** `unanswered` if the client left before the response, which does not count as a failure. */
  readonly kind: "ok" | "error" | "fault" | "unfinished" | "unanswered";
  readonly services: readonly string[];
}

export interface TraceGroup {
  readonly name: string;
  readonly filter: string;
}
