import { show } from "./check.ts";
import type { Settings } from "./schema.ts";

/** Settings that an environment has in common with the one in `sharedFrom`, whose resources it finds by their names. */
const COMMON = {
  "project.prefix": ({ project }: Settings) => project.prefix,
  account: ({ account }: Settings) => account,
  region: ({ region }: Settings) => region,
  emulator: ({ emulator }: Settings) => emulator,
} as const;

/** Problems of `sharedFrom` in an environment, given the settings of the other one. */
export function sharingProblems(own: Settings, other: Settings): readonly string[] {
  const name = other.environment;
  if (other.sharedFrom !== undefined) {
    return [`sharedFrom is "${name}": expected "${other.sharedFrom}", because ${name} uses its resources, too`];
  }
  const differences = Object.entries(COMMON).flatMap(([setting, valueIn]) =>
    valueIn(own) === valueIn(other)
      ? []
      : [
          `${setting} is ${show(valueIn(own))}: expected ${show(valueIn(other))}, as in ${name}, which sharedFrom names`,
        ],
  );
  return own.labs.logSearch && !other.labs.logSearch
    ? [...differences, `labs.logSearch is "on": expected "off", as in ${name}, which sharedFrom names`]
    : differences;
}
