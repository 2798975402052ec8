// Blocks of a buildspec of CodeBuild with the names of secrets and parameters, by the variables that get their values.
// Source: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html

const STORE = "(?:secrets-manager|parameter-store)";
const ANY_STORE = new RegExp(STORE);
const WHOLE = new RegExp(`^${STORE}$`);

/** True for the name of such a block. */
export function isStore(name: string): boolean {
  return WHOLE.test(name);
}

/** True for positions inside of such a block of a text in YAML. The blocks are looked up when first needed. */
export function storesIn(text: string): (position: number) => boolean {
  let stores: readonly Range[] | undefined;
  return (position) => {
    stores ??= ANY_STORE.test(text) ? blocksOf(text) : [];
    return stores.some(({ start, end }) => start <= position && position < end);
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function blocksOf(text: string): readonly Range[] {
  return rangesOf(ENVIRONMENT, text).flatMap(({ start, end }) =>
    rangesOf(STORES, text.slice(start, end)).map((block) => ({ start: start + block.start, end: start + block.end })),
  );
}

function rangesOf(block: RegExp, text: string): readonly Range[] {
  return [...text.matchAll(block)].map(({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

const ENVIRONMENT = blockOf("env");
const STORES = blockOf(STORE);

/** A key at the start of a line, and the indented lines below it. */
function blockOf(key: string): RegExp {
  return new RegExp(String.raw`^([ \t]*)["']?${key}["']?:[ \t]*\r?\n(?:\1[ \t]+.*(?:\n|$)|[ \t]*\r?\n)*`, "gm");
}
