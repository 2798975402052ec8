import { replaceInBase64, textInBase64 } from "../values/base64.ts";
import { ExactNumber } from "../values/exact-number.ts";
import { type Fields, isFields, isList, type Value } from "../values/value.ts";
import { type OnHidden, withoutCredentials } from "./credentials.ts";
import { isArn } from "./names.ts";
import { MIN_LENGTH, SecretSearch } from "./search.ts";

/** Replacement for a hidden text. */
const HIDDEN = "(sensitive)";

/**
 * Sensitive values of the plans, for hiding their copies. Terraform marks a value where it is sensitive, but not its copies in
 * other stacks or in values that a provider returned. Copies of 8 characters and more are hidden in every value. They are not
 * hidden in addresses, types, and attribute names, nor when the secret itself is a name that the plans use: otherwise the
 * author of one sensitive value could make other findings unreadable.
 */
export class Secrets {
  readonly #texts = new Set<string>();
  readonly #names: string[] = [];
  #knownNames: ReadonlySet<string> | undefined;
  /** Words of the names. */
  #words: ReadonlySet<string> | undefined;
  #search: SecretSearch | undefined;

  /** Remembers a sensitive value and all strings and numbers in it. */
  readonly keep = (value: unknown): void => {
    if (typeof value === "string") {
      this.#keepText(value);
      this.keep(parsed(value));
    } else if (isNumber(value)) {
      this.#keepText(String(value));
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(this.keep);
    }
  };

  /** Remembers a name used in a plan: an address, a type, or an attribute. */
  readonly keepName = (name: string): void => {
    this.#names.push(name);
  };

  /** True if no value of the plans is sensitive. */
  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** A value without secrets and credentials. It is copied only where something is hidden. */
  hideIn(value: Value, found?: OnHidden): Value {
    if (typeof value === "string") {
      return this.hide(value, found);
    }
    if (isNumber(value)) {
      return this.isEmpty || this.hideCopies(String(value), found) === String(value) ? value : HIDDEN;
    }
    if (isList(value)) {
      const hidden = value.map((item) => this.hideIn(item, found));
      return hidden.some((item, index) => item !== value[index]) ? hidden : value;
    }
    return isFields(value) ? this.#hideInFields(value, found) : value;
  }

  #hideInFields(value: Fields, found?: OnHidden): Fields {
    const hidden = Object.entries(value).map(
      ([name, inner]) => [this.hideCopies(name, found), this.hideIn(inner, found)] as const,
    );
    const isChanged = hidden.some(([name, inner]) => !Object.hasOwn(value, name) || inner !== value[name]);
    return isChanged ? Object.fromEntries(hidden) : value;
  }

  /** The string without copies of secrets and without credentials. A script in Base64 is encoded again without them. */
  hide(text: string, found: OnHidden = () => {}): string {
    const script = textInBase64(text);
    if (script?.trimEnd().includes("\n") && this.hideCopies(text) !== HIDDEN) {
      const hidden = this.hide(script, found);
      return hidden === script ? this.hideCopies(text, found) : Buffer.from(hidden).toString("base64");
    }
    const decoded = replaceInBase64(text, (inner) => {
      if (this.hide(inner) === inner) {
        return undefined;
      }
      found(inner);
      return HIDDEN;
    });
    return withoutCredentials(this.hideCopies(decoded, found), HIDDEN, found);
  }

  /** The string without copies of secrets. */
  hideCopies(text: string, found?: OnHidden): string {
    this.#search ??= new SecretSearch(this.#texts.values().filter((secret) => !this.#isName(secret)));
    return this.#search.replace(text, HIDDEN, found);
  }

  /** True for names and ranges that are public in every plan, and for strings that consist only of words from names. */
  #isName(text: string): boolean {
    this.#knownNames ??= new Set(this.#names);
    this.#words ??= new Set([...this.#knownNames].flatMap((name) => name.split(/[^A-Za-z0-9]+/)));
    const words = this.#words;
    return (
      this.#knownNames.has(text) ||
      /^[\d.]+\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i.test(text) ||
      (/^[A-Za-z]+([^A-Za-z0-9\s]+[A-Za-z]+)*$/.test(text) && text.split(/[^A-Za-z]+/).every((word) => words.has(word)))
    );
  }

  /**
   * Remembers a string in every notation in which it may appear: as it is, in JSON as JavaScript or Go writes it, also
   * nested twice, and in others.
   */
  #keepText(text: string): void {
    const once = [inJson(text), inGoJson(text)];
    const encoded = text.length < MIN_LENGTH || isArn(text) ? [] : ENCODINGS.flatMap((encode) => encode(text));
    for (const form of [text, text.trim(), ...once, ...once.map(inJson), ...once.map(inGoJson), ...encoded]) {
      if (form.length >= MIN_LENGTH && !isArn(form) && !this.#texts.has(form)) {
        this.#texts.add(form);
        this.#search = undefined;
      }
    }
  }
}

function isNumber(value: unknown): value is number | bigint | ExactNumber {
  return typeof value === "number" || typeof value === "bigint" || value instanceof ExactNumber;
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder also escapes these characters: https://pkg.go.dev/encoding/json#Marshal */
function inGoJson(text: string): string {
  return inJson(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * As in a path, with and without the characters that JavaScript leaves as they are, and as Terraform's `urlencode` writes a
 * query.
 */
function inUrls(text: string): readonly string[] {
  if (!text.isWellFormed()) {
    return [];
  }
  const inScript = encodeURIComponent(text);
  // https://datatracker.ietf.org/doc/html/rfc3986#section-2.3
  const inPath = inScript.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return [inScript, inPath, inPath.replaceAll("%20", "+")];
}

/**
 * Alone, as Terraform's `base64encode` writes it, and inside longer text, such as a script. Base64 encodes three bytes at
 * once, so there are three forms, without the characters that also depend on the neighbors.
 */
function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 4) / 3)),
  );
  const forms = [bytes.toString("base64"), ...inside];
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

function inHex(text: string): readonly string[] {
  const hex = Buffer.from(text).toString("hex");
  return [hex, hex.toUpperCase()];
}

/** As in single quotes of YAML and of a shell, and in XML. */
function inQuotes(text: string): readonly string[] {
  const inXml = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [text.replaceAll("'", "''"), text.replaceAll("'", String.raw`'\''`), inXml, inXml.replaceAll('"', "&quot;")];
}

/** Lines of a key or another encoded text, which may be indented elsewhere. Lines with spaces may be of a common script. */
function encodedLines(text: string): readonly string[] {
  return text.includes("\n")
    ? text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => /^\S{32,}$/.test(line))
    : [];
}

const ENCODINGS = [inUrls, inBase64, inHex, inQuotes, encodedLines];

/** Secrets are often JSON objects with the actual secrets in them. */
function parsed(text: string): unknown {
  try {
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
