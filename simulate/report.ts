import { causeOf, hindranceOf } from "../specs/scaling-words.ts";
import { nameOf, type Outcome, summarize } from "./outcome.ts";
import type { Period } from "./simulation.ts";
import { clock, count, dollars, duration, percent } from "./words.ts";

/** Rows of a course, at most. */
const ROWS = 24;

/** What happened, for the terminal. */
export function report(outcomes: readonly Outcome[]): string {
  const sections = outcomes.map((outcome) =>
    [nameOf(outcome.service), course(outcome), decisions(outcome)].filter(Boolean).join("\n\n"),
  );
  return [...sections, comparison(outcomes)].join("\n\n");
}

function course({ simulation: { periods }, taskPrice }: Outcome): string {
  const every = Math.ceil(periods.length / ROWS);
  const shown = periods.filter((_, index) => (index + 1) % every === 0 || index === periods.length - 1);
  const head = [
    "until",
    "req/s",
    "could be",
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
  return table([head, ...shown.map((period) => row(period, taskPrice))]);
}

function row(period: Period, taskPrice: number | undefined): string[] {
  const { start, end, arrived, failed, capacity, desired, serving, cpu, waiting, p50, p99, alarms, taskSeconds } =
    period;
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
    dollars(taskPrice && (taskPrice * taskSeconds) / 3600),
  ];
}

function decisions({ service, simulation: { periods } }: Outcome): string {
  const told = periods
    .map(({ decision }) => decision)
    .filter((decision) => decision !== undefined)
    .filter((decision) => decision.to !== decision.from)
    .map((decision) => [
      clock(decision.time),
      `${decision.from} -> ${decision.to}`,
      [causeOf(decision), hindranceOf(decision, service.tasks.max)].filter(Boolean).join(", "),
    ]);
  return told.length === 0 ? "" : table([["at", "tasks", "because"], ...told]);
}

function comparison(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { failed, worstP99, mostTasks, taskHours, cost } = summarize(outcome);
    const { total } = outcome.simulation;
    return [
      nameOf(outcome.service),
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

/** Columns of words are set to the left, columns of figures to the right. */
function table([head, ...rows]: readonly (readonly string[])[]): string {
  const all = [head as readonly string[], ...rows];
  const columns = (head ?? []).map((_, column) => all.map((row) => row[column] ?? ""));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const words = columns.map((cells) => cells.slice(1).some((cell) => /^[A-Za-z]/.test(cell) || cell.length > 20));
  return all
    .map((row) =>
      row
        .map((cell, column) => (words[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
