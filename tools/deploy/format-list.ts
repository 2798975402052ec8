const LIST = new Intl.ListFormat("en");

/** Names as a list in a sentence, such as `network, platform, and services`. */
export function formatList(names: readonly string[]): string {
  return LIST.format(names);
}
