const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Content of a quoted text, with the escapes of JSON, because the console builds its links with `JSON.stringify`. */
export function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code?: string, character = "") =>
      code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
    );
}
