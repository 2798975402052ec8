import { isArn } from "./credentials.ts";
import { isFields, isList, type Value } from "./value.ts";

/** Shorter values are as likely to be a word, a number or a switch, and blanking those would garble everything. */
const SHORTEST = 8;

/** What stands where a copy of a secret stood. */
const HIDDEN = "(sensitive)";

/**
 * Secrets of the plans at hand. Terraform marks a value where it is sensitive, but a copy of it may stand where nothing is
 * marked: in another stack, or in what a provider answered. Copies of 8 characters and more are found wherever they stand.
 */
export class Secrets {
  readonly #texts = new Set<string>();
  #pattern: RegExp | undefined;

  /** Takes in a value that nobody may see, with all the strings in it. */
  readonly keep = (value: unknown): void => {
    if (typeof value === "string") {
      this.#keepText(value);
      this.keep(parsed(value));
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(this.keep);
    }
  };

  /** A value without copies of secrets. */
  hideIn(value: Value): Value {
    if (typeof value === "string") {
      return this.hide(value);
    }
    if (isList(value)) {
      return value.map((item) => this.hideIn(item));
    }
    return isFields(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [this.hide(name), this.hideIn(inner)]))
      : value;
  }

  /** A text without copies of secrets. */
  hide(text: string): string {
    if (this.#texts.size === 0) {
      return text;
    }
    // Longest first: a secret may be the beginning of another.
    this.#pattern ??= new RegExp([...this.#texts].sort(byLength).map(RegExp.escape).join("|"), "g");
    return text.replace(this.#pattern, HIDDEN);
  }

  /** As it is, and as it looks inside of JSON. */
  #keepText(text: string): void {
    for (const form of [text, JSON.stringify(text).slice(1, -1)]) {
      if (form.length >= SHORTEST && !isArn(form)) {
        this.#texts.add(form);
        this.#pattern = undefined;
      }
    }
  }
}

/** A secret is often JSON with the actual secrets in it. */
function parsed(text: string): unknown {
  try {
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function byLength(one: string, other: string): number {
  return other.length - one.length;
}
