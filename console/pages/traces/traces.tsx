import "./traces.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../call.ts";
import type { TraceGroup, TraceRow } from "../../messages/traces.ts";
import type { Page } from "../../page.ts";
import { clock, count, duration } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import { Misunderstood } from "../../parts/misunderstood.tsx";
import { Rows } from "../../parts/rows.tsx";
import { TimeRange } from "../../parts/time-range.tsx";
import { changeQuery, place } from "../../route.ts";
import { useShortcut } from "../../shortcuts.ts";
import { followQuestion, live, problem, question, results } from "./results.ts";
import { TraceDetails } from "./trace.tsx";

export const tracesPage: Page = {
  path: "/traces",
  title: "Traces",
  key: "t",
  icon: <path d="M2 3.5h8M5 8h9M8 12.5h4" />,
  topics: ["traces"],
  Content: TracesPage,
};

function TracesPage() {
  useEffect(followQuestion, []);
  const id = place.value.query.get("id");
  return (
    <>
      <header class="page-head">
        <h1>Traces</h1>
      </header>
      <FilterBar />
      {problem.value !== undefined && <Misunderstood question={question.value.filter} error={problem.value} />}
      <div class={id ? "traces opened" : "traces"}>
        <List id={id} />
        {id && <TraceDetails id={id} />}
      </div>
    </>
  );
}

function FilterBar() {
  const input = useRef<HTMLInputElement>(null);
  const [groups, setGroups] = useState<readonly TraceGroup[]>([]);
  const { filter, order, minutes } = question.value;
  useShortcut("/", "Filter", () => input.current?.focus());
  useEffect(() => {
    call("GET /api/traces/groups", {}).then(setGroups, () => {});
  }, []);
  return (
    <search class="filter-bar">
      <input
        ref={input}
        type="search"
        class="mono"
        aria-label="Filter expression"
        placeholder={'service("like service") { responsetime > 1 OR error }'}
        spellcheck={false}
        autocomplete="off"
        value={filter}
        onInput={({ currentTarget }) => changeQuery({ filter: currentTarget.value })}
      />
      {groups.map(({ name, filter: saved }) => (
        <button
          key={name}
          type="button"
          aria-pressed={saved === filter}
          title={saved}
          onClick={() => changeQuery({ filter: saved === filter ? undefined : saved })}
        >
          {name}
        </button>
      ))}
      <select
        aria-label="Order"
        value={order}
        onChange={({ currentTarget }) => changeQuery({ order: currentTarget.value })}
      >
        <option value="newest">Newest first</option>
        <option value="slowest">Slowest first</option>
      </select>
      <TimeRange minutes={minutes} />
    </search>
  );
}

function List({ id }: { readonly id: string | null }) {
  const found = results.value;
  const toggle = () => {
    live.value = !live.value;
  };
  useShortcut("p", "Pause the list, or go on", toggle);
  const traces = found?.traces ?? [];
  const longest = Math.max(...traces.map((trace) => trace.duration), 0.001);
  return (
    <section class="panel list" aria-label="Traces">
      <div class="tail">
        <p>
          {found ? `${count(found.matched)} traces` : problem.value === undefined && "Searching…"}
          {found && found.matched > traces.length && `, ${count(traces.length)} of them here`}
        </p>
        <button type="button" onClick={toggle}>
          {live.value ? "Pause" : "Go on"}
        </button>
      </div>
      {found && traces.length === 0 ? (
        <p class="notice">
          No trace fits. Five likes in a second are traced, and a tenth of the rest; health checks never are.
        </p>
      ) : (
        <Rows
          label="Traces"
          items={traces}
          keyOf={(trace) => trace.id}
          row={(trace) => <Row trace={trace} longest={longest} />}
          open={traces.find((trace) => trace.id === id)}
          onToggle={(trace) => changeQuery({ id: trace.id === id ? undefined : trace.id })}
        />
      )}
    </section>
  );
}

/** Of a mysfit: its first characters are enough, and what comes behind it tells more. */
const LONG_ID = /([0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

const KINDS: Readonly<Record<TraceRow["kind"], { readonly health: HealthState; readonly says: string }>> = {
  ok: { health: "well", says: "ok" },
  error: { health: "warned", says: "error" },
  fault: { health: "ill", says: "fault" },
  unfinished: { health: "idle", says: "unfinished" },
};

function Row({ trace, longest }: { readonly trace: TraceRow; readonly longest: number }) {
  const { health, says } = KINDS[trace.kind];
  return (
    <>
      <span role="gridcell" class="time mono">
        {clock(trace.start)}
      </span>
      <span role="gridcell" class="status">
        <Health state={health} says={says} /> {trace.status ?? "–"}
      </span>
      <span role="gridcell" class="request">
        {trace.method} {trace.path?.replace(LONG_ID, "$1…")}
      </span>
      <span role="gridcell" class="took">
        <span class="number">{duration(trace.duration)}</span>
        <span class="bar" style={{ width: `${(trace.duration / longest) * 4}rem` }} />
      </span>
    </>
  );
}
