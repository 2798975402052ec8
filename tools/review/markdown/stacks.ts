import { type ResourceReview, type Review, SEVERITIES, type StackReview } from "../model.ts";
import { ACTIONS } from "../subject.ts";
import { changeLines } from "./changes.ts";
import type { Budget, Detail } from "./detail.ts";
import { block, code, htmlCode } from "./escape.ts";
import { details, SIGNS } from "./markup.ts";
import { count, type ResourceGroup, resourceGroupsOf } from "./resource-groups.ts";

/** Lines of an error: Terraform names its cause in the first few. */
const ERROR_LINES = 20;

/** A collapsed section for each stack with changes or an error. */
export function stacks({ stacks }: Review, detail: Detail, budget: Budget): string {
  const sections = stacks.map((stack) => (detail.stacks ? section(stack, detail, budget) : "")).filter(Boolean);
  return sections.length === 0 ? "" : ["### Changes", ...sections].join("\n\n");
}

function section(stack: StackReview, detail: Detail, budget: Budget): string {
  const { name, error, resources, drift, outputs } = stack;
  const parts = [
    ...(error === undefined ? [] : [block(error.trim().split("\n").slice(0, ERROR_LINES), "")]),
    ...listing(resources, planned, detail, budget),
    ...(drift.length === 0 ? [] : ["**Changed outside Terraform**", ...listing(drift, outside, detail, budget)]),
    ...(outputs.length === 0 || !detail.outputs
      ? []
      : [
          "**Outputs**",
          block(changeLines({ differences: outputs, replacedBy: [], knownAfterApply: [] }, detail), "diff"),
        ]),
  ];
  const worst = SEVERITIES.find((severity) =>
    [...resourceGroupsOf(resources), ...resourceGroupsOf(drift)].some((group) => group.severity === severity),
  );
  const sign = error === undefined ? (worst === undefined ? "" : `${SIGNS[worst]} `) : `${SIGNS.danger} `;
  return parts.length === 0 ? "" : details(`${sign}${htmlCode(name)} ${summary(stack)}`, parts);
}

function summary(stack: StackReview): string {
  if (stack.outcome === "failed") {
    return "failed";
  }
  const words = ACTIONS.map((action) => [count(stack, action), action] as const)
    .filter(([number]) => number > 0)
    .map(([number, action]) => `${number} to ${action}`);
  const rest = stack.outputs.length > 0 ? "only outputs change" : "changed outside Terraform";
  return words.length > 0 ? words.join(", ") : rest;
}

/** The verb of a resource's title. Changes outside Terraform are in the past. */
type VerbOf = (resource: ResourceReview) => string;

const planned: VerbOf = ({ action }) => action;

const outside: VerbOf = ({ action }) => (action === "destroy" ? "deleted" : "changed");

/** Resources with their changes, followed by those of which only the name is shown. */
function listing(
  resources: readonly ResourceReview[],
  verbOf: VerbOf,
  detail: Detail,
  budget: Budget,
): readonly string[] {
  const groups = resourceGroupsOf(resources);
  const shown = groups.filter(detail.shows).flatMap((group) => group.resources);
  const hidden = groups.filter((group) => !detail.shows(group));
  if (verbOf === planned) {
    return [...blocks(shown, verbOf, detail, budget), ...brief(hidden, verbOf, detail, budget)];
  }
  const isDifferent = ({ differences }: ResourceReview) => differences.length > 0;
  const same = shown.filter((resource) => !isDifferent(resource));
  return [
    ...blocks(shown.filter(isDifferent), verbOf, detail, budget),
    ...brief([...resourceGroupsOf(same), ...hidden], verbOf, detail, budget),
  ];
}

/** A block for each resource; neighbors with the same changes, such as the items of a table, share one. */
function blocks(
  resources: readonly ResourceReview[],
  verbOf: VerbOf,
  detail: Detail,
  budget: Budget,
): readonly string[] {
  // Titles first: they may not fit, and changes take longer to find.
  const headings = resources.map((resource) => budget.spend(title(resource, verbOf)));
  const groups: { titles: string[]; text: string }[] = [];
  for (const [index, resource] of resources.entries()) {
    const lines = changeLines(resource, detail);
    const text = block(lines.length === 0 ? [withoutDifference(resource)] : lines, "diff");
    const heading = headings[index] as string;
    const last = groups.at(-1);
    if (last?.text === text) {
      last.titles.push(heading);
    } else {
      groups.push({ titles: [heading], text: budget.spend(text) });
    }
  }
  return groups.map(({ titles, text }) => `${titles.join("\\\n")}\n\n${text}`);
}

/** The names of resources without their changes, or only their number by type. */
function brief(groups: readonly ResourceGroup[], verbOf: VerbOf, detail: Detail, budget: Budget): readonly string[] {
  if (groups.length === 0) {
    return [];
  }
  return detail.names
    ? [
        groups
          .flatMap((group) => group.resources)
          .map((resource) => budget.spend(`- ${title(resource, verbOf)}\n`))
          .join("")
          .trimEnd(),
      ]
    : [byType(groups)];
}

/** The explanation for a resource without visible differences. */
function withoutDifference({ action, movedFrom }: ResourceReview): string {
  switch (action) {
    case "import":
      return "  nothing changes in AWS: Terraform starts to manage the existing object";
    case "move":
      return "  nothing changes in AWS: only the address changes";
    case "forget":
      return "  nothing changes in AWS: Terraform stops managing the object";
    case "update":
      return "  no visible difference: only the notation of a value or attributes computed by AWS change";
    case "replace":
      return "  no argument changes";
    default:
      return movedFrom === undefined ? "  no attributes" : "  only the address changes";
  }
}

function title(resource: ResourceReview, verbOf: VerbOf): string {
  const { severity, name, address, movedFrom, importedAs, order, reason } = resource;
  const sign = severity === undefined ? "" : `${SIGNS[severity]} `;
  const notes = [...(order === undefined ? [] : [order]), ...(reason === undefined ? [] : [`because ${reason}`])];
  return [
    `${sign}**${verbOf(resource)}** ${code(name)}`,
    name === address ? "" : ` · ${code(address)}`,
    movedFrom === undefined ? "" : `, moved from ${code(movedFrom)}`,
    importedAs === undefined ? "" : `, imported from ${code(importedAs)}`,
    notes.length === 0 ? "" : ` (${notes.join("; ")})`,
  ].join("");
}

function byType(groups: readonly ResourceGroup[]): string {
  const counts = new Map<string, number>();
  for (const { action, types } of groups) {
    for (const [type, number] of types) {
      const key = `${action} ${code(type)}`;
      counts.set(key, (counts.get(key) ?? 0) + number);
    }
  }
  return [...counts].map(([key, number]) => `- ${key} × ${number}`).join("\n");
}
