/** How something is: told by a shape as much as by a colour. */
export type HealthState = "well" | "warned" | "ill" | "idle";

/** In a square of 10 by 10. */
export const HEALTH_SHAPES = {
  well: <circle cx="5" cy="5" r="4" />,
  warned: <path d="M5 .8 9.6 9.2H.4z" />,
  ill: <path d="M1 1h8v8H1z" />,
  idle: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" stroke-width="1.2" />,
} as const;

/** @param says read out to those who do not see it; left out where words beside it say the same */
export function Health({ state, says }: { readonly state: HealthState; readonly says?: string }) {
  return (
    <>
      <svg class={`health ${state}`} viewBox="0 0 10 10" aria-hidden="true">
        {HEALTH_SHAPES[state]}
      </svg>
      {says && <span class="visually-hidden">{says}</span>}
    </>
  );
}
