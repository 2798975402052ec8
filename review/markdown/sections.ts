import { type Finding, SEVERITIES, type Severity, type Text } from "../attention/finding.ts";
import { removalOf } from "../plans.ts";
import type { Review, StackReview } from "../review.ts";
import type { Action } from "../subject.ts";
import { written } from "./changes.ts";
import { cell, code } from "./escape.ts";
import type { Detail } from "./fit.ts";
import { count, details, SIGNS } from "./parts.ts";

/** Columns of the table; the others are rare enough for words. */
const COLUMNS = ["create", "update", "replace", "destroy", "read"] as const satisfies readonly Action[];

/** Names that stand before one sentence. */
const NAMED = 6;

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
      `This is a preview: planned against an emulator that has ${code(base)} applied. What only AWS knows is not in it: ` +
        "what is really applied, changes outside the code, quotas, names that are taken, what data sources such as images " +
        "and prefix lists hold, and whether an argument is accepted.",
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

/** What the numbers of a stack do not say. */
function stateOf(stack: StackReview): string {
  const { outcome, provisional, outdated, outputs } = stack;
  if (outcome === "failed") {
    return "🔴 **failed**";
  }
  if (outcome === "left-behind") {
    return `applied, but not in the code: ${cell(removalOf(stack.name))}`;
  }
  const rare = (["forget", "import", "move"] as const).map((action) => [count(stack, action), action] as const);
  const words = [
    ...rare.filter(([number]) => number > 0).map(([number, action]) => `${number} to ${action}`),
    ...(stack.resources.length === 0 ? [outputs.length > 0 ? "only outputs change" : "no change"] : []),
    ...(provisional.length > 0 ? [`provisional: ${provisional.map(cell).join(", ")} not applied yet`] : []),
    ...(outdated.length > 0 ? [`planned before ${outdated.map(cell).join(", ")} changes`] : []),
    ...(stack.drift.length > 0 ? ["changed outside the code"] : []),
  ];
  return words.join("; ");
}

/** What to look at, sorted into severities; those of one sentence stand together. */
export function attention({ attention }: Review, { findings }: Detail): string {
  const sections = SEVERITIES.map((severity) => {
    const groups = grouped(attention.filter((finding) => finding.severity === severity));
    const shown = groups.slice(0, findings[severity]);
    const hidden = groups.slice(shown.length).reduce((sum, { names }) => sum + names.length, 0);
    return groups.length === 0
      ? ""
      : [
          `#### ${SIGNS[severity]} ${TITLES[severity]}`,
          "",
          ...shown.map(({ names, sentence }) => `- ${namesOf(names)}: ${sentence}`),
          ...(hidden > 0 ? [`- and ${countOf(hidden, severity)} more`] : []),
        ].join("\n");
  });
  return ["### Attention", ...sections.filter(Boolean)].join("\n\n");
}

const TITLES: Readonly<Record<Severity, string>> = { danger: "Danger", caution: "Caution", note: "Good to know" };

function grouped(findings: readonly Finding[]): readonly { names: readonly string[]; sentence: string }[] {
  const groups = new Map<string, Set<string>>();
  for (const { name, text } of findings) {
    const sentence = sentenceOf(text);
    groups.set(sentence, (groups.get(sentence) ?? new Set()).add(name));
  }
  return [...groups].map(([sentence, names]) => ({ sentence, names: [...names] }));
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map(code).join(", ");
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
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

/** What the environment costs, in Markdown of its own making. */
export interface Cost {
  /** Begins with a paragraph that sums up. */
  readonly table: string;
  readonly lines: string;
  /** Whether any of it changes; else the sum is enough at first sight. */
  readonly changes: boolean;
}

export function costs({ table, lines, changes }: Cost, { cost }: Detail): string {
  const [sum = "", ...rest] = table.split("\n\n");
  switch (cost) {
    case "none":
      return "";
    case "table":
      return ["### Cost", changes ? table : sum].join("\n\n");
    default:
      return changes
        ? ["### Cost", table, details("Line by line", [lines])].join("\n\n")
        : ["### Cost", sum, details("By service, and line by line", [...rest, lines])].join("\n\n");
  }
}

function countOf(number: number, what: Severity): string {
  return number === 0 ? "" : `${number} ${number === 1 ? what : `${what}s`}`;
}
