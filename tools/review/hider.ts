import type { Difference, PlacedFinding, Shown } from "./model.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { equal } from "./values/value.ts";

/**
 * Removes copies of secrets from values, errors, and other text. Addresses, types, and attribute names stay as they are;
 * see `secrets.ts`. All secrets must be known before.
 */
export class Hider {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  readonly text = (text: string): string => this.#secrets.hide(text);

  readonly difference = ({ path, before, after, mark }: Difference): Difference => {
    const was = new Set<string>();
    const is = new Set<string>();
    const hidden = {
      path: this.path(path),
      before: before === undefined ? undefined : this.#secrets.hideIn(before, (secret) => was.add(secret)),
      after: after === undefined ? undefined : this.#secrets.hideIn(after, (secret) => is.add(secret)),
      ...(mark && { mark }),
    };
    const looksSame = equal(hidden.before, hidden.after) && !equal(before, after);
    const hasOther = !was.isSubsetOf(is) && !is.isSubsetOf(was);
    return looksSame || hasOther ? { ...hidden, sensitiveChanges: true } : hidden;
  };

  readonly finding = (finding: PlacedFinding): PlacedFinding => {
    const text = finding.text.map((part) => (typeof part === "string" ? part : this.#shown(part)));
    return text.every((part, index) => part === finding.text[index]) ? finding : { ...finding, text };
  };

  #shown(part: Shown): Shown {
    const shown = this.#secrets.hideIn(part.shown);
    return shown === part.shown ? part : { shown };
  }

  /** Map keys and names of list elements are values; steps in snake case are attribute names. */
  readonly path = (path: string): string =>
    this.#secrets.isEmpty
      ? path
      : path.replace(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[\w-]+/g, (step, position: number) =>
          position === 0 || /^[a-z]+(_[a-z0-9]+)*$/.test(step) ? step : this.#secrets.hideCopies(step),
        );
}
