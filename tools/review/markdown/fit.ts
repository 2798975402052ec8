import type { Review, Severity } from "../model.ts";
import { Budget, type Detail, TooLong } from "./detail.ts";
import { attention, type Cost, costs, type Group, groupsOf, heading, table } from "./sections.ts";
import { stacks } from "./stacks.ts";

/**
 * Maximum length in bytes. GitHub's limit for a comment is 65,536 characters; the rest is for the list of omitted parts and for
 * what a workflow adds. Counting bytes errs on the safe side.
 */
export const LIMIT = 65_000;

/** Maximum length in bytes of the list of omitted parts. */
const LIST_LENGTH = 1_000;

const WHOLE: Detail = {
  values: 300,
  lines: 1000,
  shows: ({ action }) => action !== "read",
  outputs: true,
  names: true,
  stacks: true,
  findings: { danger: 1000, caution: 1000, note: 1000 },
  cost: "whole",
  rows: "all",
};

interface Cut {
  /** Description of the omitted part. */
  readonly says: string;
  readonly cut: (detail: Detail) => Detail;
}

/** Parts to omit, one after the other until the rest fits: the least important ones first. */
export const CUTS: readonly Cut[] = [
  { says: "the parts of values beyond 80 characters", cut: (detail) => ({ ...detail, values: 80 }) },
  { says: "the cost line by line", cut: (detail) => ({ ...detail, cost: "table" }) },
  { says: "the lines beyond 60 of a resource's changes", cut: (detail) => ({ ...detail, lines: 60 }) },
  { says: "outputs", cut: (detail) => ({ ...detail, outputs: false }) },
  { says: "the lines beyond 20 of a resource's changes", cut: (detail) => ({ ...detail, lines: 20 }) },
  {
    says: "the attributes of created resources",
    cut: hide(({ action, severity }) => action === "create" && severity === undefined),
  },
  {
    says: "the attributes of destroyed resources",
    cut: hide(({ action, severity }) => action === "destroy" && severity === undefined),
  },
  { says: "the lines beyond 5 of a resource's changes", cut: (detail) => ({ ...detail, lines: 5 }) },
  { says: "the changes of resources without findings", cut: hide(({ severity }) => severity === undefined) },
  { says: "the names of resources whose changes are not shown", cut: (detail) => ({ ...detail, names: false }) },
  { says: "the changes of resources with notes", cut: hide(({ severity }) => severity === "note") },
  { says: "the changes of resources with cautions", cut: hide(({ severity }) => severity === "caution") },
  { says: "the changes of resources with dangers", cut: hide(() => true) },
  { says: "the changes by stack", cut: (detail) => ({ ...detail, stacks: false }) },
  ...[100, 10].flatMap((number) =>
    (["note", "caution"] as const).map(
      (severity): Cut => ({ says: `all but ${number} ${severity}s`, cut: keep(severity, number) }),
    ),
  ),
  { says: "the cost", cut: (detail) => ({ ...detail, cost: "none" }) },
  { says: "stacks without changes, and all but 40 with changes", cut: (detail) => ({ ...detail, rows: 40 }) },
  ...[100, 50, 25, 10].map((number): Cut => ({ says: `all but ${number} dangers`, cut: keep("danger", number) })),
];

/** A review as a comment of at most `limit` bytes. The last line lists what it omits. */
export function markdown(review: Review, cost?: Cost, limit = LIMIT): string {
  const page = { review, heading: heading(review), groups: groupsOf(review), cost, limit };
  const renderWith = (cuts: readonly Cut[], omitted: readonly string[] = []) =>
    render(
      { ...page, omitted },
      cuts.reduce((detail, { cut }) => cut(detail), WHOLE),
    );
  const cuts = CUTS.slice(
    0,
    fewestCuts((number) => renderWith(CUTS.slice(0, number)) !== undefined),
  );
  const text = renderWith(cuts);
  if (text === undefined) {
    throw new Error(`the review does not fit into ${limit} bytes even without everything that can be omitted`);
  }
  // A cut that changes nothing here is not worth mentioning.
  const effective = cuts.filter((cut) => renderWith(cuts.filter((other) => other !== cut)) !== text);
  return (
    renderWith(
      cuts,
      effective.map(({ says }) => says),
    ) ?? text
  );
}

/** Binary search: every further cut makes the text shorter. */
function fewestCuts(fits: (number: number) => boolean): number {
  let [low, high] = [0, CUTS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

interface Page {
  readonly review: Review;
  readonly heading: string;
  readonly groups: readonly Group[];
  readonly cost: Cost | undefined;
  readonly omitted: readonly string[];
  /** Maximum length in bytes. */
  readonly limit: number;
}

/** Returns undefined when the text is too long. */
function render({ review, heading, groups, cost, omitted, limit }: Page, detail: Detail): string | undefined {
  const space = limit - LIST_LENGTH;
  const budget = new Budget(space);
  try {
    const sections = [
      heading,
      groups.length === 0 ? "" : attention(groups, detail, budget),
      table(review, detail),
      cost === undefined ? "" : costs(cost, detail),
      stacks(review, detail, budget),
      omitted.length === 0
        ? ""
        : `Omitted, because GitHub limits comments to 65,536 characters: ${omitted.join("; ")}. The JSON file of this review is complete.`,
    ];
    const text = `${sections.filter(Boolean).join("\n\n")}\n`;
    return Buffer.byteLength(text) <= (omitted.length === 0 ? space : limit) ? text : undefined;
  } catch (error) {
    if (error instanceof TooLong) {
      return undefined;
    }
    throw error;
  }
}

function hide(which: Detail["shows"]): Cut["cut"] {
  return (detail) => ({ ...detail, shows: (resource) => detail.shows(resource) && !which(resource) });
}

function keep(severity: Severity, number: number): Cut["cut"] {
  return (detail) => ({ ...detail, findings: { ...detail.findings, [severity]: number } });
}
