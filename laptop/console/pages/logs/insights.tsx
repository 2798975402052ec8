import { useEffect, useState } from "preact/hooks";
import { FUNCTIONS } from "../../../telemetry/insights/functions.ts";
import { AGGREGATES, ALIASES, COMMANDS, IP_FUNCTIONS, UNSUPPORTED } from "../../../telemetry/insights/language.ts";
import { call } from "../../browser/call.ts";
import { changeQuery, route } from "../../browser/router.ts";
import { choice, count, counted, list } from "../../parts/format.ts";
import { QueryProblem } from "../../parts/query-problem.tsx";
import type { LogTable, SavedLogQuery } from "./messages.ts";

/** Rows shown. */
const MAX_ROWS = 500;

const MINUTES = 60;

/** CloudWatch Logs Insights: the saved queries of the monitoring stack, and any others. */
export function Insights() {
  const [saved, setSaved] = useState<readonly SavedLogQuery[]>([]);
  const [table, setTable] = useState<LogTable>();
  const [problem, setProblem] = useState<{ readonly query: string; readonly error: unknown }>();
  const name = route.value.query.get("query") ?? "";
  const selected = name === "" ? saved[0] : saved.find((each) => each.name === name);
  const unknown = saved.length > 0 && selected === undefined;
  const query = route.value.query.get("text") ?? selected?.text ?? "";

  useEffect(() => {
    call("GET /api/logs/saved", {}).then(setSaved, (error) => setProblem({ query: "", error }));
  }, []);

  const run = async (automatic = false) => {
    setProblem(undefined);
    try {
      const from = Date.now() - MINUTES * 60_000;
      setTable(
        await call("GET /api/logs/insights", { query, programs: selected?.programs.join(","), automatic, from }),
      );
    } catch (error) {
      setTable(undefined);
      setProblem({ query, error });
    }
  };
  useEffect(() => {
    if (selected) {
      // Without a query in the address, the page runs the first one on its own.
      run(name === "");
    } else {
      setTable(undefined);
    }
  }, [selected]);

  return (
    <>
      <form
        class="panel insights"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <label>
          Saved query{" "}
          <select
            value={selected?.name ?? ""}
            onChange={({ currentTarget }) => changeQuery({ query: currentTarget.value, text: undefined })}
          >
            {unknown && <option value="">none</option>}
            {saved.map(({ name, title }) => (
              <option key={name} value={name}>
                {name} ({title})
              </option>
            ))}
          </select>
        </label>
        <textarea
          class="mono"
          aria-label="Query"
          rows={6}
          spellcheck={false}
          value={query}
          onInput={({ currentTarget }) => changeQuery({ query: selected?.name ?? name, text: currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              run();
            }
          }}
        />
        <p>
          <button type="submit" class="primary">
            Run query
          </button>{" "}
          <span class="muted">
            the last hour of {selected ? list(selected.programs) : "all programs"}; or press <kbd>Ctrl</kbd>{" "}
            <kbd>Enter</kbd>
          </span>
        </p>
        <Language />
      </form>
      {unknown && (
        <p class="problem" role="alert">
          No saved query is called {name}: expected {choice(saved.map((each) => each.name))}.
        </p>
      )}
      {problem && <QueryProblem {...problem} />}
      {table && <ResultTable table={table} />}
    </>
  );
}

const FUNCTION_NAMES = [
  ...["bin", "datefloor", "dateceil", "now", "if", "case", "jsonparse", "jsonstringify"],
  ...Object.keys({ ...FUNCTIONS, ...IP_FUNCTIONS }),
];

/** Lists the supported part of the query language. */
function Language() {
  return (
    <details class="muted">
      <summary>Query language</summary>
      <p>Commands: {COMMANDS.join(", ")}.</p>
      <p>Aggregates of stats: {[...AGGREGATES, ...Object.keys(ALIASES)].join(", ")}.</p>
      <p>Functions: {FUNCTION_NAMES.join(", ")}.</p>
      <p>
        Not supported, and rejected by name: the commands {UNSUPPORTED.commands.join(", ")}; the aggregates{" "}
        {UNSUPPORTED.aggregates.join(", ")}; the fields {UNSUPPORTED.fields.join(", ")}; all other functions, such as
        formatDate; a map or list as a value; parse with csv, xml, or multi; offset; subqueries; null; times in like, in
        functions of strings, and in sum, avg, and pct; periods of weeks and longer; and limits above 10,000.
      </p>
    </details>
  );
}

function ResultTable({ table: { columns, rows, matched, cut } }: { readonly table: LogTable }) {
  const shown = rows.slice(0, MAX_ROWS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard
    <section class="panel result" aria-label="Result" tabIndex={0}>
      <p class="muted">
        {counted(matched, "line")} {matched === 1 ? "matches" : "match"}; {cut && "more than "}
        {counted(rows.length, "row")}
        {rows.length > shown.length && `, ${count(shown.length)} shown`}
      </p>
      {rows.length === 0 ? (
        <p class="notice">No line matches.</p>
      ) : (
        <table>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={column} scope="col" class={typeof rows[0]?.[index] === "number" ? "number" : undefined}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {row.map((value, column) => (
                  <td key={columns[column]} class={typeof value === "number" ? "number" : "mono"}>
                    <Cell column={columns[column] ?? ""} value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Cell({ column, value }: { readonly column: string; readonly value: string | number | null }) {
  if (column === "traceId" && typeof value === "string") {
    return <a href={`/traces?${new URLSearchParams({ id: value })}`}>{value}</a>;
  }
  return <>{typeof value === "number" ? figure(value) : (value ?? "–")}</>;
}

/** Four decimals, or four significant digits below 1. */
function figure(value: number): string {
  return value.toLocaleString(
    "en-US",
    Math.abs(value) < 1 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 4 },
  );
}
