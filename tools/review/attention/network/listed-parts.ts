// Rules and routes can be resources of their own. The provider then lists them among the blocks of their group, network ACL, or
// table, too.

/** Rules or routes of a resource on both sides of its change. */
export interface Parts<Part> {
  /** True for the blocks of a group, network ACL, or table; false for a resource of its own. */
  readonly areBlocks: boolean;
  /** True if the parts before the change may end with it. */
  readonly mayEnd: boolean;
  readonly before: readonly Part[];
  readonly after: readonly Part[];
}

/** All parts after the change. Blocks that only list what a resource of its own sets do not continue it when it ends. */
export function partsAfter<Part>(all: readonly Parts<Part>[], keyOf: (part: Part) => string): readonly Part[] {
  const keysOf = (found: readonly Parts<Part>[]) => new Set(found.flatMap(({ before }) => before).map(keyOf));
  const listed = keysOf(all.filter(({ areBlocks }) => areBlocks));
  const ending = keysOf(all.filter(({ areBlocks, mayEnd }) => !areBlocks && mayEnd));
  const copies = ending.intersection(listed);
  return all.flatMap(({ areBlocks, after }) => (areBlocks ? after.filter((part) => !copies.has(keyOf(part))) : after));
}
