import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "./synth.ts";

/** Name of Terraform's dependency lock file. */
export const LOCK_FILE = ".terraform.lock.hcl";

const SOURCE = "registry.terraform.io/hashicorp/aws";

/** The AWS provider that `terraform init` installed in a stack's folder and whose checksum it verified. */
export function binaryOf({ directory }: Pick<Stack, "directory">): string | undefined {
  const lock = readFileSync(join(directory, LOCK_FILE), "utf8");
  const [, version] = new RegExp(`provider "${RegExp.escape(SOURCE)}" \\{\\s+version\\s+= "([^"]+)"`).exec(lock) ?? [];
  if (version === undefined) {
    return undefined;
  }
  const folder = join(directory, ".terraform/providers", SOURCE, version);
  if (!existsSync(folder)) {
    return undefined;
  }
  // One platform with one binary, in a folder that is usually a link into the plugin cache.
  const [platform = ""] = readdirSync(folder);
  if (!existsSync(join(folder, platform))) {
    return undefined;
  }
  const binary = readdirSync(join(folder, platform)).find((file) => file.startsWith("terraform-provider-aws"));
  return binary === undefined ? undefined : realpathSync(join(folder, platform, binary));
}
