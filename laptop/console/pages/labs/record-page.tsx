import { changeQuery, route } from "../../browser/router.ts";
import { TITLE } from "../../browser/title.ts";
import type { LabState } from "./messages.ts";

/** Progress of a participant in all labs, for printing. */
export function RecordPage({ labs }: { readonly labs: readonly LabState[] }) {
  const name = route.value.query.get("name") ?? "";
  const steps = labs.flatMap((lab) => lab.steps);
  const done = steps.filter(({ doneAt }) => doneAt !== undefined).length;
  return (
    <>
      <header class="page-head">
        <h1>Progress record</h1>
        <a href="/labs">Labs</a>
        <button type="button" class="primary" onClick={() => print()}>
          Print
        </button>
      </header>
      <article class="panel lab-record">
        <h2>{TITLE}: observability of a Fargate microservice</h2>
        <label>
          Participant{" "}
          <input
            value={name}
            autocomplete="name"
            onInput={({ currentTarget }) => changeQuery({ name: currentTarget.value })}
          />
        </label>
        <p>
          {done} of {steps.length} steps done, printed on {dateOf(Date.now())}
        </p>
        {labs.map((lab, index) => (
          <section key={lab.name} aria-labelledby={`record-${lab.name}`}>
            <h3 id={`record-${lab.name}`}>
              Lab {index + 1}: {lab.title}
            </h3>
            <table>
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  <th scope="col" class="time">
                    Done
                  </th>
                </tr>
              </thead>
              <tbody>
                {lab.steps.map(({ title, doneAt }) => (
                  <tr key={title}>
                    <td>{title}</td>
                    <td class="time">{doneAt === undefined ? "–" : dateOf(doneAt)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        ))}
      </article>
    </>
  );
}

/** For example `Nov 28, 2026, 14:05`. */
function dateOf(time: number): string {
  return new Date(time).toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
}
