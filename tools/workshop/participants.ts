import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { loadSettings } from "../../settings/load.ts";
import type { ExistingVpcSettings } from "../../settings/network.ts";
import type { Settings } from "../../settings/schema.ts";
import { bucketExists } from "../deploy/state.ts";
import { requireDisposable } from "./base.ts";
import { type Change, participantChanges } from "./variants.ts";

// A participant is an environment whose file in settings/ names the base in `sharedFrom`. No other environment is touched.

const FOLDER = join(import.meta.dirname, "../../settings");

/** Loads the settings of all participants of a base, sorted by name. */
export function findParticipants(base: Settings, overrides: readonly string[]): readonly Settings[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .filter((name) => name !== base.environment && sharedFromOf(name) === base.environment)
    .sort()
    .map((environment) => requireParticipant(loadSettings({ environment, overrides }), base));
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
      `settings/${foreign}.yaml exists and is not a participant: expected sharedFrom: ${base.environment}`,
    );
  }
  for (const name of missing) {
    await requireUnused(base, name);
  }
  for (const name of missing) {
    writeFileSync(fileOf(name), changed(base.environment, participantChanges(base)));
  }
}

/** Writes the network of the base into a participant's settings. */
export function shareNetwork(name: string, network: ExistingVpcSettings): void {
  writeFileSync(fileOf(name), changed(name, [["network.existing", network]]));
}

/** Throws if the account has the state of an environment whose settings are not here, for example that of another workshop. */
async function requireUnused({ account, region, project }: Settings, name: string): Promise<void> {
  const prefix = `${project.prefix}-${name}`;
  const bucket = `${prefix}-state-${account}`;
  if (await bucketExists({ kind: "bucket", bucket, key: name, region }, account)) {
    throw new Error(
      `the environment ${prefix} exists in the account, but settings/${name}.yaml does not: get this file from the person who created the environment, or set another project.prefix`,
    );
  }
}

function requireParticipant(participant: Settings, base: Settings): Settings {
  requireDisposable(participant);
  for (const setting of ["account", "region", "emulator"] as const) {
    if (participant[setting] !== base[setting]) {
      throw new Error(
        `${setting} is "${participant[setting]}" in ${participant.environment}: expected "${base[setting]}", as in ${base.environment}`,
      );
    }
  }
  return participant;
}

function sharedFromOf(name: string): unknown {
  return parseDocument(readFileSync(fileOf(name), "utf8")).get("sharedFrom");
}

/** The text of an environment's settings with some values replaced. Keeps comments and order. */
function changed(name: string, changes: readonly Change[]): string {
  const document = parseDocument(readFileSync(fileOf(name), "utf8"));
  for (const [path, value] of changes) {
    document.setIn(path.split("."), value);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function fileOf(name: string): string {
  return join(FOLDER, `${name}.yaml`);
}
