import { Command } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { addEnvironment } from "./environment.ts";
import { NewError } from "./new-error.ts";
import { addService } from "./service.ts";

const command = new Command("npm run new --").description("Adds a service or an environment to the project.");

command
  .command("service <name>")
  .description("add a service: its program, its test, its entry in the model, and its settings")
  .option("--path <pattern>", "path pattern of its listener rule (default: /<name>/*)")
  .option("--blue-green", "release it with CodeDeploy, in two target groups", false)
  .action((name: string, { path, blueGreen }: { path?: string; blueGreen: boolean }) =>
    report(addService({ name, path: path ?? `/${name}/*`, release: blueGreen ? "blue-green" : "rolling" })),
  );

command
  .command("environment <name>")
  .description("add an environment: a copy of another one's settings")
  .option("--from <environment>", "environment whose settings are copied", "workshop")
  .action((name: string, { from }: { from: string }) => report(addEnvironment(name, from)));

try {
  prepareForNpm(command).parse();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

/** Describes an error for a person. Throws one that is a fault of this program. */
function describe(error: unknown): string {
  if (error instanceof NewError || error instanceof SettingsError) {
    return error.message;
  }
  if (error instanceof Error && "syscall" in error) {
    return `expected files of the project that can be read and written: ${error.message}`;
  }
  throw error;
}

function report({ files, next }: { readonly files: readonly string[]; readonly next: string }): void {
  console.log([...files.map((file) => `  ${file}`), "", next].join("\n"));
}
