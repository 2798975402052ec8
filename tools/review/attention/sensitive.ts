import { isDeepStrictEqual } from "node:util";
import type { Finding, Kind, Text } from "../model.ts";
import type { Subject } from "../subject.ts";
import { type BeforeAndAfter, changedAttributes, isFields, Secret } from "../values/value.ts";

// A mark as sensitive hides a value, but must not hide a danger: a policy is as dangerous when Terraform does not show it.

export type Found = readonly [Kind, Finding];

/**
 * The findings about a resource whose sensitive values rules may read. Findings that depend on a sensitive value do not show
 * any value. `found` are those without sensitive values.
 */
export function sensitiveFindings(
  subject: Subject,
  found: readonly Found[],
  evaluate: (revealed: Subject) => readonly Found[],
): readonly Found[] {
  const { revealed } = subject;
  if (revealed === undefined) {
    return found;
  }
  const isIndependent = (finding: Found) => found.some((other) => isDeepStrictEqual(other, finding));
  const { configured } = subject;
  const changed = changedAttributes(revealed);
  return evaluate({ ...subject, ...revealed, changed, revealed: undefined, configured, release: () => {} }).map(
    (finding): Found => {
      const [kind, { severity, text }] = finding;
      return isIndependent(finding) ? finding : [kind, { severity, text: withoutValues(text, subject.type, revealed) }];
    },
  );
}

/** Only the type and the names of attributes stay. */
function withoutValues(text: Text, type: string, revealed: BeforeAndAfter): Text {
  const sides = [revealed.before, revealed.after].filter(isFields);
  const isName = (word: unknown) =>
    typeof word === "string" &&
    (word === type || sides.some((side) => Object.hasOwn(side, word.replace(/\..*$/s, "")) && /^[\w.]+$/.test(word)));
  return text.map((part) =>
    typeof part === "string" || isName(part.shown) ? part : { shown: new Secret(part.shown) },
  );
}
