/** Names that the search field accepts before a sign. */
const FIELD = /^[A-Za-z_@][\w@.-]*$/;

/** Values that need no quotes. One that begins with a digit could be taken for a number. */
const WORD = /^[A-Za-z_/][\w./:-]*$/;

/** Returns the log search for lines with this field value; undefined for a field name that the search cannot express. */
export function fieldSearch(name: string, value: string | number | boolean): string | undefined {
  const isQuoted = typeof value === "string" && !WORD.test(value);
  // A single at sign marks the fields that the log store adds.
  const field = name.startsWith("@") ? `@${name}` : name;
  return FIELD.test(name) ? `${field}=${isQuoted ? JSON.stringify(value) : value}` : undefined;
}

/** Returns the log search for lines that contain this text. */
export function textSearch(text: string): string {
  return /^[A-Za-z0-9][\w-]*$/.test(text) ? text : JSON.stringify(text);
}
