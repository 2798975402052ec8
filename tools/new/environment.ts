import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentNameProblem } from "../../settings/environment-name.ts";
import { NewError } from "./new-error.ts";

const SETTINGS = join(import.meta.dirname, "../../settings");

/** Copies the settings of an environment under a new name. */
export function addEnvironment(name: string, from: string) {
  const problem = environmentNameProblem(name);
  if (problem) {
    throw new NewError(`name is "${name}": ${problem}`);
  }
  const source = join(SETTINGS, `${from}.yaml`);
  if (environmentNameProblem(from) || !existsSync(source)) {
    throw new NewError(`--from is "${from}": expected the name of an environment in settings/`);
  }
  const target = join(SETTINGS, `${name}.yaml`);
  if (existsSync(target)) {
    throw new NewError(`name is "${name}": settings/${name}.yaml already exists`);
  }
  writeFileSync(target, readFileSync(source, "utf8"));
  return {
    files: [`settings/${name}.yaml`],
    next: `Next: set account, region, and zones in settings/${name}.yaml, then MYSFITS_ENV=${name} npm run bootstrap.`,
  };
}
