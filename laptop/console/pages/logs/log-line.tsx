import { useEffect, useState } from "preact/hooks";
import { LOG_LEVEL, levelName } from "../../../../model/log-level.ts";
import { parseJson } from "../../../system/processes/parse-json.ts";
import { shortId } from "../../../system/processes/short-id.ts";
import { fieldSearch, textSearch } from "../../../telemetry/insights/field-search.ts";
import { type CallError, call } from "../../browser/call.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { clock } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import type { LogLine } from "./messages.ts";

/** Health by level. Other levels are neutral. */
const HEALTH: Readonly<Record<string, HealthState>> = {
  INFO: "healthy",
  WARN: "degraded",
  ERROR: "failing",
  FATAL: "failing",
};

/** A line in the list. */
export function LogLineRow({ line: { time, level, program, task, message, traceId } }: { readonly line: LogLine }) {
  const name = levelName(level ?? LOG_LEVEL.ERROR);
  const health = HEALTH[name] ?? "idle";
  return (
    <>
      <span role="gridcell" class="time mono">
        {clock(time)}
      </span>
      <span role="gridcell" class={`level ${health}`}>
        <Health state={health} />
        <span>{level === undefined ? "–" : name}</span>
      </span>
      <span role="gridcell" class="program">
        <span>{program}</span> <span class="muted mono">{task && shortId(task)}</span>
      </span>
      <span role="gridcell" class="message mono">
        {message}
      </span>
      <span role="gridcell" class="to-trace">
        {/* Not a tab stop, because the open line has the same link. */}
        {traceId && (
          <a href={`/traces?${new URLSearchParams({ id: traceId })}`} tabIndex={-1}>
            Trace
          </a>
        )}
      </span>
    </>
  );
}

/** A complete line. Each field is a button that searches for its value. */
export function LogLineDetails({ line: { number, traceId } }: { readonly line: LogLine }) {
  const [text, setText] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const gone = new AbortController();
    call("GET /api/logs/line", { number }, gone.signal).then(
      (whole) => setText(whole.text),
      (error: CallError) => gone.signal.aborted || setProblem(error.message),
    );
    return () => gone.abort();
  }, [number]);
  if (text === undefined) {
    return <p class="muted">{problem ?? "Loading…"}</p>;
  }
  const record = recordIn(text);
  return (
    <div class="line-details">
      {traceId && (
        <p>
          <a href={`/traces?${new URLSearchParams({ id: traceId })}`}>Trace of this request</a> ·{" "}
          <a href={`/logs?${new URLSearchParams({ q: textSearch(traceId), range: "all" })}`}>Logs of this trace</a>
        </p>
      )}
      {record ? <Fields record={record} /> : <pre>{text}</pre>}
    </div>
  );
}

function Fields({ record }: { readonly record: Readonly<Record<string, unknown>> }) {
  return (
    <pre>
      {"{\n"}
      {Object.entries(record).map(([name, value]) => (
        <span key={name} class="field">
          {`  ${JSON.stringify(name)}: `}
          <FieldValue name={name} value={value} />
          {",\n"}
        </span>
      ))}
      {"}"}
    </pre>
  );
}

function FieldValue({ name, value }: { readonly name: string; readonly value: unknown }) {
  const written = JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
  const isShort = typeof value !== "object" && written.length <= 200;
  const condition = isShort ? fieldSearch(name, value as string | number | boolean) : undefined;
  if (condition === undefined) {
    return <>{written}</>;
  }
  return (
    <button
      type="button"
      class="plain value"
      title={`Search for ${condition}`}
      aria-label={`${written}: search for ${condition}`}
      onClick={() => changeQuery({ q: `${route.value.query.get("q") ?? ""} ${condition}`.trim() })}
    >
      {written}
    </button>
  );
}

function recordIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const record = parseJson(text);
    return typeof record === "object" && record !== null && !Array.isArray(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
