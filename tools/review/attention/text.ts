import type { Shown, Text } from "../model.ts";
import type { Value } from "../values/value.ts";

/** Builds text from a template literal: each interpolation becomes a value. */
export function text(words: TemplateStringsArray, ...values: readonly Value[]): Text {
  const parts: (string | Shown)[] = [];
  for (let index = 0; index < values.length; index++) {
    parts.push(words[index] as string, { shown: values[index] as Value });
  }
  parts.push(words[values.length] as string);
  return parts;
}

const MAX_LISTED = 4;

/** The first few values, followed by the number of remaining ones. */
export function list(values: readonly string[]): Text {
  const listed = values.slice(0, MAX_LISTED).flatMap((value, index) => [index === 0 ? "" : ", ", { shown: value }]);
  return values.length > MAX_LISTED ? [...listed, ` and ${values.length - MAX_LISTED} more`] : listed;
}

/** Lowercases the first letter of a sentence that continues another one. */
export function lowerFirst(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
