import "./labs.css";
import { channel } from "../../browser/events.ts";
import type { Page } from "../../browser/page.ts";
import { route } from "../../browser/router.ts";
import { choice } from "../../parts/format.ts";
import { Health } from "../../parts/health.tsx";
import { InlineMarkdown } from "../../parts/markdown.tsx";
import type { LabState, StepState } from "./messages.ts";
import { RecordPage } from "./record-page.tsx";

export const labsPage: Page = {
  path: "/labs",
  title: "Labs",
  key: "b",
  icon: <path d="M6 2h4M6.8 2v4.2L3 13a.7.7 0 0 0 .6 1h8.8a.7.7 0 0 0 .6-1L9.2 6.2V2M5 10.5h6" />,
  channels: ["labs"],
  Content: LabsPage,
};

const labs = channel("labs");

function LabsPage() {
  const all = labs.value ?? [];
  const { query } = route.value;
  if (query.has("record")) {
    return <RecordPage labs={all} />;
  }
  const requested = query.get("lab");
  const shown = requested === null ? all[0] : all.find(({ name }) => name === requested);
  return (
    <>
      <header class="page-head">
        <h1>Labs</h1>
        <p class="muted">Likes are slow or fail. Find out why, in four labs.</p>
        <a class="button" href="/labs?record">
          Progress record
        </a>
      </header>
      <div class="labs">
        <nav aria-label="Labs">
          <ol>
            {all.map((lab, index) => (
              <LabLink key={lab.name} lab={lab} number={index + 1} current={lab === shown} />
            ))}
          </ol>
        </nav>
        {requested !== null && all.length > 0 && !shown && (
          <p class="problem" role="alert">
            No lab is called {requested}: expected {choice(all.map(({ name }) => name))}.
          </p>
        )}
        {shown && <Lab key={shown.name} lab={shown} number={all.indexOf(shown) + 1} />}
      </div>
    </>
  );
}

interface LabProps {
  readonly lab: LabState;
  readonly number: number;
}

function LabLink({ lab: { name, title, steps }, number, current }: LabProps & { readonly current: boolean }) {
  const done = steps.filter(({ doneAt }) => doneAt !== undefined).length;
  return (
    <li>
      <a href={`/labs?lab=${name}`} aria-current={current ? "true" : undefined}>
        <span class="muted">Lab {number}</span>
        <strong>{title}</strong>
        <span class="muted">
          <Health state={done === steps.length ? "healthy" : "idle"} /> {done} of {steps.length} done
        </span>
      </a>
    </li>
  );
}

function Lab({ lab: { title, goal, minutes, steps }, number }: LabProps) {
  return (
    <article class="panel lab">
      <header>
        <h2>
          Lab {number}: {title}
        </h2>
        <span class="muted">about {minutes} minutes</span>
      </header>
      <div class="body">
        <p class="goal">
          <InlineMarkdown text={goal} />
        </p>
        <p class="muted">
          Do the steps in order. A step counts from the moment the one before is done, and stays done.
        </p>
        <ol class="lab-steps">
          {steps.map((step, index) => (
            <Step key={step.title} step={step} number={index + 1} />
          ))}
        </ol>
      </div>
    </article>
  );
}

function Step({
  step: { title, text, links, hint, doneAt, current },
  number,
}: {
  readonly step: StepState;
  readonly number: number;
}) {
  const done = doneAt !== undefined;
  return (
    <li class={done ? "done" : current ? "current" : undefined} aria-current={current ? "step" : undefined}>
      <header>
        <h3>
          {number}. {title}
        </h3>
        <span class="state" role="status" aria-label={`Step ${number}: ${title}`}>
          <Health state={done ? "healthy" : "idle"} /> {done ? "done" : current ? "next" : "not yet"}
        </span>
      </header>
      <p>
        <InlineMarkdown text={text} />
      </p>
      <p class="links">
        {links.map(({ label, to }) => (
          <a key={to} class="button" href={to} {...(to.startsWith("http") && { target: "_blank", rel: "noreferrer" })}>
            {label}
          </a>
        ))}
      </p>
      <details>
        <summary>Hint</summary>
        <p>
          <InlineMarkdown text={hint} />
        </p>
      </details>
    </li>
  );
}
