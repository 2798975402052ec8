import { scalingLimit, scalingReason } from "../../model/scaling-messages.ts";
import { clock, count, dollars, duration, percent } from "./format.ts";
import { costSoFar, nameOf, type ScenarioResult, summarize } from "./scenario-result.ts";
import type { Period } from "./simulation.ts";

/** Maximum number of rows in a timeline. */
const ROWS = 24;

/** Formats the results for the terminal. */
export function report(results: readonly ScenarioResult[]): string {
  const sections = results.map((result) =>
    [nameOf(result.service), timeline(result), decisions(result)].filter(Boolean).join("\n\n"),
  );
  return [...sections, comparison(results)].join("\n\n");
}

function timeline(result: ScenarioResult): string {
  const { periods } = result.simulation;
  const every = Math.ceil(periods.length / ROWS);
  const shown = periods.filter((_, index) => (index + 1) % every === 0 || index === periods.length - 1);
  const head = [
    "until",
    "req/s",
    "capacity",
    "alarm",
    "desired",
    "running",
    "CPU",
    "waiting",
    "p50",
    "p99",
    "failed",
    "cost",
  ];
  return table([head, ...shown.map((period) => row(period, result))]);
}

function row(period: Period, result: ScenarioResult): string[] {
  const { start, end, arrived, failed, capacity, desired, serving, cpu, waiting, p50, p99, alarms } = period;
  const perSecond = (requests: number) => count(requests / (end - start));
  return [
    clock(end),
    perSecond(arrived),
    count(capacity),
    alarms.out ? "out" : alarms.in ? "in" : "",
    count(desired),
    count(serving),
    percent(cpu),
    count(waiting),
    duration(p50),
    duration(p99),
    `${perSecond(failed)}/s`,
    dollars(costSoFar(period, result)),
  ];
}

function decisions({ service, simulation: { periods } }: ScenarioResult): string {
  const rows = periods
    .map(({ decision }) => decision)
    .filter((decision) => decision !== undefined)
    .filter((decision) => decision.to !== decision.from)
    .map((decision) => [
      clock(decision.time),
      `${decision.from} -> ${decision.to}`,
      [scalingReason(decision), scalingLimit(decision, service.tasks.max)].filter(Boolean).join(", "),
    ]);
  return rows.length === 0 ? "" : table([["at", "tasks", "because"], ...rows]);
}

function comparison(results: readonly ScenarioResult[]): string {
  const rows = results.map((result) => {
    const { failed, worstP99, mostTasks, taskHours, cost } = summarize(result);
    const { total } = result.simulation;
    return [
      nameOf(result.service),
      count(total.arrived),
      count(total.failed),
      percent(failed),
      duration(worstP99),
      count(mostTasks),
      count(taskHours),
      dollars(cost),
    ];
  });
  const head = ["scaling by", "requests", "failed", "", "worst p99", "most tasks", "task hours", "cost"];
  return table([head, ...rows]);
}

/** Aligns text columns left and number columns right. */
function table([head, ...rows]: readonly (readonly string[])[]): string {
  const all = [head as readonly string[], ...rows];
  const columns = (head ?? []).map((_, column) => all.map((row) => row[column] ?? ""));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const isText = columns.map((cells) => cells.slice(1).some((cell) => /^[A-Za-z]/.test(cell) || cell.length > 20));
  return all
    .map((row) =>
      row
        .map((cell, column) => (isText[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
