import "./traces.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../browser/call.ts";
import type { Page } from "../../browser/page.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { useShortcut } from "../../browser/shortcuts.ts";
import { clock, count, counted, duration } from "../../parts/format.ts";
import { Health, type HealthState } from "../../parts/health.tsx";
import { QueryProblem } from "../../parts/query-problem.tsx";
import { Rows } from "../../parts/rows.tsx";
import { TimeRangeMenu } from "../../parts/time-range.tsx";
import type { TraceGroup, TraceRow } from "./messages.ts";
import { criteria, live, problem, results, startSearch } from "./results.ts";
import { Sampling } from "./sampling.tsx";
import { TraceDetails } from "./trace-details.tsx";

export const tracesPage: Page = {
  path: "/traces",
  title: "Traces",
  key: "t",
  icon: <path d="M2 3.5h8M5 8h9M8 12.5h4" />,
  channels: ["traces"],
  Content: TracesPage,
};

function TracesPage() {
  useEffect(startSearch, []);
  const id = route.value.query.get("id");
  return (
    <>
      <header class="page-head">
        <h1>Traces</h1>
      </header>
      <FilterBar />
      {problem.value !== undefined && <QueryProblem query={criteria.value.filter} error={problem.value} />}
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
  const { filter, order, minutes } = criteria.value;
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
      <TimeRangeMenu minutes={minutes} />
    </search>
  );
}

function List({ id }: { readonly id: string | null }) {
  const found = results.value;
  const toggle = () => {
    live.value = !live.value;
  };
  useShortcut("p", "Pause or resume the list", toggle);
  const traces = found?.traces ?? [];
  const longest = Math.max(...traces.map((trace) => trace.duration), 0.001);
  return (
    <section class="panel list" aria-label="Traces">
      <div class="tail">
        <p>
          {found ? counted(found.matched, "trace") : problem.value === undefined && "Searching…"}
          {found && found.matched > traces.length && `, ${count(traces.length)} shown`}
        </p>
        <button type="button" onClick={toggle}>
          {live.value ? "Pause" : "Resume"}
        </button>
      </div>
      {found && traces.length === 0 ? (
        <p class="notice">
          No trace matches. <Sampling />
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

/** ID of a mysfit. The list shortens it to make room for the rest of the path. */
const MYSFIT_ID = /([0-9a-f]{4})[0-9a-f]{4}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Start of most paths, which the list leaves out in a narrow window. */
const PREFIX = "/mysfits";

const KINDS: Readonly<Record<TraceRow["kind"], { readonly health: HealthState; readonly label: string }>> = {
  ok: { health: "healthy", label: "ok" },
  error: { health: "degraded", label: "error" },
  fault: { health: "failing", label: "fault" },
  unfinished: { health: "idle", label: "unfinished" },
  unanswered: { health: "idle", label: "client left before the response" },
};

function Row({ trace, longest }: { readonly trace: TraceRow; readonly longest: number }) {
  const { health, label } = KINDS[trace.kind];
  const prefix = trace.path?.startsWith(PREFIX) ? PREFIX : "";
  return (
    <>
      <span role="gridcell" class="time mono">
        {clock(trace.start)}
      </span>
      <span role="gridcell" class="status">
        <Health state={health} label={label} /> {trace.status ?? "–"}
      </span>
      <span role="gridcell" class="request">
        {trace.method} <span class="prefix">{prefix}</span>
        {trace.path?.slice(prefix.length).replace(MYSFIT_ID, "$1…")}
      </span>
      <span role="gridcell" class="took">
        <span class="number">{duration(trace.duration)}</span>
        <span class="bar" style={{ width: `${(trace.duration / longest) * 4}rem` }} />
      </span>
    </>
  );
}
