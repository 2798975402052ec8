import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import { parse } from "yaml";
import { settingsSchema } from "../../settings/schema.ts";
import { EMULATED_ACCOUNT } from "../../tools/emulator/environment.ts";
import { type Change, withChanges } from "../../tools/workshop/variants.ts";
import { SETTING_NAMES } from "../settings/names.ts";
import {
  existingVpc,
  GITHUB_ROLES,
  LARGE_SEARCH,
  LIKE_LOG_LEVEL,
  OTHER_DELIVERY,
  OTHER_LOAD,
  OWN_DOMAIN,
  PREVIEWED,
  PROTECTED_PLATFORM,
  participant,
  WORKSHOP_BASE,
} from "./applied-settings.ts";

const SETTINGS = join(import.meta.dirname, "../../settings");

const EXISTING = {
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
  hostedZoneId: "Z0123456789ABC",
  key: "arn:aws:kms:us-east-1:123456789012:key/1",
};
const NETWORK = {
  vpcId: "vpc-00000000",
  publicSubnetIds: ["subnet-00000000", "subnet-00000001"],
  privateSubnetIds: ["subnet-00000002", "subnet-00000003"],
  natAddresses: ["203.0.113.1"],
};

/** Settings that a preview replaces itself. */
const PREVIEW: readonly Change[] = [
  ["account", EMULATED_ACCOUNT],
  ["emulator", "http://127.0.0.1:5001"],
];

/** Tests, each with the environment whose file it applies, and its changes to it. */
const APPLIED: readonly (readonly [test: string, environment: string, changes: readonly Change[]])[] = [
  ["deploy/deployment.test.ts", "emulator", [...GITHUB_ROLES, ...LIKE_LOG_LEVEL, ...OTHER_DELIVERY]],
  ["deploy/deployment.test.ts", "emulator", [["load.generator", "on"], ...OTHER_LOAD]], // `deploy load-generator` sets the first
  ["deploy/existing-vpc.test.ts", "emulator", [...existingVpc("10.8.0.0/16", NETWORK), ...PROTECTED_PLATFORM]],
  ["deploy/preview.test.ts", "workshop", [...PREVIEW, ...PREVIEWED]],
  ["emulator/edge.test.ts", "emulator", OWN_DOMAIN],
  ["emulator/search-engines.test.ts", "emulator", LARGE_SEARCH],
  ["workshop/workshop.test.ts", "emulator", WORKSHOP_BASE],
  ["workshop/workshop.test.ts", "emulator", [...WORKSHOP_BASE, ...participant(EXISTING)]],
];

/** Settings that have the same value in all of these tests, and the reason. */
const UNCHANGED: Readonly<Record<string, string>> = {
  account: "the emulator has only this one",
  "cost.logGbPerMonth": "nothing that is deployed depends on it",
  "cost.releasesPerMonth": "nothing that is deployed depends on it",
  "cost.requestsPerMonth": "nothing that is deployed depends on it",
  "logSearch.engine": "search-engines.test.ts applies every engine of the schema itself",
};

test("for every setting, some test applies a value that differs from settings/emulator.yaml", (t) => {
  const usual = load("emulator", []);
  const others = APPLIED.map(([, environment, changes]) => load(environment, changes));
  const unchanged = SETTING_NAMES.filter((name) =>
    others.every((other) => isDeepStrictEqual(read(other, name), read(usual, name))),
  );
  t.deepEqual(unchanged.toSorted(), Object.keys(UNCHANGED));
});

test("these tests take their settings from applied-settings.ts", (t) => {
  for (const [file] of APPLIED) {
    t.regex(readFileSync(join(import.meta.dirname, file), "utf8"), /from "\.\.\/applied-settings\.ts"/, file);
  }
});

function load(environment: string, changes: readonly Change[]): unknown {
  return settingsSchema.parse(parse(withChanges(readFileSync(join(SETTINGS, `${environment}.yaml`), "utf8"), changes)));
}

function read(settings: unknown, name: string): unknown {
  return name.split(".").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings);
}
