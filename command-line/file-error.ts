const FOUND: Readonly<Record<string, string>> = {
  EEXIST: "but a part of its path is a file",
  EISDIR: "found a folder",
  ENOENT: "found nothing",
  ENOTDIR: "but a part of its path is a file",
  EROFS: "but the file system is read-only",
};

/** Ends the sentence "expected …, " about a file or folder that cannot be read or written. */
export function describeFileError(error: unknown, access: "read" | "write"): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return code === "EACCES" ? `but this user may not ${access} it` : (FOUND[code] ?? message);
}
