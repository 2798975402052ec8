import { type Finding, SEVERITIES, type Severity, type Text } from "../attention/finding.ts";
import type { ResourceReview, Review, StackReview } from "../review.ts";
import { ACTIONS, type Action } from "../subject.ts";
import { changeLines, written } from "./changes.ts";
import { block, cell, code, htmlCode } from "./escape.ts";
import type { Detail } from "./fit.ts";

const SIGNS: Readonly<Record<Severity, string>> = { danger: "🔴", caution: "🟠", note: "🔵" };

/** Columns of the table; the others are rare enough for words. */
const COLUMNS = ["create", "update", "replace", "destroy", "read"] as const satisfies readonly Action[];

/** Names that stand before one sentence. */
const NAMED = 6;

/** Lines of an error: Terraform names its cause in the first few. */
const ERROR_LINES = 20;

export function heading({ environment, base, attention }: Review): string {
  const found = SEVERITIES.map((severity) =>
    countOf(attention.filter((finding) => finding.severity === severity).length, severity),
  );
  const lines = [
    `## Plan review: ${code(environment)}`,
    found.some((words) => words !== "") ? `**${found.filter(Boolean).join(", ")}**` : "Nothing that needs attention.",
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
  if (outcome !== "planned") {
    return outcome === "failed" ? "🔴 **failed**" : "🟠 **not planned**";
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
  readonly table: string;
  readonly lines: string;
}

export function costs({ table, lines }: Cost, { cost }: Detail): string {
  if (cost === "none") {
    return "";
  }
  return ["### Cost", table, ...(cost === "whole" ? [details("Line by line", [lines])] : [])].join("\n\n");
}

/** One collapsed section for each stack with something to show. */
export function stacks({ stacks }: Review, detail: Detail): string {
  const sections = stacks.map((stack) => (detail.stacks ? section(stack, detail) : "")).filter(Boolean);
  return sections.length === 0 ? "" : ["### Changes", ...sections].join("\n\n");
}

function section(stack: StackReview, detail: Detail): string {
  const { name, error, resources, drift, outputs } = stack;
  const parts = [
    ...(error === undefined ? [] : [block(error.trim().split("\n").slice(0, ERROR_LINES), "")]),
    ...listing(resources, detail),
    ...(drift.length === 0 ? [] : ["**Changed outside the code**", ...listing(drift, detail)]),
    ...(outputs.length === 0 || !detail.outputs
      ? []
      : [
          "**Outputs**",
          block(changeLines({ differences: outputs, replacedBy: [], knownAfterApply: [] }, detail.values), "diff"),
        ]),
  ];
  const worst = SEVERITIES.find((severity) =>
    [...resources, ...drift].some((resource) => resource.severity === severity),
  );
  const sign = error === undefined ? (worst === undefined ? "" : `${SIGNS[worst]} `) : `${SIGNS.danger} `;
  return parts.length === 0 ? "" : details(`${sign}${htmlCode(name)} ${summary(stack)}`, parts);
}

function summary(stack: StackReview): string {
  if (stack.outcome !== "planned") {
    return stack.outcome === "failed" ? "failed" : "not planned";
  }
  const words = ACTIONS.map((action) => [count(stack, action), action] as const)
    .filter(([number]) => number > 0)
    .map(([number, action]) => `${number} to ${action}`);
  return words.join(", ");
}

/** Resources with what changes in them; those of which only the name is shown stand together at the end. */
function listing(resources: readonly ResourceReview[], { shows, values, names }: Detail): readonly string[] {
  const whole = resources.filter((resource) => shows(resource));
  const brief = resources.filter((resource) => !shows(resource));
  return [
    ...alike(whole, values).map(({ titles, lines }) => `${titles.join("\\\n")}\n\n${block(lines, "diff")}`),
    ...(brief.length === 0 ? [] : [names ? brief.map((resource) => `- ${title(resource)}`).join("\n") : byType(brief)]),
  ];
}

const NOTHING = "  nothing that can be seen: only how a value is written, or what AWS computes";

/** Neighbours in which the same changes, such as all items of a table, share one block. */
function alike(
  resources: readonly ResourceReview[],
  limit: number,
): readonly { titles: string[]; lines: readonly string[] }[] {
  const groups: { titles: string[]; lines: readonly string[] }[] = [];
  for (const resource of resources) {
    const found = changeLines(resource, limit);
    const lines = found.length === 0 ? [NOTHING] : found;
    const last = groups.at(-1);
    if (last !== undefined && last.lines.join("\n") === lines.join("\n")) {
      last.titles.push(title(resource));
    } else {
      groups.push({ titles: [title(resource)], lines });
    }
  }
  return groups;
}

function title({ severity, action, name, address, movedFrom }: ResourceReview): string {
  const sign = severity === undefined ? "" : `${SIGNS[severity]} `;
  const moved = movedFrom === undefined ? "" : `, until now ${code(movedFrom)}`;
  return `${sign}**${action}** ${code(name)}${name === address ? "" : ` · ${code(address)}`}${moved}`;
}

function byType(resources: readonly ResourceReview[]): string {
  const counts = new Map<string, number>();
  for (const { action, type } of resources) {
    const key = `${action} ${code(type)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, number]) => `- ${key} × ${number}`).join("\n");
}

function details(summary: string, parts: readonly string[]): string {
  return [`<details><summary>${summary}</summary>`, ...parts, "</details>"].join("\n\n");
}

function count({ resources }: StackReview, action: Action): number {
  return resources.filter((resource) => resource.action === action).length;
}

function countOf(number: number, what: Severity): string {
  return number === 0 ? "" : `${number} ${number === 1 ? what : `${what}s`}`;
}
