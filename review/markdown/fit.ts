import type { Severity } from "../attention/finding.ts";
import type { ResourceReview, Review } from "../review.ts";
import { attention, type Cost, costs, heading, table } from "./sections.ts";
import { stacks } from "./stacks.ts";

/** How much of a review is told. */
export interface Detail {
  /** Longest value, in characters. */
  readonly values: number;
  /** Whether what changes inside of a resource is shown, and not only its name. */
  readonly shows: (resource: ResourceReview) => boolean;
  readonly outputs: boolean;
  /** Whether resources without more are named, and not only counted. */
  readonly names: boolean;
  readonly stacks: boolean;
  /** Findings of each severity, those of one sentence counted as one. */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly cost: "whole" | "table" | "none";
  /** Rows of the table: all, or so many of the stacks that change. */
  readonly rows: "all" | number;
}

/** GitHub takes 65,536 characters in a comment; the rest is for what a workflow adds. Counted in bytes, so never too few. */
export const LIMIT = 65_000;

const WHOLE: Detail = {
  values: 300,
  shows: ({ action }) => action !== "read",
  outputs: true,
  names: true,
  stacks: true,
  findings: { danger: 1000, caution: 1000, note: 1000 },
  cost: "whole",
  rows: "all",
};

interface Cut {
  /** What is missing after it. */
  readonly says: string;
  readonly cut: (detail: Detail) => Detail;
}

/** What is left out, one after the other, until the rest fits: first what can be looked up, last what is dangerous. */
export const CUTS: readonly Cut[] = [
  { says: "values beyond 80 characters", cut: (detail) => ({ ...detail, values: 80 }) },
  { says: "the cost line by line", cut: (detail) => ({ ...detail, cost: "table" }) },
  { says: "outputs", cut: (detail) => ({ ...detail, outputs: false }) },
  {
    says: "what is in created resources",
    cut: hide(({ action, severity }) => action === "create" && severity === undefined),
  },
  {
    says: "what is in destroyed resources",
    cut: hide(({ action, severity }) => action === "destroy" && severity === undefined),
  },
  { says: "what changes in resources that need no attention", cut: hide(({ severity }) => severity === undefined) },
  { says: "names of resources without more", cut: (detail) => ({ ...detail, names: false }) },
  { says: "what changes in resources that are good to know of", cut: hide(({ severity }) => severity === "note") },
  { says: "what changes in resources to be cautious about", cut: hide(({ severity }) => severity === "caution") },
  { says: "what changes in dangerous resources", cut: hide(() => true) },
  { says: "changes stack by stack", cut: (detail) => ({ ...detail, stacks: false }) },
  { says: "all but 10 notes", cut: keep("note", 10) },
  { says: "all but 10 cautions", cut: keep("caution", 10) },
  { says: "the cost", cut: (detail) => ({ ...detail, cost: "none" }) },
  { says: "stacks that do not change, and all but 40 of those that do", cut: (detail) => ({ ...detail, rows: 40 }) },
  ...[100, 50, 25, 10].map((number): Cut => ({ says: `all but ${number} dangers`, cut: keep("danger", number) })),
];

/** A review as a comment of at most `LIMIT` bytes. Says at its end what it leaves out. */
export function markdown(review: Review, cost?: Cost): string {
  let detail = WHOLE;
  let text = render(review, cost, detail, []);
  const cut: string[] = [];
  for (const { says, cut: apply } of CUTS) {
    if (fits(text)) {
      break;
    }
    detail = apply(detail);
    const less = render(review, cost, detail, [...cut, says]);
    if (less.length < text.length) {
      text = less;
      cut.push(says);
    }
  }
  if (!fits(text)) {
    throw new Error(`the review does not fit into ${LIMIT} bytes even without all that can be left out`);
  }
  return text;
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= LIMIT;
}

function render(review: Review, cost: Cost | undefined, detail: Detail, cut: readonly string[]): string {
  const sections = [
    heading(review),
    review.attention.length === 0 ? "" : attention(review, detail),
    table(review, detail),
    cost === undefined ? "" : costs(cost, detail),
    stacks(review, detail),
    cut.length === 0
      ? ""
      : `Left out, because GitHub's comments end at 65,536 characters: ${cut.join("; ")}. The JSON beside this review has it all.`,
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function hide(which: (resource: ResourceReview) => boolean): Cut["cut"] {
  return (detail) => ({ ...detail, shows: (resource) => detail.shows(resource) && !which(resource) });
}

function keep(severity: Severity, number: number): Cut["cut"] {
  return (detail) => ({ ...detail, findings: { ...detail.findings, [severity]: number } });
}
