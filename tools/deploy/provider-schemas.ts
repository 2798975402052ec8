import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Stack } from "./synth.ts";

/** Fields of `GetProviderSchema.Response` in tfplugin5.proto: the schemas of resources and of data sources by type. */
const SCHEMAS_BY_TYPE: readonly number[] = [2, 3];

/** Removes the schemas of all other types from an encoded `GetProviderSchema.Response`. */
export function keepTypes(response: Uint8Array, types: ReadonlySet<string>): Uint8Array {
  const reader = new BinaryReader(response);
  const kept: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    const value = reader.skip(wireType, field);
    if (!SCHEMAS_BY_TYPE.includes(field) || types.has(keyOf(value))) {
      kept.push(response.subarray(start, reader.pos));
    }
  }
  return Buffer.concat(kept);
}

/** The key of an encoded map entry, which is a message with the key in its first field. */
function keyOf(value: Uint8Array): string {
  const reader = new BinaryReader(value);
  const entry = new BinaryReader(reader.bytes());
  entry.tag();
  return entry.string();
}

/**
 * Names in a stack's code that can be types of the AWS provider, also in blocks such as `moved` and `import`. Includes the modules
 * that `terraform init` has installed.
 */
export function typesInCode({ directory }: Pick<Stack, "directory">): readonly string[] {
  return [directory, ...modulesOf(directory)]
    .flatMap((folder) => globSync("*.{tf,tf.json}", { cwd: folder }).map((file) => join(folder, file)))
    .flatMap((file) => readFileSync(file, "utf8").match(/\baws_\w+/g) ?? []);
}

function modulesOf(directory: string): readonly string[] {
  const list = join(directory, ".terraform/modules/modules.json");
  if (!existsSync(list)) {
    return [];
  }
  const { Modules: modules } = JSON.parse(readFileSync(list, "utf8")) as { Modules: readonly { Dir: string }[] };
  return modules.map(({ Dir: folder }) => resolve(directory, folder));
}
