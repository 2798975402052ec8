import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentNameProblem } from "../../settings/environment-name.ts";
import { loadSettings } from "../../settings/load.ts";
import { prefixProblem } from "../../settings/project.ts";
import type { Settings } from "../../settings/schema.ts";
import { NewError } from "./new-error.ts";

const SETTINGS = join(import.meta.dirname, "../../settings");

/**
 * Copies the settings of an environment under a new name.
 *
 * @throws {SettingsError} if they are invalid
 */
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
  const settings = loadSettings({ environment: from, overrides: [] });
  const { prefix } = settings.project;
  const tooLong = prefixProblem(prefix, name);
  if (tooLong) {
    throw new NewError(`project.prefix is "${prefix}": ${tooLong}`);
  }
  writeFileSync(target, readFileSync(source, "utf8"));
  return {
    files: [`settings/${name}.yaml`],
    next: `Next: set ${LIST.format(toChange(settings))} in settings/${name}.yaml, then MYSFITS_ENV=${name} npm run bootstrap.`,
  };
}

const LIST = new Intl.ListFormat("en");

/** Settings that differ between environments. A name in DNS belongs to one of them. */
function toChange({ site, tls }: Settings): readonly string[] {
  return ["account", "region", "zones", ...(site ? ["site.domain"] : []), ...(tls ? ["tls.hostName"] : [])];
}
