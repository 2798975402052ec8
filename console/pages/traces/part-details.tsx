import type { ComponentChild } from "preact";
import type { Exception, Segment } from "../../messages/traces.ts";
import { duration } from "../../parts/format.ts";
import type { Part } from "./parts.ts";

/** Fields that have a place of their own here. */
const SHOWN = ["annotations", "cause", "http", "metadata", "subsegments"];

/** All that is known of one part of a trace. */
export function PartDetails({ part: { segment, own } }: { readonly part: Part }) {
  const { name, http, annotations = {}, metadata = {}, start_time, end_time } = segment;
  const exceptions = exceptionsOf(segment);
  const rest = Object.fromEntries(Object.entries(segment).filter(([field]) => !SHOWN.includes(field)));
  return (
    <section class="part" aria-label={`Details of ${name}`}>
      <h3>
        {own ? name : `Call of ${name}`}
        {end_time !== undefined && `, ${duration(end_time - start_time)}`}
      </h3>
      {exceptions.map((exception) => (
        <Problem key={exception.id} exception={exception} />
      ))}
      <dl>
        {Object.entries(annotations).map(([key, value]) => (
          <Fact key={key} name={`annotation ${key}`}>
            <a href={`/traces?${new URLSearchParams({ filter: `annotation.${key} = ${JSON.stringify(value)}` })}`}>
              {String(value)}
            </a>
          </Fact>
        ))}
        {Object.entries({ ...http?.request, ...http?.response }).map(([key, value]) => (
          <Fact key={key} name={key.replaceAll("_", " ")}>
            {String(value)}
          </Fact>
        ))}
        {Object.entries(metadata).map(([namespace, values]) => (
          <Fact key={namespace} name={`metadata ${namespace}`}>
            <pre>{JSON.stringify(values, null, 2)}</pre>
          </Fact>
        ))}
      </dl>
      <details>
        <summary>Everything else of its document</summary>
        <pre>{JSON.stringify(rest, null, 2)}</pre>
      </details>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChild }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Problem({ exception: { type, message, remote, stack = [] } }: { readonly exception: Exception }) {
  return (
    <div class="problem exception">
      <p>
        <strong>{type ?? "Error"}</strong>
        {message && `: ${message}`}
        {remote && <span class="muted"> (told by the other side)</span>}
      </p>
      {stack.length > 0 && (
        <ol>
          {stack.map(({ label, path, line }) => (
            <li key={`${label} ${path} ${line}`}>
              <code>
                {label} <span class="muted">{[path, line].filter((part) => part !== undefined).join(":")}</span>
              </code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** A cause may also be no more than the id of an exception that another part has told of. */
function exceptionsOf({ cause }: Segment): readonly Exception[] {
  return typeof cause === "object" ? (cause.exceptions ?? []) : [];
}
