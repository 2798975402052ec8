import type { ComponentChild } from "preact";
import { annotationFilter } from "../../../telemetry/traces/annotation-filter.ts";
import { duration } from "../../parts/format.ts";
import type { WaterfallRow } from "./waterfall-rows.ts";

/** Fields that are shown separately. */
const SHOWN = ["annotations", "cause", "http", "metadata", "subsegments"];

/** Fields of an object; empty for anything else, because the trace store keeps most fields as they arrived. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** All fields of a segment or subsegment. */
export function SegmentDetails({ row: { segment, own } }: { readonly row: WaterfallRow }) {
  const { name, http, annotations = {}, start_time, end_time } = segment;
  const { metadata, cause } = fieldsOf(segment);
  const rest = Object.fromEntries(Object.entries(segment).filter(([field]) => !SHOWN.includes(field)));
  return (
    <section class="part" aria-label={`Details of ${name}`}>
      <h3>
        {own ? name : `Call to ${name}`}
        {end_time !== undefined && `, ${duration(end_time - start_time)}`}
      </h3>
      {listOf(fieldsOf(cause).exceptions).map((exception, index) => (
        <Problem key={index} exception={fieldsOf(exception)} />
      ))}
      <dl>
        {Object.entries(annotations).map(([key, value]) => (
          <Fact key={key} name={`annotation ${key}`}>
            <a href={`/traces?${new URLSearchParams({ filter: annotationFilter(key, value) })}`}>{String(value)}</a>
          </Fact>
        ))}
        {Object.entries({ ...http?.request, ...http?.response }).map(([key, value]) => (
          <Fact key={key} name={key.replaceAll("_", " ")}>
            {textOf(value)}
          </Fact>
        ))}
        {Object.entries(fieldsOf(metadata)).map(([namespace, values]) => (
          <Fact key={namespace} name={`metadata ${namespace}`}>
            <pre>{JSON.stringify(values, null, 2)}</pre>
          </Fact>
        ))}
      </dl>
      <details>
        <summary>Other fields of the document</summary>
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

/** An exception of a `cause`. Source: "AWS X-Ray segment documents" in the X-Ray Developer Guide. */
function Problem({ exception }: { readonly exception: Readonly<Record<string, unknown>> }) {
  const { type = "Error", message, remote } = exception;
  const stack = listOf(exception.stack).map(fieldsOf);
  return (
    <div class="problem exception">
      <p>
        <strong>{textOf(type)}</strong>
        {message !== undefined && `: ${textOf(message)}`}
        {remote === true && <span class="muted"> (reported by the other side)</span>}
      </p>
      {stack.length > 0 && (
        <ol>
          {stack.map(({ label, path, line }, index) => (
            <li key={index}>
              <code>
                {label !== undefined && textOf(label)}{" "}
                <span class="muted">{[path, line].filter((part) => part !== undefined).join(":")}</span>
              </code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
