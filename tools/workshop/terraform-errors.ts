/** Extracts Terraform's error messages with their resources, or the ID of a lock, one per line. Empty without any. */
export function terraformErrors(output: string): string {
  const errors: string[] = [];
  for (const line of output.split("\n").map((text) => text.replace(/^[│╷╵] ?/, "").trim())) {
    const [, resource] = /^with (\S+),$/.exec(line) ?? [];
    const [, lock] = /^ID: +(\S+)$/.exec(line) ?? [];
    if (line.startsWith("Error: ")) {
      errors.push(line);
    } else if (resource !== undefined && errors.length > 0) {
      errors.push(`${errors.pop()} (${resource})`);
    } else if (lock !== undefined && errors.length > 0) {
      errors.push(`${errors.pop()} ${lock}`);
    }
  }
  return [...new Set(errors)].join("\n");
}
