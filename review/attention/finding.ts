import type { Subject } from "../subject.ts";
import type { Value } from "../value.ts";

/** Most dangerous first. A danger takes away data, traffic or protection, or lets somebody in. */
export const SEVERITIES = ["danger", "caution", "note"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** What a finding is about, in the order in which findings of one severity are told. */
export const KINDS = [
  "unplanned",
  "loss",
  "public",
  "network",
  "access",
  "protection",
  "traffic",
  "left-behind",
  "drift",
  "release",
] as const;

export type Kind = (typeof KINDS)[number];

/** Plain words and values in turn, starting with words. Values come from plans, so whoever shows them escapes them. */
export type Text = readonly (string | Shown)[];

/** A value inside a text. */
export interface Shown {
  readonly shown: Value;
}

/** What a rule says of a resource. */
export interface Judgement {
  readonly severity: Severity;
  /** What happens and why it matters, in sentences without the resource's name. */
  readonly text: Text;
}

export interface Finding extends Judgement {
  readonly kind: Kind;
  readonly stack: string;
  readonly name: string;
  /** Terraform's address; undefined for what concerns a whole stack. */
  readonly address: string | undefined;
}

/** Looks at one resource of a stack's plan, and around it. */
export type Rule = (subject: Subject, others: readonly Subject[]) => readonly Judgement[];

/** Writes a text: words stay words, and what is put in is a value. */
export function text(words: TemplateStringsArray, ...values: readonly Value[]): Text {
  return words.flatMap((word, index) => (index < values.length ? [word, { shown: values[index] as Value }] : [word]));
}

const NAMED = 4;

/** The first few of some values, and how many more there are. */
export function list(values: readonly string[]): Text {
  const named = values.slice(0, NAMED).flatMap((value, index) => [index === 0 ? "" : ", ", { shown: value }]);
  return values.length > NAMED ? [...named, ` and ${values.length - NAMED} more`] : named;
}
