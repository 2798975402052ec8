import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CODE_FILE, type Synthesized } from "./configuration.ts";
import { binaryOf, LOCK_FILE } from "./installed-provider.ts";
import type { Stack } from "./synth.ts";

// With a lock file, `terraform init` computes the checksum of the provider (0.7 GB) several times, which takes 1.3 s of CPU time
// per stack. It is therefore skipped while nothing that it reads or makes has changed. Plans and applies for which Terraform
// starts the provider verify the checksum anyway.

const RECORD = ".terraform/initialized.json";

/** True if the last `init` of the stack's folder was for the same backend and providers, and everything it made is in place. */
export function isInitialized(stack: Stack): boolean {
  const record = recordOf(stack);
  return record !== undefined && record === textOf(join(stack.directory, RECORD));
}

/** Notes that `init` has completed. */
export function noteInitialized(stack: Stack): void {
  const record = recordOf(stack);
  if (record !== undefined) {
    writeFileSync(join(stack.directory, RECORD), record);
  }
}

/** Notes that `init` is about to run, so that an interrupted one is repeated. */
export function noteUninitialized({ directory }: Stack): void {
  rmSync(join(directory, RECORD), { force: true });
}

/** Everything that `init` reads and makes. Undefined if a part is missing, or for a stack with modules. */
function recordOf(stack: Stack): string | undefined {
  const [code, lock, backend] = [CODE_FILE, LOCK_FILE, ".terraform/terraform.tfstate"].map((file) =>
    textOf(join(stack.directory, file)),
  );
  if (code === undefined || lock === undefined || backend === undefined) {
    return undefined;
  }
  const { terraform, module } = JSON.parse(code) as Synthesized;
  if (module !== undefined) {
    return undefined; // init also reads the modules, which can be anywhere
  }
  const binary = binaryOf(stack);
  const { size, mtimeMs } = (binary !== undefined && statSync(binary, { throwIfNoEntry: false })) || {};
  return size === undefined ? undefined : JSON.stringify({ terraform, lock, backend, binary, size, mtimeMs });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
