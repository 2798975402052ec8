import type { LogLine, LogTable } from "../../console/messages/logs.ts";
import type { Trace, TraceRow } from "../../console/messages/traces.ts";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import type { FilterEvidence, SearchEvidence } from "./labs/evidence.ts";

/** Findings that are kept of each kind, the newest. */
const MOST = 50;

/** With what the like service begins the lines in which chaos mode says what it does. */
const CHAOS = "WARN: chaos";

/** What somebody has looked for in the console and found: the labs judge by it. */
export class Notebook {
  readonly #searches: SearchEvidence[] = [];
  readonly #filters: FilterEvidence[] = [];
  readonly #openedChaos = new Set<string>();

  get searches(): readonly SearchEvidence[] {
    return this.#searches;
  }

  get filters(): readonly FilterEvidence[] {
    return this.#filters;
  }

  /** Values of the annotation `chaos` in the traces that were opened. */
  get openedChaos(): ReadonlySet<string> {
    return this.#openedChaos;
  }

  searched(lines: readonly Pick<LogLine, "message">[]): void {
    this.#note(this.#searches, {
      found: lines.length,
      chaos: lines.filter(({ message }) => message.startsWith(CHAOS)).length,
    });
  }

  /** A query's rows are chaos mode's lines when they have its field, or its words. */
  asked({ columns, rows }: LogTable): void {
    const field = columns.indexOf("chaos");
    const isChaos = (row: LogTable["rows"][number]) =>
      (row[field] ?? null) !== null || row.some((value) => String(value).includes(CHAOS));
    this.#note(this.#searches, { found: rows.length, chaos: rows.filter(isChaos).length });
  }

  filtered(traces: readonly TraceRow[]): void {
    this.#note(this.#filters, { found: traces.length, odd: traces.filter(isOddLike).length });
  }

  opened({ segments }: Trace): void {
    for (const { annotations } of segments) {
      if (typeof annotations?.chaos === "string") {
        this.#openedChaos.add(annotations.chaos);
      }
    }
  }

  #note<Finding>(findings: Finding[], finding: Finding): void {
    findings.push(finding);
    if (findings.length > MOST) {
      findings.shift();
    }
  }
}

function isOddLike({ method, services, kind, duration }: TraceRow): boolean {
  const failed = kind === "error" || kind === "fault";
  return method === "POST" && services.includes(SEGMENT_NAMES.like) && (failed || duration > 1);
}
