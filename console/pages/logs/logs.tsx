import "./logs.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LOG_LEVEL } from "../../../specs/log-level.ts";
import type { LogLine } from "../../messages/logs.ts";
import type { Page } from "../../page.ts";
import { count } from "../../parts/format.ts";
import { Misunderstood } from "../../parts/misunderstood.tsx";
import { Rows } from "../../parts/rows.tsx";
import { TimeRange } from "../../parts/time-range.tsx";
import { changeQuery, place } from "../../route.ts";
import { useShortcut } from "../../shortcuts.ts";
import { Ask } from "./ask.tsx";
import { Histogram } from "./histogram.tsx";
import { Line, LineDetails } from "./line.tsx";
import { followQuestion, live, loadOlder, missed, problem, question, results } from "./results.ts";

export const logsPage: Page = {
  path: "/logs",
  title: "Logs",
  key: "l",
  icon: <path d="M2.5 3.5h11M2.5 6.5h7M2.5 9.5h11M2.5 12.5h5" />,
  topics: ["logs"],
  Content: LogsPage,
};

const LEVELS = [
  ["", "All levels"],
  [LOG_LEVEL.INFO, "Info and above"],
  [LOG_LEVEL.WARN, "Warnings and above"],
  [LOG_LEVEL.ERROR, "Errors"],
] as const;

function LogsPage() {
  const asking = place.value.query.has("ask");
  return (
    <>
      <header class="page-head">
        <h1>Logs</h1>
        <div class="modes" role="group" aria-label="How to ask">
          <a class="button" href="/logs" aria-current={asking ? undefined : "true"}>
            Search
          </a>
          <a class="button" href="/logs?ask=" aria-current={asking ? "true" : undefined}>
            Logs Insights
          </a>
        </div>
      </header>
      {asking ? <Ask /> : <Search />}
    </>
  );
}

function Search() {
  useEffect(followQuestion, []);
  const open = useSignal<LogLine | undefined>(undefined);
  const found = results.value;
  return (
    <>
      <SearchBar />
      {problem.value !== undefined && <Misunderstood question={question.value.search} error={problem.value} />}
      <section class="panel found" aria-label="Lines">
        {found && <Histogram results={found} question={question.value} />}
        <Tail />
        {found && found.lines.length === 0 ? (
          <p class="notice">No line fits. Take something out of the search, or look at more time.</p>
        ) : (
          <Rows
            label="Lines, newest first"
            items={found?.lines ?? []}
            keyOf={({ number }) => number}
            row={(line) => <Line line={line} />}
            open={open.value}
            details={(line) => <LineDetails line={line} />}
            onToggle={(line) => {
              open.value = open.value?.number === line.number ? undefined : line;
            }}
            onEnd={loadOlder}
          />
        )}
      </section>
    </>
  );
}

function SearchBar() {
  const input = useRef<HTMLInputElement>(null);
  const { search, level, minutes, from, to, healthChecks } = question.value;
  useShortcut("/", "Search", () => input.current?.focus());
  return (
    <search class="search-bar">
      <input
        ref={input}
        type="search"
        class="mono"
        aria-label="Search"
        aria-describedby="search-help"
        placeholder="words  status>=400  chaos=*  -program=monolith"
        spellcheck={false}
        autocomplete="off"
        value={search}
        onInput={({ currentTarget }) => changeQuery({ q: currentTarget.value })}
      />
      <select
        aria-label="Level"
        value={String(level ?? "")}
        onChange={({ currentTarget }) => changeQuery({ level: currentTarget.value })}
      >
        {LEVELS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {from !== undefined && to !== undefined ? (
        <button type="button" onClick={() => changeQuery({ from: undefined, to: undefined })}>
          {new Date(from).toLocaleTimeString("en-GB")} – {new Date(to).toLocaleTimeString("en-GB")}
          <span aria-hidden="true"> ✕</span>
          <span class="visually-hidden">: look at more time</span>
        </button>
      ) : (
        <TimeRange minutes={minutes} />
      )}
      <label>
        <input
          type="checkbox"
          checked={healthChecks}
          onChange={({ currentTarget }) => changeQuery({ health: currentTarget.checked ? "1" : undefined })}
        />{" "}
        Health checks
      </label>
      <p id="search-help" class="visually-hidden">
        Words that stand in a line, and conditions on its fields such as status&gt;=400, chaos=* for any value, or
        -program=monolith to leave lines out.
      </p>
    </search>
  );
}

function Tail() {
  const toggle = () => {
    live.value = !live.value;
  };
  useShortcut("p", "Pause the tail, or go on", toggle);
  const { to } = question.value;
  return (
    <div class="tail">
      <p aria-live="off">
        {results.value
          ? `${count(results.value.matched)} ${results.value.matched === 1 ? "line" : "lines"}`
          : problem.value === undefined && "Searching…"}
      </p>
      {to === undefined && (
        <>
          {missed.value > 0 && <span class="muted">{count(missed.value)} have come since</span>}
          <button type="button" onClick={toggle}>
            {live.value ? "Pause" : "Go on"}
          </button>
        </>
      )}
    </div>
  );
}
