import { SEVERITIES } from "../attention/finding.ts";
import type { ResourceReview, Review, StackReview } from "../review.ts";
import { ACTIONS } from "../subject.ts";
import { changeLines } from "./changes.ts";
import { block, code, htmlCode } from "./escape.ts";
import type { Detail } from "./fit.ts";
import { count, details, SIGNS } from "./parts.ts";

/** Lines of an error: Terraform names its cause in the first few. */
const ERROR_LINES = 20;

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
    ...(drift.length === 0 ? [] : ["**Changed outside the code**", ...listing(drift.map(outside), detail)]),
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
  if (stack.outcome === "failed") {
    return "failed";
  }
  const words = ACTIONS.map((action) => [count(stack, action), action] as const)
    .filter(([number]) => number > 0)
    .map(([number, action]) => `${number} to ${action}`);
  const rest = stack.outputs.length > 0 ? "only outputs change" : "changed outside the code";
  return words.length > 0 ? words.join(", ") : rest;
}

/** What happened outside is past. */
function outside(resource: ResourceReview): Titled {
  return { ...resource, verb: resource.action === "destroy" ? "deleted" : "changed" };
}

/** A resource under a heading that says what happens to it. */
type Titled = ResourceReview & { readonly verb?: string };

/** Resources with what changes in them; those of which only the name is shown stand together at the end. */
function listing(resources: readonly Titled[], { shows, values, names }: Detail): readonly string[] {
  const isWhole = (resource: Titled) =>
    shows(resource) && (resource.verb === undefined || resource.differences.length > 0);
  const whole = resources.filter(isWhole);
  const brief = resources.filter((resource) => !isWhole(resource));
  return [
    ...alike(whole, values).map(({ titles, lines }) => `${titles.join("\\\n")}\n\n${block(lines, "diff")}`),
    ...(brief.length === 0 ? [] : [names ? brief.map((resource) => `- ${title(resource)}`).join("\n") : byType(brief)]),
  ];
}

const NOTHING = "  nothing that can be seen: only how a value is written, or what AWS computes";

/** Neighbours in which the same changes, such as all items of a table, share one block. */
function alike(resources: readonly Titled[], limit: number): readonly { titles: string[]; lines: readonly string[] }[] {
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

function title({ severity, action, verb = action, name, address, movedFrom }: Titled): string {
  const sign = severity === undefined ? "" : `${SIGNS[severity]} `;
  const moved = movedFrom === undefined ? "" : `, until now ${code(movedFrom)}`;
  return `${sign}**${verb}** ${code(name)}${name === address ? "" : ` · ${code(address)}`}${moved}`;
}

function byType(resources: readonly ResourceReview[]): string {
  const counts = new Map<string, number>();
  for (const { action, type } of resources) {
    const key = `${action} ${code(type)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, number]) => `- ${key} × ${number}`).join("\n");
}
