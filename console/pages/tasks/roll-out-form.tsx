import { useMemo, useState } from "preact/hooks";
import { call } from "../../call.ts";
import type { ServiceState } from "../../messages/tasks.ts";
import { acting } from "../../parts/acting.ts";

/** Variables with few values, which are those that the labs change. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  LOGLEVEL: ["DEBUG", "INFO", "WARN", "ERROR"],
  CHAOSMODE: ["on", "off"],
};

/** Changes variables of a service, in tasks that take over from those of before. */
export function RollOutForm({ service }: { readonly service: ServiceState }) {
  const { name, environment, rollingOut } = service;
  const [changes, setChanges] = useState<Readonly<Record<string, string>>>({});
  const { busy, problem, act } = useMemo(acting, []);
  const variables = Object.keys(environment);
  const chosen = variables.filter((variable) => variable in CHOICES);
  const others = variables.filter((variable) => !(variable in CHOICES));
  const changed = Object.entries(changes).filter(([variable, value]) => environment[variable] !== value);
  const set = (variable: string, value: string) => setChanges({ ...changes, [variable]: value });

  const rollOut = (event: SubmitEvent) => {
    event.preventDefault();
    act(async () => {
      await call("POST /api/tasks/roll-out", { service: name, changes: Object.fromEntries(changed) });
      setChanges({});
    });
  };

  return (
    <form class="roll-out" onSubmit={rollOut} aria-label={`Variables of ${name}`}>
      <h3>Variables</h3>
      <div class="fields">
        {chosen.map((variable) => (
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
          {changed.length === 0 ? "Renew all tasks" : "Roll out"}
        </button>
      </div>
      <details>
        <summary>All the others: a value that does not fit shows how a roll-out is taken back</summary>
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
