const FOUND: Readonly<Record<string, string>> = {
  EACCES: "but this user must not read it",
  EISDIR: "found a folder",
  ENOENT: "found nothing",
  ENOTDIR: "but a part of its path is a file",
};

/** Ends the sentence "expected …, " about a file or folder that cannot be read. */
export function foundInstead(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return FOUND[code] ?? message;
}
