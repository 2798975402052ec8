/** Health, shown by shape as well as by color. */
export type HealthState = "healthy" | "degraded" | "failing" | "idle";

/** SVG shapes on a 10 by 10 grid. */
export const HEALTH_SHAPES = {
  healthy: <circle cx="5" cy="5" r="4" />,
  degraded: <path d="M5 .8 9.6 9.2H.4z" />,
  failing: <path d="M1 1h8v8H1z" />,
  idle: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" stroke-width="1.2" />,
} as const;

/** @param label text for screen readers; omit it next to visible text that says the same */
export function Health({ state, label }: { readonly state: HealthState; readonly label?: string }) {
  return (
    <>
      <svg class={`health ${state}`} viewBox="0 0 10 10" aria-hidden="true">
        {HEALTH_SHAPES[state]}
      </svg>
      {label && <span class="visually-hidden">{label}</span>}
    </>
  );
}
