import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import test from "ava";
import { filesNeedingTools } from "../../../tools/tests/files-needing-tools.ts";

const NEED =
  'import { testNeeding } from "../needs.ts";\nconst testWithTool = testNeeding(find);\ntestWithTool("x", run);\n';

const SOURCES = {
  "only.test.ts": NEED,
  "types.test.ts": `import type { ExecutionContext } from "ava";\n${NEED}`,
  "hooks.test.ts": `import ava, { type ExecutionContext } from "ava";\n${NEED}ava.after.always(stop);\n`,
  "mixed.test.ts": `import test from "ava";\n${NEED}test("y", run);\n`,
  "serial.test.ts": `import ava from "ava";\n${NEED}ava.serial("y", run);\n`,
  "none.test.ts":
    'import test, { type ExecutionContext } from "ava";\nfor (const name of names) {\n  test(name, run);\n}\n',
};

test("the quick tests do not start files whose tests all need a tool", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "files-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [file, source] of Object.entries(SOURCES)) {
    writeFileSync(join(folder, file), source);
  }
  const found = filesNeedingTools(join(folder, "*.test.ts")).map((file) => basename(file));
  t.deepEqual(found.sort(), ["hooks.test.ts", "only.test.ts", "types.test.ts"]);
});
