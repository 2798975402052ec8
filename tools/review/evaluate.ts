import { text } from "./attention/text.ts";
import { attributeOf, differences, withMarks } from "./differences.ts";
import { type Attached, type Drift, evaluateDrift } from "./drift.ts";
import { contextOf, findingsOf } from "./findings.ts";
import type { Gathered } from "./gather.ts";
import type { Hider } from "./hider.ts";
import {
  type Difference,
  type Finding,
  type PlacedFinding,
  type ResourceReview,
  SEVERITIES,
  type Severity,
  type StackReview,
} from "./model.ts";
import { compare, worstFirst } from "./order.ts";
import { destroyCommand } from "./plan/plans.ts";
import type { StackPlan } from "./plan/plans-index.ts";
import type { Subject } from "./subject.ts";
import { unread } from "./unread.ts";
import { UNKNOWN } from "./values/value.ts";

/** The JSON of a resource, which is written while its values are in memory. */
export type LineOf = (resource: ResourceReview) => string;

/** The review of a stack and its findings, without secrets. */
export function evaluate(
  gathered: Gathered,
  attached: Attached,
  hider: Hider,
  lineOf: LineOf | undefined,
): { review: StackReview; findings: readonly PlacedFinding[] } {
  const { stack, subjects, unchanged, outputs, summary, invocations } = gathered;
  const { deferred, deferredUnchanged, deferredInvocations } = gathered;
  const kept = new Kept();
  const reviewOf = (subject: Subject, found: readonly Finding[], changes?: readonly Difference[]) =>
    reviewed({ subject, changes, severity: worstOf(found), hider, lineOf, kept });
  const context = contextOf(subjects, unchanged);
  const planned: PlacedFinding[] = [];
  const resources = subjects.map((subject) => {
    const found = findingsOf(subject, context).map(hider.finding);
    planned.push(...found);
    return reviewOf(subject, found);
  });
  const later = deferred.length === 0 ? [] : laterFindings(gathered).map(hider.finding);
  const outside: PlacedFinding[] = [];
  const drift = driftIn(gathered, attached).map(({ subject, drift }) => {
    const { stack, name, address } = subject;
    const place = { kind: "drift" as const, stack, name, address };
    outside.push(...drift.findings.map((finding) => hider.finding({ ...place, ...finding })));
    return reviewOf(subject, drift.findings, drift.differences);
  });
  return {
    findings: [...unplanned(stack), ...unread(gathered).map(hider.finding), ...planned, ...later, ...outside],
    review: {
      name: stack.name,
      outcome: stack.outcome,
      error: stack.outcome === "failed" ? hider.text(stack.error) : undefined,
      mocked: stack.outcome === "planned" ? stack.mocked : [],
      outdated: stack.outcome === "planned" ? stack.outdated : [],
      isComplete: summary.isComplete && !summary.isErrored,
      invocations: invocations.map(({ address }) => address).sort(compare),
      deferred: [
        ...deferred.map(({ subject }) => subject.address),
        ...deferredUnchanged,
        ...deferredInvocations.map(({ invocation }) => invocation.address),
      ].sort(compare),
      resources: resources.sort(worstFirst),
      drift: drift.sort(worstFirst),
      outputs: outputs.toSorted((one, other) => compare(one.path, other.path)).map(hider.difference),
    },
  };
}

/** The finding for a stack without a plan. */
function unplanned(stack: StackPlan): readonly PlacedFinding[] {
  const place = { stack: stack.name, name: stack.name, address: undefined };
  switch (stack.outcome) {
    case "planned":
      return [];
    case "failed":
      return [
        {
          kind: "unplanned",
          severity: "danger",
          ...place,
          text: text`Planning failed, so the effect on this stack is unknown.`,
        },
      ];
    case "orphaned":
      return [{ kind: "orphaned-stack", ...place, ...orphaned(stack) }];
  }
}

function orphaned({ name, resources, onDemand }: Extract<StackPlan, { outcome: "orphaned" }>): Finding {
  const size = resources === 1 ? "1 resource" : `${resources} resources`;
  const end = [{ shown: destroyCommand(name) }, "."];
  return onDemand
    ? { severity: "note", text: [`Deployed on demand and still running: ${size} that may cost money until `, ...end] }
    : { severity: "caution", text: [`Deployed, but not in the code: ${size} that may cost money until `, ...end] };
}

/** Findings about deferred changes, as far as their values are known. */
function laterFindings({ subjects, deferred, unchanged }: Gathered): readonly PlacedFinding[] {
  const expected = deferred.map(({ subject }) => subject);
  const context = contextOf([...subjects, ...expected], unchanged);
  return expected.flatMap((subject) => {
    const found = findingsOf(subject, context);
    subject.release();
    return found.map((finding) => ({ ...finding, text: ["In a later plan: ", ...finding.text] }));
  });
}

function driftIn({ subjects, isRefreshOnly, drifted }: Gathered, attached: Attached) {
  if (drifted.length === 0) {
    return [];
  }
  const planned = new Map(subjects.map((subject) => [subject.address, subject]));
  return drifted.flatMap((subject): { subject: Subject; drift: Drift }[] => {
    const drift = evaluateDrift(subject, isRefreshOnly ? "refresh only" : planned.get(subject.address), attached);
    return drift === undefined ? [] : [{ subject, drift }];
  });
}

function worstOf(findings: readonly Finding[]): Severity | undefined {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity));
}

interface Evaluated {
  readonly subject: Subject;
  /** Differences other than those between both sides of the subject. */
  readonly changes: readonly Difference[] | undefined;
  readonly severity: Severity | undefined;
  readonly hider: Hider;
  readonly lineOf: LineOf | undefined;
  readonly kept: Kept;
}

/** The review of a resource. Its line is written while its values are in memory. */
function reviewed({ subject, changes, severity, hider, lineOf, kept }: Evaluated): ResourceReview {
  const resource = new ReviewedResource(subject, changes, severity, hider);
  // Outside of the heap, whose garbage collector would copy and search it.
  resource.line = lineOf && Buffer.from(lineOf(resource));
  if (!kept.takes(resource)) {
    resource.release();
  }
  return resource;
}

/** Bytes of the lines whose resources keep their differences, which takes a few megabytes. */
const KEPT = 1 << 21;

/** Chooses resources whose differences stay in memory until the comment is written: it shows the most dangerous ones. */
class Kept {
  #left = KEPT;

  takes({ severity, line }: ResourceReview): boolean {
    if (severity !== "danger" || line === undefined || line.length > this.#left) {
      return false;
    }
    this.#left -= line.length;
    return true;
  }
}

type Details = Pick<ResourceReview, "differences" | "knownAfterApply">;

/** The review of a resource. Its differences are found when they are read, because a comment shows only some of them. */
class ReviewedResource implements ResourceReview {
  readonly severity: Severity | undefined;
  line: Buffer | undefined;
  readonly #subject: Subject;
  readonly #changes: readonly Difference[] | undefined;
  readonly #hider: Hider;
  #details: Details | undefined;

  constructor(
    subject: Subject,
    changes: readonly Difference[] | undefined,
    severity: Severity | undefined,
    hider: Hider,
  ) {
    this.#subject = subject;
    this.#changes = changes;
    this.severity = severity;
    this.#hider = hider;
  }

  get name(): string {
    return this.#subject.name;
  }

  get address(): string {
    return this.#subject.address;
  }

  get type(): string {
    return this.#subject.type;
  }

  get action(): Subject["action"] {
    return this.#subject.action;
  }

  get movedFrom(): string | undefined {
    return this.#subject.movedFrom;
  }

  get importedAs(): string | undefined {
    const { importedAs } = this.#subject;
    return importedAs && this.#hider.text(importedAs);
  }

  get order(): Subject["order"] {
    return this.#subject.order;
  }

  get reason(): string | undefined {
    return this.#subject.reason;
  }

  get replacedBy(): readonly string[] {
    return this.#subject.replacedBy.map(this.#hider.path);
  }

  get differences(): readonly Difference[] {
    return this.#found.differences;
  }

  get knownAfterApply(): readonly string[] {
    return this.#found.knownAfterApply;
  }

  /** Forgets the differences and the values until they are needed again. */
  release(): void {
    this.#details = undefined;
    this.#subject.release();
  }

  get #found(): Details {
    this.#details ??= this.#find();
    return this.#details;
  }

  #find(): Details {
    const { action, configured } = this.#subject;
    const shown: Difference[] = [];
    const computed: string[] = [];
    for (const difference of this.#changes ?? withMarks(differences(this.#subject), this.#subject)) {
      const { path, before, after } = difference;
      const isSet = configured.attributes.includes(attributeOf(difference));
      if (after === UNKNOWN && path !== "" && (before === undefined || !isSet)) {
        computed.push(path);
      } else if (action !== "replace" || after !== null || isSet) {
        // A replacement resets unset attributes to the defaults of AWS.
        shown.push(this.#hider.difference(difference));
      }
    }
    return { differences: shown, knownAfterApply: computed };
  }
}
