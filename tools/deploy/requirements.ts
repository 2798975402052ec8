import { settingsFile } from "../../settings/load.ts";
import { PLACEHOLDER_ACCOUNT, type Settings } from "../../settings/schema.ts";
import { useOnlyEmulator } from "../emulator/environment.ts";
import { terraformProblem } from "./terraform.ts";
import { terraformVariableProblem } from "./terraform-variables.ts";

// Requirements of every command that uses Terraform.

/** Checks the account and Terraform, and points all AWS clients of this process to the emulator if the settings name one. */
export function requireTools(settings: Settings): void {
  requireAccount(settings);
  requireTerraform();
  if (settings.emulator !== undefined) {
    useOnlyEmulator(settings.emulator);
  }
}

export function requireTerraform(): void {
  const problem = terraformVariableProblem(process.env) ?? terraformProblem();
  if (problem !== undefined) {
    throw new Error(problem);
  }
}

function requireAccount({ account, environment }: Settings): void {
  if (account === PLACEHOLDER_ACCOUNT) {
    throw new Error(
      `account is "${account}": expected the 12 digits of your AWS account, in ${settingsFile(environment)} or with --set account=...`,
    );
  }
}
