import { duration } from "../../parts/format.ts";
import { Health } from "../../parts/health.tsx";
import { healthOf, type Part } from "./parts.ts";

interface WaterfallProps {
  readonly parts: readonly Part[];
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** Who did what when: a bar for each part, as long as it took. */
export function Waterfall({ parts, start, end, chosen, onChoose }: WaterfallProps) {
  const percent = (seconds: number) => `${(100 * seconds) / (end - start)}%`;
  return (
    <table class="waterfall">
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col" class="scale">
            {[0, 0.25, 0.5, 0.75].map((share) => (
              <span key={share} style={{ left: `${share * 100}%` }}>
                {duration((end - start) * share)}
              </span>
            ))}
          </th>
          <th scope="col" class="number">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ segment, depth, own }) => {
          const { id, name, namespace, start_time, end_time, annotations, http } = segment;
          const { state, says } = healthOf(segment);
          const to = end_time ?? end;
          return (
            <tr key={id} class={id === chosen ? "chosen" : undefined}>
              <th scope="row" style={{ paddingInlineStart: `${depth * 0.9 + 0.5}rem` }}>
                <button type="button" class="plain" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
                  <Health state={state} says={says} />
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
