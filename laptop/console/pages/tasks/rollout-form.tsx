import { useMemo, useState } from "preact/hooks";
import { call } from "../../browser/call.ts";
import { createAction } from "../../parts/action.ts";
import type { ServiceState } from "./messages.ts";

/** Variables with a fixed set of values, which the labs change. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  LOGLEVEL: ["DEBUG", "INFO", "WARN", "ERROR"],
  CHAOSMODE: ["on", "off"],
};

/** Changes environment variables of a service by a rollout of new tasks. */
export function RolloutForm({ service }: { readonly service: ServiceState }) {
  const { name, environment, rollingOut } = service;
  const [changes, setChanges] = useState<Readonly<Record<string, string>>>({});
  const { busy, problem, run } = useMemo(createAction, []);
  const variables = Object.keys(environment);
  const selectable = variables.filter((variable) => variable in CHOICES);
  const others = variables.filter((variable) => !(variable in CHOICES));
  const changed = Object.entries(changes).filter(([variable, value]) => environment[variable] !== value);
  const set = (variable: string, value: string) => setChanges({ ...changes, [variable]: value });

  const rollOut = (event: SubmitEvent) => {
    event.preventDefault();
    run(async () => {
      await call("POST /api/tasks/rollout", { service: name, changes: Object.fromEntries(changed) });
      setChanges({});
    });
  };

  return (
    <form class="rollout" onSubmit={rollOut} aria-label={`Variables of ${name}`}>
      <h3>Variables</h3>
      <div class="fields">
        {selectable.map((variable) => (
          <label key={variable}>
            <code>{variable}</code>
            <select
              value={changes[variable] ?? environment[variable] ?? ""}
              onChange={({ currentTarget }) => set(variable, currentTarget.value)}
            >
              {CHOICES[variable]?.map((value) => (
                <option key={value}>{value}</option>
              ))}
            </select>
          </label>
        ))}
        <button type="submit" class="primary" disabled={busy.value || rollingOut}>
          {changed.length === 0 ? "Replace all tasks" : "Roll out"}
        </button>
      </div>
      <details>
        <summary>Other variables. An invalid value shows how a rollout is rolled back</summary>
        {others.map((variable) => (
          <label key={variable}>
            <code>{variable}</code>
            <input
              value={changes[variable] ?? environment[variable] ?? ""}
              onInput={({ currentTarget }) => set(variable, currentTarget.value)}
            />
          </label>
        ))}
      </details>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </form>
  );
}
