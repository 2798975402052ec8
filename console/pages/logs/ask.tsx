import { useEffect, useState } from "preact/hooks";
import { call } from "../../call.ts";
import type { LogTable, SavedLogQuery } from "../../messages/logs.ts";
import { count, digits } from "../../parts/format.ts";
import { Misunderstood } from "../../parts/misunderstood.tsx";
import { changeQuery, place } from "../../route.ts";

/** Rows that are shown; whoever has more asks more precisely. */
const MOST_ROWS = 500;

const MINUTES = 60;

/** Questions in the language of CloudWatch Logs Insights: those that the monitoring stack saves, and one's own. */
export function Ask() {
  const [saved, setSaved] = useState<readonly SavedLogQuery[]>([]);
  const [table, setTable] = useState<LogTable>();
  const [problem, setProblem] = useState<{ readonly question: string; readonly error: unknown }>();
  const name = place.value.query.get("ask") ?? "";
  const chosen = saved.find((query) => query.name === name) ?? saved[0];
  const question = place.value.query.get("question") ?? chosen?.text ?? "";

  useEffect(() => {
    call("GET /api/logs/saved", {}).then(setSaved, (error) => setProblem({ question: "", error }));
  }, []);

  const ask = async () => {
    setProblem(undefined);
    try {
      const from = Date.now() - MINUTES * 60_000;
      setTable(await call("GET /api/logs/ask", { question, programs: chosen?.programs.join(","), from }));
    } catch (error) {
      setTable(undefined);
      setProblem({ question, error });
    }
  };
  useEffect(() => {
    if (chosen) {
      ask();
    }
  }, [chosen]);

  return (
    <>
      <form
        class="panel ask"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label>
          Saved query{" "}
          <select
            value={chosen?.name}
            onChange={({ currentTarget }) => changeQuery({ ask: currentTarget.value, question: undefined })}
          >
            {saved.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <textarea
          class="mono"
          aria-label="Question"
          rows={6}
          spellcheck={false}
          value={question}
          onInput={({ currentTarget }) => changeQuery({ ask: chosen?.name, question: currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              ask();
            }
          }}
        />
        <p>
          <button type="submit" class="primary">
            Ask
          </button>{" "}
          <span class="muted">
            the last hour of {chosen?.programs.join(" and ")}, or press <kbd>Ctrl</kbd> <kbd>Enter</kbd>
          </span>
        </p>
      </form>
      {problem && <Misunderstood {...problem} />}
      {table && <Answer table={table} />}
    </>
  );
}

function Answer({ table: { columns, rows, matched, cut } }: { readonly table: LogTable }) {
  const shown = rows.slice(0, MOST_ROWS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keys
    <section class="panel answer" aria-label="Answer" tabIndex={0}>
      <p class="muted">
        {count(matched)} lines fit{cut && ", of the newest that were looked at"}; {count(rows.length)}{" "}
        {rows.length === 1 ? "row" : "rows"}
        {rows.length > shown.length && `, of which ${count(shown.length)} are here`}
      </p>
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
    </section>
  );
}

function Cell({ column, value }: { readonly column: string; readonly value: string | number | null }) {
  if (column === "traceId" && typeof value === "string") {
    return <a href={`/traces?id=${value}`}>{value}</a>;
  }
  return <>{typeof value === "number" ? digits(value) : (value ?? "–")}</>;
}
