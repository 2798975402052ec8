import { globSync, readFileSync } from "node:fs";

/**
 * Test files whose tests all need a tool of the machine, so that the quick tests do not start them only to skip every test.
 * Such a file declares its tests with `testNeeding`, and uses `test` of ava for hooks at most.
 */
export function filesNeedingTools(pattern: string): readonly string[] {
  return globSync(pattern).filter((file) => !declaresOtherTests(readFileSync(file, "utf8")));
}

function declaresOtherTests(source: string): boolean {
  const [, test] = /^import (\w+)(?:, \{.*\})? from "ava";$/m.exec(source) ?? [];
  return test !== undefined && new RegExp(`\\b${test}(?:\\.serial)?\\(`).test(source);
}
