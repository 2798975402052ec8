import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { Inventory } from "../../../../tools/deploy/preflight/inventory.ts";

/** An inventory of the given resources, by type and name. */
export function inventory(t: ExecutionContext, resource: object): Inventory {
  const directory = mkdtempSync(join(tmpdir(), "inventory-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ resource }));
  return new Inventory([{ directory }]);
}
