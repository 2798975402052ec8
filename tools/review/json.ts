import type { ReviewJson } from "./json-schema.ts";
import {
  type PlacedFinding,
  type ResourceReview,
  type Review,
  SEVERITIES,
  type StackReview,
  type Text,
} from "./model.ts";
import { ACTIONS, type Action } from "./subject.ts";
import { stringify, type Value } from "./values/value.ts";

/** Renders a value inside a text. */
type Print = (value: Value) => string;

/** A review for programs, complete even when the comment omits parts. */
export function json(review: Review, print: Print, cost?: unknown): ReviewJson {
  return {
    ...headOf(review),
    attention: review.attention.map((finding) => findingOf(finding, print)),
    stacks: review.stacks.map((one) => ({ ...stackOf(one), resources: one.resources.map(resourceOf) })),
    cost,
  };
}

/** The same as text, with a line for each finding and resource, so that a long review is never in memory as a whole. */
export function* jsonLines(review: Review, print: Print, cost?: unknown): Generator<string> {
  yield `${stringify(headOf(review)).slice(0, -1)},\n"attention":`;
  yield* list(review.attention.values().map((finding) => stringify(findingOf(finding, print))));
  yield `,\n"stacks":[`;
  for (const [index, one] of review.stacks.entries()) {
    yield `${index === 0 ? "" : ","}\n${stringify(stackOf(one)).slice(0, -1)},"resources":`;
    yield* list(one.resources.values().map((resource) => String(resource.line ?? lineOf(resource))));
    yield "}";
  }
  yield cost === undefined ? "]}\n" : `],\n"cost":${stringify(cost)}}\n`;
}

export function lineOf(resource: ResourceReview): string {
  return stringify(resourceOf(resource));
}

/** Joins some elements at a time: a write for each would be slow. */
function* list(elements: Iterable<string>): Generator<string> {
  const CHUNK = 1 << 16;
  let text = "[";
  let separator = "\n";
  for (const element of elements) {
    text += separator + element;
    separator = ",\n";
    if (text.length > CHUNK) {
      yield text;
      text = "";
    }
  }
  yield `${text}]`;
}

function headOf({ environment, base, attention }: Review) {
  return {
    format: 4 as const,
    environment,
    base,
    counts: tally(
      SEVERITIES,
      attention.map(({ severity }) => severity),
    ),
  };
}

function findingOf({ kind, severity, stack, name, address, text }: PlacedFinding, print: Print) {
  return { kind, severity, stack, name, address, text: plain(text, print) };
}

function stackOf({ resources, drift, outputs, mocked, outdated, invocations, deferred, ...rest }: StackReview) {
  return {
    ...rest,
    mocked: [...mocked],
    outdated: [...outdated],
    invocations: [...invocations],
    deferred: [...deferred],
    counts: countsOf(resources),
    drift: drift.map(resourceOf),
    outputs: [...outputs],
  };
}

function resourceOf(resource: ResourceReview) {
  const { name, address, type, action, movedFrom, importedAs, order, reason, severity } = resource;
  return {
    ...{ name, address, type, action, movedFrom, importedAs, order, reason },
    replacedBy: [...resource.replacedBy],
    severity,
    differences: [...resource.differences],
    knownAfterApply: [...resource.knownAfterApply],
  };
}

function countsOf(resources: readonly ResourceReview[]): Record<Action, number> {
  const counts = tally(
    ACTIONS,
    resources.map(({ action }) => action),
  );
  return { ...counts, import: resources.filter(({ importedAs }) => importedAs !== undefined).length };
}

function tally<T extends string>(all: readonly T[], found: readonly T[]): Record<T, number> {
  const counts = Object.fromEntries(all.map((one) => [one, 0])) as Record<T, number>;
  for (const one of found) {
    counts[one]++;
  }
  return counts;
}

function plain(text: Text, print: Print): string {
  return text
    .map((part) => (typeof part === "string" ? part : typeof part.shown === "string" ? part.shown : print(part.shown)))
    .join("");
}
