// Minimal SVG writer: elements as strings, with all content escaped.

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeText(typeof value === "number" ? String(round(value)) : String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

export function text(x: number, y: number, words: string, kind = "", anchor?: "middle" | "end"): string {
  return element("text", { x, y, class: kind || undefined, "text-anchor": anchor }, escapeText(words));
}

export function escapeText(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Rounds to a tenth of a pixel, which is below what is visible. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
