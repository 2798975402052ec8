import { loadSettings } from "../../settings/load.ts";
import type { Settings } from "../../settings/schema.ts";
import { MAX_PARTICIPANTS, participantNames } from "./variants.ts";

/**
 * Loads the settings of the base (`MYSFITS_ENV`). Throws for an environment that a workshop must not copy, or whose data may be
 * worth keeping: destroying a workshop deletes everything in its environments.
 */
export function loadBase(overrides: readonly string[]): Settings {
  const base = loadSettings({ overrides });
  requireDisposable(base);
  const { environment, sharedFrom, site, tls } = base;
  if (participantNames(MAX_PARTICIPANTS).includes(environment)) {
    throw new Error(
      `the environment is "${environment}": expected another name for a base, because participants are p01 to p99`,
    );
  }
  if (sharedFrom !== undefined) {
    throw new Error(
      `sharedFrom is "${sharedFrom}" in ${environment}: expected none, because participants share its own resources`,
    );
  }
  for (const [setting, name] of [
    ["site.domain", site?.domain],
    ["tls.hostName", tls?.hostName],
  ]) {
    if (name !== undefined) {
      throw new Error(
        `${setting} is "${name}" in ${environment}: expected none, because each participant gets a copy of these settings and a name belongs to one environment`,
      );
    }
  }
  return base;
}

/** Throws for a production environment, by its name or its deletion protection. */
export function requireDisposable({ environment, protection }: Settings): void {
  if (/^prod/.test(environment)) {
    throw new Error(
      `the environment is "${environment}": expected one for a workshop, whose data is not worth keeping`,
    );
  }
  if (protection) {
    throw new Error(
      `protection is "on" in ${environment}: expected "off", because destroying a workshop deletes its data`,
    );
  }
}
