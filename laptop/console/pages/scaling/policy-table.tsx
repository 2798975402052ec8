import { count } from "../../parts/format.ts";
import type { PolicySteps, ScalingState } from "./messages.ts";

/** The scaling policy. The step that matches the last minute is highlighted. */
export function PolicyTable({ state: { policy, samples } }: { readonly state: ScalingState }) {
  const requests = samples.at(-1)?.requests;
  return (
    <section class="panel" aria-labelledby="policy-title">
      <header>
        <h2 id="policy-title">Policy</h2>
      </header>
      {policy?.kind === "steps" ? (
        <table class="policy">
          <thead>
            <tr>
              <th scope="col">Likes per minute</th>
              <th scope="col" class="number">
                Tasks
              </th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            <Steps of={policy.out} requests={requests} />
            <Steps of={policy.in} requests={requests} />
          </tbody>
        </table>
      ) : (
        <p class="notice">
          {policy === undefined
            ? "There is no policy."
            : policy.kind === "cpu"
              ? `Target tracking: the average CPU of a task is kept at ${policy.target}%.`
              : `Target tracking: ${count(policy.target)} likes per minute per task.`}
        </p>
      )}
    </section>
  );
}

function Steps({ of, requests }: { readonly of: PolicySteps; readonly requests: number | undefined }) {
  const { threshold, minutes, cooldown, steps } = of;
  const out = (steps[0]?.change ?? 0) > 0;
  const when = `${minutes} min ${out ? "at or above" : "at or below"} ${count(threshold)}, then ${cooldown} s of cooldown`;
  return steps.map(({ low, high, change }, index) => {
    const current =
      requests !== undefined &&
      (out
        ? requests >= (low ?? -Infinity) && requests < (high ?? Infinity)
        : requests > (low ?? -Infinity) && requests <= (high ?? Infinity));
    return (
      <tr key={change} class={current ? "current" : undefined} aria-current={current ? "true" : undefined}>
        <td>
          {low === null
            ? `${count(high ?? 0)} or fewer`
            : high === null
              ? `${count(low)} or more`
              : `${count(low)} to ${count(high)}`}
        </td>
        <td class="number">{change > 0 ? `+${change}` : `−${-change}`}</td>
        <td class="muted">{index === 0 && when}</td>
      </tr>
    );
  });
}
