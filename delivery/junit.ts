import { Parser } from "tap-parser";
import { stringify } from "yaml";

/** Turns a run's TAP into the JUnit XML that CodeBuild's test reports are made of. */
export function toJUnit(tap: string): string {
  const results = Parser.parse(tap).flatMap(([event, result]) => (event === "assert" ? [result] : []));
  const failures = results.filter(({ ok, skip, todo }) => !ok && !skip && !todo).length;
  const skipped = results.filter(({ skip, todo }) => skip || todo).length;
  const cases = results.map(({ ok, name, skip, todo, diag }) => {
    const title = name.split(" › ");
    const test = title.pop();
    const outcome = skip || todo ? "<skipped/>" : ok ? "" : `<failure>${escaped(stringify(diag))}</failure>`;
    return `<testcase classname="${escaped(title.join("."))}" name="${escaped(test)}">${outcome}</testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="npm test" tests="${results.length}" failures="${failures}" skipped="${skipped}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}

function escaped(text = ""): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these.
      .replaceAll(/[\x00-\x08\x0B\x0C\x0E-\x1F]/g, "")
  );
}
