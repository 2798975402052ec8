import { EventEmitter } from "node:events";
import { segmentName } from "../../../../model/monitoring/tracing.ts";
import type { Trace } from "../../../telemetry/traces/trace.ts";
import type { LogLine, LogSearch, LogTable } from "../logs/messages.ts";
import type { TraceRow, TraceSearch } from "../traces/messages.ts";

/** Actions of a participant in the console. */
export type LabEvent =
  /** A log search or a Logs Insights query, with the number of results and of chaos mode's lines among them. */
  | { readonly kind: "log search"; readonly query: string; readonly found: number; readonly chaos: number }
  /**
   * A search for traces. `complete` is the start of the newest trace found with segments of both services, in epoch
   * milliseconds.
   */
  | { readonly kind: "trace search"; readonly filter: string; readonly found: number; readonly complete: number }
  /** An opened trace, with the values of its `chaos` annotation. */
  | { readonly kind: "trace"; readonly chaos: readonly string[] }
  | { readonly kind: "dashboard" };

interface LabActivityEvents {
  event: [event: LabEvent];
}

/** Prefix of the messages that chaos mode logs. */
const CHAOS = "WARN: chaos";

/** Reports what a participant does in the console. */
export class LabActivity extends EventEmitter<LabActivityEvents> {
  #search = { key: "", found: 0, chaos: 0 };

  /** Reports a log search. Lines that arrive later belong to the same search. */
  searched({ search, level, after, before }: LogSearch, lines: readonly Pick<LogLine, "message">[]): void {
    const key = JSON.stringify([search, level]);
    const more = key === this.#search.key && (after !== undefined || before !== undefined);
    const { found, chaos } = more ? this.#search : { found: 0, chaos: 0 };
    this.#search = {
      key,
      found: found + lines.length,
      chaos: chaos + lines.filter(({ message }) => message.startsWith(CHAOS)).length,
    };
    this.emit("event", {
      kind: "log search",
      query: search,
      found: this.#search.found,
      chaos: this.#search.chaos,
    });
  }

  /** Reports a Logs Insights query. Chaos mode's rows have its field or its prefix. */
  queried(query: string, { columns, rows }: LogTable): void {
    const field = columns.indexOf("chaos");
    const isChaos = (row: LogTable["rows"][number]) =>
      (row[field] ?? null) !== null || row.some((value) => String(value).includes(CHAOS));
    this.emit("event", { kind: "log search", query, found: rows.length, chaos: rows.filter(isChaos).length });
  }

  /** Reports a search for traces. */
  filtered({ filter }: TraceSearch, traces: readonly TraceRow[]): void {
    const complete = traces.filter(({ services }) =>
      (["like", "monolith"] as const).every((service) => services.includes(segmentName(service))),
    );
    this.emit("event", {
      kind: "trace search",
      filter,
      found: traces.length,
      complete: Math.max(0, ...complete.map(({ start }) => start)),
    });
  }

  /** Reports that a trace was opened. */
  opened({ segments }: Pick<Trace, "segments">): void {
    const chaos = segments.flatMap(({ annotations }) =>
      typeof annotations?.chaos === "string" ? annotations.chaos : [],
    );
    this.emit("event", { kind: "trace", chaos });
  }

  /** Reports that the dashboard is open. */
  sawDashboard(): void {
    this.emit("event", { kind: "dashboard" });
  }
}
