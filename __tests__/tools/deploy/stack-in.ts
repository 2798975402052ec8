import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../../tools/deploy/synth.ts";

/** A stack in a new folder without code, with its state in a local file. */
export function stackIn(root: string, name: string): Stack {
  const directory = join(root, name);
  mkdirSync(directory);
  return {
    name,
    dependencies: [],
    directory,
    state: { kind: "file", path: "terraform.tfstate" },
    reads: {},
    outputs: {},
    constructs: {},
  };
}
