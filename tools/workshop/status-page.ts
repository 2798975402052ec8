import { relative } from "node:path";
import type { StackRecord } from "./record.ts";
import type { EnvironmentStatus } from "./status.ts";

/** Formats the status of a workshop: a row per environment, then the errors. */
export function statusPage(environments: readonly EnvironmentStatus[]): string {
  const rows = environments.map(({ name, stacks, deployed, lab = "" }) => [name, `${deployed} of ${stacks}`, lab]);
  const errors = environments.flatMap(({ name, incomplete, log }) => {
    const stacksOf = Object.entries(incomplete);
    return stacksOf.length === 0
      ? []
      : [
          "",
          ...stacksOf.flatMap(([stack, record]) => problem(`${name}/${stack}`, record)),
          `  log: ${relative("", log)}`,
        ];
  });
  return [...aligned([["environment", "stacks", "last lab step seen"], ...rows]), ...errors].join("\n");
}

function problem(stack: string, { outcome, at, error }: StackRecord): string[] {
  const time = at.slice(0, "2026-11-29T02:15".length).replace("T", " ");
  return [
    outcome === "started"
      ? `${stack}: started at ${time} UTC and not ended, unless its command was killed`
      : `${stack}: ${outcome} at ${time} UTC`,
    ...(error?.split("\n").map((line) => `  ${line}`) ?? []),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
