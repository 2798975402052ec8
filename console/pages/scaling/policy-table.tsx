import type { PolicySteps, ScalingState } from "../../messages/scaling.ts";
import { count } from "../../parts/format.ts";

/** By what the number of tasks is moved; the step that the last minute's likes fall into stands out. */
export function PolicyTable({ state: { policy, looks } }: { readonly state: ScalingState }) {
  const requests = looks.at(-1)?.requests;
  return (
    <section class="panel" aria-labelledby="policy-title">
      <header>
        <h2 id="policy-title">Policy</h2>
      </header>
      {policy?.kind === "steps" ? (
        <table class="policy">
          <thead>
            <tr>
              <th scope="col">Likes a minute</th>
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
            ? "There is none."
            : policy.kind === "cpu"
              ? `Tasks in proportion, so that the average one uses ${policy.target} % of its CPU.`
              : `Tasks in proportion, so that each gets ${count(policy.target)} likes a minute.`}
        </p>
      )}
    </section>
  );
}

function Steps({ of, requests }: { readonly of: PolicySteps; readonly requests: number | undefined }) {
  const { threshold, minutes, cooldown, steps } = of;
  const out = (steps[0]?.change ?? 0) > 0;
  const when = `${minutes} min ${out ? "at or above" : "at or below"} ${count(threshold)}, then ${cooldown} s of rest`;
  return steps.map(({ low, high, change }, index) => {
    const here =
      requests !== undefined &&
      (out
        ? requests >= (low ?? -Infinity) && requests < (high ?? Infinity)
        : requests > (low ?? -Infinity) && requests <= (high ?? Infinity));
    return (
      <tr key={change} class={here ? "here" : undefined} aria-current={here ? "true" : undefined}>
        <td>
          {low === null
            ? `${count(high ?? 0)} and fewer`
            : high === null
              ? `${count(low)} and more`
              : `${count(low)} to ${count(high)}`}
        </td>
        <td class="number">{change > 0 ? `+${change}` : `−${-change}`}</td>
        <td class="muted">{index === 0 && when}</td>
      </tr>
    );
  });
}
