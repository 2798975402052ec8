import type { LogLine, LogSearch, LogTable } from "../../console/messages/logs.ts";
import type { Trace, TraceRow, TraceSearch } from "../../console/messages/traces.ts";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import type { FilterEvidence, SearchEvidence } from "./labs/evidence.ts";

/** Findings that are kept of each kind, the newest. */
const MOST = 50;

/** With what the like service begins the lines in which chaos mode says what it does. */
const CHAOS = "WARN: chaos";

/** What somebody has looked for in the console and found: the labs judge by it. */
export class Notebook {
  readonly #searches = new Map<string, SearchEvidence>();
  readonly #filters = new Map<string, FilterEvidence>();
  readonly #openedChaos = new Set<string>();

  get searches(): readonly SearchEvidence[] {
    return [...this.#searches.values()];
  }

  get filters(): readonly FilterEvidence[] {
    return [...this.#filters.values()];
  }

  /** Values of the annotation `chaos` in the traces that were opened. */
  get openedChaos(): ReadonlySet<string> {
    return this.#openedChaos;
  }

  /** What comes in while somebody follows a search is part of what it found: by itself it may be anything. */
  searched({ search, level, after, before }: LogSearch, lines: readonly Pick<LogLine, "message">[]): void {
    const question = JSON.stringify([search, level]);
    const first = after === undefined && before === undefined;
    const { found, chaos } = (first ? undefined : this.#searches.get(question)) ?? { found: 0, chaos: 0 };
    note(this.#searches, question, {
      found: found + lines.length,
      chaos: chaos + lines.filter(({ message }) => message.startsWith(CHAOS)).length,
    });
  }

  /** A query's rows are chaos mode's lines when they have its field, or its words. */
  asked(question: string, { columns, rows }: LogTable): void {
    const field = columns.indexOf("chaos");
    const isChaos = (row: LogTable["rows"][number]) =>
      (row[field] ?? null) !== null || row.some((value) => String(value).includes(CHAOS));
    note(this.#searches, question, { found: rows.length, chaos: rows.filter(isChaos).length });
  }

  /** As with a search, what comes in later is part of it. */
  filtered({ filter, after }: TraceSearch, traces: readonly TraceRow[]): void {
    const { found, odd } = (after === undefined ? undefined : this.#filters.get(filter)) ?? { found: 0, odd: 0 };
    note(this.#filters, filter, {
      found: found + traces.length,
      odd: odd + traces.filter(isOddLike).length,
    });
  }

  opened({ segments }: Trace): void {
    for (const { annotations } of segments) {
      if (typeof annotations?.chaos === "string") {
        this.#openedChaos.add(annotations.chaos);
      }
    }
  }
}

function note<Finding>(findings: Map<string, Finding>, question: string, finding: Finding): void {
  findings.delete(question);
  findings.set(question, finding);
  const [oldest] = findings.keys();
  if (findings.size > MOST && oldest !== undefined) {
    findings.delete(oldest);
  }
}

function isOddLike({ method, services, kind, duration }: TraceRow): boolean {
  const failed = kind === "error" || kind === "fault";
  return method === "POST" && services.includes(SEGMENT_NAMES.like) && (failed || duration > 1);
}
