import type { Subsegment } from "../../../telemetry/traces/trace.ts";
import { duration } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import type { WaterfallRow } from "./waterfall-rows.ts";

interface WaterfallProps {
  readonly rows: readonly WaterfallRow[];
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** Levels that are indented; deeper ones would be out of sight. */
const MAX_INDENT = 12;

/** A bar for each segment and subsegment, as long as it took. */
export function Waterfall({ rows, start, end, selected, onSelect }: WaterfallProps) {
  // A trace in progress may have no duration yet.
  const length = Math.max(end - start, 1e-6);
  const percent = (seconds: number) => `${(100 * seconds) / length}%`;
  return (
    <table class="waterfall">
      <thead>
        <tr>
          <th scope="col">Segment</th>
          <th scope="col" class="scale">
            {[0, 0.25, 0.5, 0.75].map((share) => (
              <span key={share} style={{ left: `${share * 100}%` }}>
                {duration((end - start) * share)}
              </span>
            ))}
          </th>
          <th scope="col" class="number">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ segment, depth, own }) => {
          const { id, name, namespace, start_time, end_time, annotations, http } = segment;
          const { state, label } = healthOf(segment);
          const to = end_time ?? end;
          return (
            <tr key={id} class={id === selected ? "selected" : undefined}>
              <th scope="row" style={{ paddingInlineStart: `${Math.min(depth, MAX_INDENT) * 0.9 + 0.5}rem` }}>
                <button type="button" class="plain" aria-pressed={id === selected} onClick={() => onSelect(id)}>
                  <Health state={state} label={label} />
                  <span class={own ? "own" : undefined}>{name}</span>
                  <span class="muted">{http?.response?.status ?? namespace}</span>
                </button>
              </th>
              <td class="track">
                <span
                  class={`bar ${state} ${own ? "own" : ""}`}
                  style={{ left: percent(start_time - start), width: percent(to - start_time) }}
                />
                {annotations && Object.keys(annotations).length > 0 && (
                  <span class="annotations" style={{ left: percent(start_time - start) }}>
                    {Object.entries(annotations)
                      .map(([key, value]) => `${key}=${value}`)
                      .join(" ")}
                  </span>
                )}
              </td>
              <td class="number">{end_time === undefined ? "…" : duration(end_time - start_time)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function healthOf({ fault, error, throttle, in_progress, end_time }: Subsegment): {
  state: HealthState;
  label: string;
} {
  if (fault) {
    return { state: "failing", label: "fault" };
  }
  if (error || throttle) {
    return { state: "degraded", label: throttle ? "throttled" : "error" };
  }
  return in_progress || end_time === undefined
    ? { state: "idle", label: "in progress" }
    : { state: "healthy", label: "ok" };
}
