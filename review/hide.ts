import type { Finding } from "./attention/finding.ts";
import type { Difference } from "./differences.ts";
import type { ResourceReview, Review, StackReview } from "./review.ts";
import type { Secrets } from "./secrets.ts";

/** A review in which no text holds a copy of a secret, whoever wrote it. */
export function withoutSecrets(review: Review, secrets: Secrets): Review {
  return {
    ...review,
    stacks: review.stacks.map(stack),
    attention: review.attention.map(finding),
  };

  function stack(one: StackReview): StackReview {
    return {
      ...one,
      error: one.error && secrets.hide(one.error),
      resources: one.resources.map(resource),
      drift: one.drift.map(resource),
      outputs: one.outputs.map(difference),
    };
  }

  function resource(one: ResourceReview): ResourceReview {
    return {
      ...one,
      name: secrets.hide(one.name),
      address: secrets.hide(one.address),
      movedFrom: one.movedFrom && secrets.hide(one.movedFrom),
      replacedBy: one.replacedBy.map((attribute) => secrets.hide(attribute)),
      differences: one.differences.map(difference),
      knownAfterApply: one.knownAfterApply.map((attribute) => secrets.hide(attribute)),
    };
  }

  function difference({ path, before, after }: Difference): Difference {
    return {
      path: secrets.hide(path),
      before: before === undefined ? undefined : secrets.hideIn(before),
      after: after === undefined ? undefined : secrets.hideIn(after),
    };
  }

  function finding(one: Finding): Finding {
    return {
      ...one,
      name: secrets.hide(one.name),
      address: one.address && secrets.hide(one.address),
      text: one.text.map((part) => (typeof part === "string" ? part : { shown: secrets.hideIn(part.shown) })),
    };
  }
}
