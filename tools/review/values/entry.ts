/**
 * Returns the entry of a table for a word from a plan, such as a type. A plan may use any word, also `constructor`, which every
 * object inherits.
 */
export function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
