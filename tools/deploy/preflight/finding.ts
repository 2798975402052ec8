/** Result of one preflight check. `stop` means that a deployment would fail. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "attention" | "stop";
  readonly text: string;
  /** The command or the setting that resolves it. */
  readonly fix?: string;
}

/** Formats findings as one table. A fix is on a line of its own. */
export function table(findings: readonly Finding[]): string {
  const width = (column: "check" | "status") => Math.max(...findings.map((finding) => finding[column].length));
  return findings
    .flatMap(({ check, status, text, fix }) => [
      `  ${status.padEnd(width("status"))}  ${check.padEnd(width("check"))}  ${text}`,
      ...(fix ? [`  ${" ".repeat(width("status") + 2 + width("check"))}  fix: ${fix}`] : []),
    ])
    .join("\n");
}
