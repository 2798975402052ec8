import { call } from "../../browser/call.ts";
import { counted } from "../../parts/format.ts";
import { usePolling } from "../../parts/polling.ts";
import type { LogTable } from "../logs/messages.ts";
import type { LogQuery } from "./messages.ts";

/** Milliseconds between two requests. A query reads many lines. */
const INTERVAL = 30_000;

export function LogWidget({ query, seconds }: { readonly query: LogQuery; readonly seconds: number }) {
  const { title, text, programs } = query;
  const { response, problem } = usePolling(
    INTERVAL,
    (signal) => {
      const from = Date.now() - seconds * 1000;
      return call("GET /api/logs/insights", { query: text, programs: programs.join(), automatic: true, from }, signal);
    },
    [text, seconds],
  );

  return (
    <>
      <h3>{title}</h3>
      {problem && <p class="problem">{problem}</p>}
      {response?.rows.length === 0 && <p class="notice">No line matches.</p>}
      {response && response.rows.length > 0 && <Rows title={title} table={response} />}
    </>
  );
}

function Rows({ title, table: { columns, rows, matched, cut } }: { readonly title: string; readonly table: LogTable }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls with the keyboard
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
                  {format(value, columns[column] ?? "")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        {counted(matched, "line")}
        {cut && ", the newest"}
      </p>
    </section>
  );
}

function format(value: string | number | null | undefined, column: string): string {
  return column === "@timestamp" ? new Date(String(value)).toLocaleTimeString("en-GB") : String(value ?? "");
}
