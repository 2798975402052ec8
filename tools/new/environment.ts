import { constants, copyFileSync } from "node:fs";
import { join } from "node:path";
import { environmentNameProblem } from "../../settings/environment-name.ts";
import { environmentsIn, loadSettings, settingsFile, settingsFolder } from "../../settings/load.ts";
import { prefixProblem } from "../../settings/project.ts";
import type { Settings } from "../../settings/schema.ts";
import { NewError } from "./new-error.ts";

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
  const folder = settingsFolder();
  const known = environmentsIn(folder);
  if (!known.includes(from)) {
    throw new NewError(`--from is "${from}": expected one of the environments ${LIST.format(known)}`);
  }
  if (known.includes(name)) {
    throw new NewError(`name is "${name}": ${settingsFile(name)} already exists`);
  }
  const settings = loadSettings({ environment: from, overrides: [] });
  const { prefix } = settings.project;
  const tooLong = prefixProblem(prefix, name);
  if (tooLong) {
    throw new NewError(`project.prefix is "${prefix}": ${tooLong}`);
  }
  copyFileSync(join(folder, `${from}.yaml`), join(folder, `${name}.yaml`), constants.COPYFILE_EXCL);
  return {
    files: [settingsFile(name)],
    next: `Next: set ${LIST.format(toChange(settings))} in ${settingsFile(name)}, then MYSFITS_ENV=${name} npm run bootstrap.`,
  };
}

const LIST = new Intl.ListFormat("en");

/** Settings that differ between environments. A name in DNS belongs to one of them. */
function toChange({ site, tls }: Settings): readonly string[] {
  return ["account", "region", "zones", ...(site ? ["site.domain"] : []), ...(tls ? ["tls.hostName"] : [])];
}
