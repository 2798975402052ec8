import { call } from "../../call.ts";
import type { LogQuestion } from "../../messages/dashboard.ts";
import type { LogTable } from "../../messages/logs.ts";
import { count } from "../../parts/format.ts";
import { useRepeated } from "../../parts/repeated.ts";

/** Milliseconds: a query reads many lines. */
const EVERY = 30_000;

export function LogWidget({ query, seconds }: { readonly query: LogQuestion; readonly seconds: number }) {
  const { title, text, programs } = query;
  const { answer, problem } = useRepeated(
    EVERY,
    (signal) => {
      const from = Date.now() - seconds * 1000;
      return call("GET /api/logs/ask", { question: text, programs: programs.join(), byItself: true, from }, signal);
    },
    [text, seconds],
  );

  return (
    <>
      <h3>{title}</h3>
      {problem && <p class="problem">{problem}</p>}
      {answer?.rows.length === 0 && <p class="notice">No line says so.</p>}
      {answer && answer.rows.length > 0 && <Rows title={title} answer={answer} />}
    </>
  );
}

function Rows({
  title,
  answer: { columns, rows, matched, cut },
}: {
  readonly title: string;
  readonly answer: LogTable;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keys
    <section class="scrolled" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={columns[column]} class={typeof value === "number" ? "number" : undefined}>
                  {shownAs(value, columns[column] ?? "")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        of {count(matched)} lines{cut && ", the newest that are looked at"}
      </p>
    </section>
  );
}

function shownAs(value: string | number | null | undefined, column: string): string {
  return column === "@timestamp" ? new Date(String(value)).toLocaleTimeString("en-GB") : String(value ?? "");
}
