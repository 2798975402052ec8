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
                <Cell key={columns[column]} column={columns[column] ?? ""} value={value} />
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

interface CellProps {
  readonly column: string;
  readonly value: string | number | null;
}

function Cell({ column, value }: CellProps) {
  if (column === "@timestamp") {
    return <td>{new Date(String(value)).toLocaleTimeString("en-GB")}</td>;
  }
  // IDs are long, and a widget is narrow: their first characters tell them apart.
  if (typeof value === "string" && column.endsWith("Id")) {
    return (
      <td class="id mono" title={value}>
        {column === "traceId" ? <a href={`/traces?${new URLSearchParams({ id: value })}`}>{value}</a> : value}
      </td>
    );
  }
  return <td class={typeof value === "number" ? "number" : undefined}>{value}</td>;
}
