import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { requireUpstream } from "../../../tools/deploy/selection.ts";
import { stackIn } from "./stack-in.ts";

for (const [dependencies, complaint] of [
  [["network"], "network, which is not deployed: deploy it too, or first"],
  [["network", "platform"], "network and platform, which are not deployed: deploy them too, or first"],
] as const) {
  test(`a stack cannot be deployed before ${dependencies.join(" and ")}`, async (t) => {
    const root = mkdtempSync(join(tmpdir(), "selection-"));
    t.teardown(() => rmSync(root, { recursive: true }));
    const services = { ...stackIn(root, "services"), dependencies };
    const all = [stackIn(root, "network"), stackIn(root, "platform"), services];
    await t.throwsAsync(requireUpstream([services], all, "123456789012"), {
      message: `services reads outputs of ${complaint}`,
    });
    await t.notThrowsAsync(requireUpstream(all, all, "123456789012"));
  });
}
