const LIST = new Intl.ListFormat("en");

/** Names as a list in a sentence, such as `network, platform, and services`. */
export function listed(names: readonly string[]): string {
  return LIST.format(names);
}
