import { differences } from "./differences.ts";
import type { Difference } from "./model.ts";
import type { PlanPart } from "./plan/part.ts";
import { isSecretSetting } from "./secrets/names.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { hasSensitive, sidesOf } from "./sides.ts";
import { stepTo } from "./values/path.ts";
import { type BeforeAndAfter, equal } from "./values/value.ts";

type OutputPart = Extract<PlanPart, { kind: "output" }>;

/** Changes of an output. Unlike an argument, an output counts even if its value is empty. */
export function outputDifferences(part: OutputPart, secrets: Secrets): readonly Difference[] {
  const { name, change } = part;
  const { before, after } = outputSides(part, secrets);
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ path: stepTo("", name), before, after }];
  }
  const found = differences({ before: { [name]: before }, after: { [name]: after } });
  // An update without a difference is one of the notation or of the mark as sensitive.
  const isUnseen = found.length === 0 && (change.actions.includes("update") || !equal(before, after));
  return isUnseen ? [{ path: stepTo("", name), before, after }] : found;
}

/** An output whose name says that it is a secret is hidden like a marked one, but only where it is. */
function outputSides({ name, change }: OutputPart, secrets: Secrets): BeforeAndAfter {
  const isNamed = !hasSensitive(change) && [change.before, change.after].some((value) => isSecretSetting(name, value));
  return isNamed
    ? sidesOf({ ...change, before_sensitive: true, after_sensitive: true }, () => {})
    : sidesOf(change, keepOf(name, secrets));
}

/** cdktf marks every output that another stack reads as sensitive, so the mark says nothing about copies of the value. */
function keepOf(output: string, { keep }: Secrets): Secrets["keep"] {
  return output.startsWith("cross-stack-output-") ? () => {} : keep;
}
