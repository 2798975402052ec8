import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { environmentsIn, loadSettings, settingsFile, settingsFolder } from "../../settings/load.ts";
import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Settings } from "../../settings/schema.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { bucketExists } from "../deploy/state.ts";
import { requireDisposable } from "./base.ts";
import { participantChanges, withChanges } from "./variants.ts";

// A participant is an environment whose settings file names the base in `sharedFrom`. No other environment is touched.

/** Loads the settings of all participants of a base, sorted by name. */
export function findParticipants(base: Settings, overrides: readonly string[]): readonly Settings[] {
  return environmentsIn(settingsFolder())
    .filter((name) => name !== base.environment && sharedFromOf(name) === base.environment)
    .map((name) => loadParticipant(name, overrides));
}

/** Loads a participant's settings. Errors name the participant, because a workshop has many. */
function loadParticipant(environment: string, overrides: readonly string[]): Settings {
  try {
    const participant = loadSettings({ environment, overrides });
    requireDisposable(participant);
    return participant;
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    throw new SettingsError(error.message.replace(/^/gm, `${environment}: `));
  }
}

/**
 * Creates the settings of participants that have none, as copies of the base's. Throws, before it writes any, if a name belongs
 * to another environment.
 */
export async function addParticipants(base: Settings, names: readonly string[]): Promise<void> {
  const missing = names.filter((name) => !existsSync(fileOf(name)));
  const foreign = names.find((name) => !missing.includes(name) && sharedFromOf(name) !== base.environment);
  if (foreign !== undefined) {
    throw new Error(
      `${settingsFile(foreign)} exists and is not a participant: expected sharedFrom: ${base.environment}`,
    );
  }
  for (const name of missing) {
    await requireUnused(base, name);
  }
  for (const name of missing) {
    writeFileSync(fileOf(name), withChanges(settingsText(base.environment), participantChanges(base)));
  }
}

/** Writes the network of the base into a participant's settings. */
export function shareNetwork(name: string, network: ExistingVpcSettings): void {
  writeFileSync(fileOf(name), withChanges(settingsText(name), [["network.existing", network]]));
}

/** Throws if the account has the state of an environment whose settings are not here, for example that of another workshop. */
async function requireUnused({ account, region, project }: Settings, name: string): Promise<void> {
  const prefix = `${project.prefix}-${name}`;
  const bucket = `${prefix}-state-${account}`;
  if (await bucketExists({ kind: "bucket", bucket, key: name, region }, account)) {
    throw new Error(
      `the environment ${prefix} exists in the account, but ${settingsFile(name)} does not: get this file from the person who created the environment, or set another project.prefix`,
    );
  }
}

function sharedFromOf(name: string): unknown {
  return parseDocument(settingsText(name)).get("sharedFrom");
}

export function settingsText(name: string): string {
  return readFileSync(fileOf(name), "utf8");
}

function fileOf(name: string): string {
  return join(settingsFolder(), `${name}.yaml`);
}
