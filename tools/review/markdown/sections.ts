import { type Review, SEVERITIES, type Severity, type StackReview, type Text } from "../model.ts";
import { destroyCommand } from "../plan/plans.ts";
import type { Action } from "../subject.ts";
import { written } from "./changes.ts";
import type { Budget, Detail } from "./detail.ts";
import { cell, code } from "./escape.ts";
import { details, SIGNS } from "./markup.ts";
import { count } from "./resource-groups.ts";

/** Columns of the table; rarer actions are in the last one. */
const COLUMNS = ["create", "update", "replace", "destroy", "read"] as const satisfies readonly Action[];

/** Names listed before one sentence. */
const MAX_NAMES = 6;

export function heading({ environment, base, attention }: Review): string {
  const found = SEVERITIES.map((severity) => {
    const number = attention.filter((finding) => finding.severity === severity).length;
    return number === 0 ? "" : `${SIGNS[severity]} ${countOf(number, severity)}`;
  }).filter(Boolean);
  const lines = [
    `## Plan review: ${code(environment)}`,
    found.length === 0 ? "Nothing that needs attention." : `**${found.join(", ")}**`,
  ];
  if (base !== undefined) {
    lines.push(
      `This is a preview, planned against an emulator to which ${code(base)} was applied. It cannot know what only AWS knows: ` +
        "the deployed state, drift, quotas, names already in use, the content of data sources such as images and prefix lists, " +
        "and whether AWS accepts an argument.",
    );
  }
  return lines.join("\n\n");
}

export function table({ stacks }: Review, { rows }: Detail): string {
  const shown = stacks
    .filter((stack) => rows === "all" || stateOf(stack) !== "no change")
    .slice(0, rows === "all" ? stacks.length : rows);
  const hidden = stacks.length - shown.length;
  return [
    "### Stacks",
    "",
    `| stack | ${COLUMNS.join(" | ")} | |`,
    `| --- |${" ---: |".repeat(COLUMNS.length)} --- |`,
    ...shown.map((stack) => {
      const counts = COLUMNS.map((action) => count(stack, action) || "");
      return `| ${cell(stack.name)} | ${counts.join(" | ")} | ${stateOf(stack)} |`;
    }),
    ...(hidden > 0 ? [`| and ${hidden} more |${" |".repeat(COLUMNS.length + 1)}`] : []),
  ].join("\n");
}

/** The state of a stack beyond its counts. */
function stateOf(stack: StackReview): string {
  const { outcome, mocked, outdated, outputs, isComplete, invocations, deferred, drift } = stack;
  if (outcome === "failed") {
    return "🔴 **failed**";
  }
  if (outcome === "orphaned") {
    return `deployed, but not in the code: ${cell(destroyCommand(stack.name))}`;
  }
  const rare = (["forget", "import", "move"] as const).map((action) => [count(stack, action), action] as const);
  const isUnchanged = stack.resources.length + invocations.length + deferred.length === 0 && isComplete;
  const words = [
    ...rare.filter(([number]) => number > 0).map(([number, action]) => `${number} to ${action}`),
    ...(isUnchanged ? [outputs.length > 0 ? "only outputs change" : "no change"] : []),
    ...(isComplete ? [] : ["**partial plan**"]),
    ...(invocations.length > 0 ? [countOf(invocations.length, "action to invoke", "actions to invoke")] : []),
    ...(deferred.length > 0 ? [`${deferred.length} deferred`] : []),
    ...(mocked.length > 0 ? [`mock outputs of ${mocked.map(cell).join(", ")}, not applied yet`] : []),
    ...(outdated.length > 0 ? [`planned before ${outdated.map(cell).join(", ")} changes`] : []),
    ...(drift.length > 0 ? ["changed outside Terraform"] : []),
  ];
  return words.join("; ");
}

/** The findings of a severity with the same sentence. */
export interface Group {
  readonly severity: Severity;
  readonly names: readonly string[];
  readonly sentence: string;
}

/** All findings in groups, in their order. */
export function groupsOf({ attention }: Review): readonly Group[] {
  return SEVERITIES.flatMap((severity) => {
    const findings = attention.filter((finding) => finding.severity === severity);
    const groups = Map.groupBy(findings, ({ text }) => sentenceOf(text));
    return [...groups].map(([sentence, group]) => ({
      severity,
      names: [...new Set(group.map(({ name }) => name))],
      sentence,
    }));
  });
}

/** Findings by severity. */
export function attention(all: readonly Group[], { findings }: Detail, budget: Budget): string {
  const sections = SEVERITIES.map((severity) => {
    const groups = all.filter((group) => group.severity === severity);
    const shown = groups.slice(0, findings[severity]);
    const hidden = groups.slice(shown.length).reduce((sum, { names }) => sum + names.length, 0);
    return groups.length === 0
      ? ""
      : [
          `#### ${SIGNS[severity]} ${TITLES[severity]}`,
          "",
          ...shown.map(({ names, sentence }) => budget.spend(`- ${namesOf(names)}: ${sentence}`)),
          ...(hidden > 0 ? [`- and ${countOf(hidden, severity)} more`] : []),
        ].join("\n");
  });
  return ["### Attention", ...sections.filter(Boolean)].join("\n\n");
}

const TITLES: Readonly<Record<Severity, string>> = { danger: "Danger", caution: "Caution", note: "Note" };

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(code).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

function sentenceOf(text: Text): string {
  return text
    .map((part) => {
      if (typeof part === "string") {
        return part;
      }
      return code(typeof part.shown === "string" ? part.shown : written(part.shown));
    })
    .join("");
}

/** The cost of the environment as Markdown. */
export interface Cost {
  /** Begins with a summary paragraph. */
  readonly table: string;
  /** Empty without a price file. */
  readonly lines: string;
  /** False shows only the summary, with the rest collapsed. */
  readonly changes: boolean;
}

export function costs({ table, lines, changes }: Cost, { cost }: Detail): string {
  const [sum = "", ...rest] = table.split("\n\n");
  if (lines === "") {
    return ["### Cost", table].join("\n\n");
  }
  switch (cost) {
    case "none":
      return "";
    case "table":
      return ["### Cost", changes ? table : sum].join("\n\n");
    default:
      return changes
        ? ["### Cost", table, details("Line by line", [lines])].join("\n\n")
        : ["### Cost", sum, details("By service and line by line", [...rest, lines])].join("\n\n");
  }
}

function countOf(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
