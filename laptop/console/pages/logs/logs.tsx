import "./logs.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Page } from "../../browser/page.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { useShortcut } from "../../browser/shortcuts.ts";
import { count, counted } from "../../parts/format.ts";
import { QueryProblem } from "../../parts/query-problem.tsx";
import { Rows } from "../../parts/rows.tsx";
import { TimeRangeMenu } from "../../parts/time-range.tsx";
import { Histogram } from "./histogram.tsx";
import { Insights } from "./insights.tsx";
import { LevelMenu } from "./level-menu.tsx";
import { LogLineDetails, LogLineRow } from "./log-line.tsx";
import type { LogLine } from "./messages.ts";
import { criteria, live, loadOlder, missed, problem, results, startSearch } from "./results.ts";

export const logsPage: Page = {
  path: "/logs",
  title: "Logs",
  key: "l",
  icon: <path d="M2.5 3.5h11M2.5 6.5h7M2.5 9.5h11M2.5 12.5h5" />,
  channels: ["logs"],
  Content: LogsPage,
};

function LogsPage() {
  const insights = route.value.query.has("query");
  return (
    <>
      <header class="page-head">
        <h1>Logs</h1>
        <div class="modes" role="group" aria-label="Search mode">
          <a class="button" href="/logs" aria-current={insights ? undefined : "true"}>
            Search
          </a>
          <a class="button" href="/logs?query=" aria-current={insights ? "true" : undefined}>
            Logs Insights
          </a>
        </div>
      </header>
      {insights ? <Insights /> : <Search />}
    </>
  );
}

function Search() {
  useEffect(startSearch, []);
  const open = useSignal<LogLine | undefined>(undefined);
  const found = results.value;
  return (
    <>
      <SearchBar />
      {problem.value !== undefined && <QueryProblem query={criteria.value.search} error={problem.value} />}
      <section class="panel found" aria-label="Lines">
        {found && <Histogram results={found} criteria={criteria.value} />}
        <Tail />
        {found && found.lines.length === 0 ? (
          <p class="notice">No line matches. Remove a condition, or extend the time range.</p>
        ) : (
          <Rows
            label="Lines, newest first"
            items={found?.lines ?? []}
            keyOf={({ number }) => number}
            row={(line) => <LogLineRow line={line} />}
            open={open.value}
            details={(line) => <LogLineDetails line={line} />}
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
  const { search, level, minutes, from, to, healthChecks } = criteria.value;
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
      <LevelMenu level={level} />
      {from !== undefined && to !== undefined ? (
        <button type="button" onClick={() => changeQuery({ from: undefined, to: undefined })}>
          {new Date(from).toLocaleTimeString("en-GB")} – {new Date(to).toLocaleTimeString("en-GB")}
          <span aria-hidden="true"> ✕</span>
          <span class="visually-hidden">: show a longer time</span>
        </button>
      ) : (
        <TimeRangeMenu minutes={minutes} />
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
        Words in a line, and conditions on its fields: for example status&gt;=400, chaos=* for any value, or
        -program=monolith to exclude lines.
      </p>
    </search>
  );
}

function Tail() {
  const toggle = () => {
    live.value = !live.value;
  };
  useShortcut("p", "Pause or resume the tail", toggle);
  const { to } = criteria.value;
  return (
    <div class="tail">
      <p aria-live="off">
        {results.value ? counted(results.value.matched, "line") : problem.value === undefined && "Searching…"}
      </p>
      {to === undefined && (
        <>
          {missed.value > 0 && <span class="muted">{count(missed.value)} more since then</span>}
          <button type="button" onClick={toggle}>
            {live.value ? "Pause" : "Resume"}
          </button>
        </>
      )}
    </div>
  );
}
