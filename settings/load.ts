import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check, show } from "./check.ts";
import { environmentNameProblem } from "./environment-name.ts";
import { parseYaml } from "./parse-yaml.ts";
import { prefixProblem } from "./project.ts";
import { type Settings, settingsSchema } from "./schema.ts";
import { SettingsError } from "./settings-error.ts";
import { sharingProblems } from "./shared-from.ts";

export interface SettingsSource {
  /** Name of the environment's file without `.yaml`. Default: `MYSFITS_ENV`, or `workshop`. */
  readonly environment?: string;
  /** Values that replace those of the file, such as `network.natGateways=one`. Default: `MYSFITS_SET`, split at `;`. */
  readonly overrides?: readonly string[];
  /** Folder with one YAML file per environment. Default: `MYSFITS_SETTINGS`, or this folder. */
  readonly folder?: string;
}

/**
 * Reads an environment's file, applies the overrides, and checks the result against the schema, and against the environment
 * whose resources it uses.
 *
 * @throws {SettingsError} with all problems at once
 */
export function loadSettings({
  environment = process.env.MYSFITS_ENV ?? "workshop",
  overrides = overridesFromProcess(),
  folder = settingsFolder(),
}: SettingsSource = {}): Settings {
  const source = { environment, overrides, folder };
  const settings = readSettings(source);
  requireShared(settings, source);
  return settings;
}

/** Folder of the settings (`MYSFITS_SETTINGS`). */
export function settingsFolder(): string {
  return process.env.MYSFITS_SETTINGS || import.meta.dirname;
}

/** An environment's file in messages, such as `settings/workshop.yaml`. */
export function settingsFile(environment: string, folder = settingsFolder()): string {
  return join(nameOf(folder), `${environment}.yaml`);
}

function nameOf(folder: string): string {
  return folder === import.meta.dirname ? "settings/" : folder;
}

function readSettings({ environment, overrides, folder }: Required<SettingsSource>): Settings {
  const raw = readEnvironment(folder, environment);
  for (const override of overrides) {
    applyOverride(raw, override);
  }
  const { data, problems } = check(settingsSchema, raw, {
    whole: settingsFile(environment, folder),
    unknownKey: "no such setting, expected one of those in settings/schema.ts",
  });
  if (problems) {
    throw new SettingsError(problems.join("\n"));
  }
  const { prefix } = data.project;
  const problem = prefixProblem(prefix, environment);
  if (problem) {
    throw new SettingsError(`project.prefix is "${prefix}": ${problem}`);
  }
  return { environment, ...data };
}

/** Throws if the environment in `sharedFrom` does not exist or cannot have what this one needs. */
function requireShared(settings: Settings, { overrides, folder, environment }: Required<SettingsSource>): void {
  const { sharedFrom } = settings;
  if (sharedFrom === undefined) {
    return;
  }
  const others = environmentsIn(folder).filter((name) => name !== environment);
  if (!others.includes(sharedFrom)) {
    throw new SettingsError(
      `sharedFrom is "${sharedFrom}": expected another environment in ${nameOf(folder)}: ${others.join(", ")}`,
    );
  }
  const ofBoth = overrides.filter((override) => !override.startsWith("sharedFrom="));
  const problems = sharingProblems(settings, readShared({ environment: sharedFrom, overrides: ofBoth, folder }));
  if (problems.length > 0) {
    throw new SettingsError(problems.join("\n"));
  }
}

function readShared(source: Required<SettingsSource>): Settings {
  try {
    return readSettings(source);
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    const { environment, folder } = source;
    throw new SettingsError(
      `sharedFrom is "${environment}": expected valid settings in ${settingsFile(environment, folder)}, found\n${error.message}`,
    );
  }
}

/** Overrides in `MYSFITS_SET`, such as `a.b=1; c=[x, y]`. Unlike a flag, it also reaches an app that `npx cdktf` starts. */
export function overridesFromProcess(): readonly string[] {
  return (process.env.MYSFITS_SET ?? "")
    .split(";")
    .map((text) => text.trim())
    .filter(Boolean);
}

type Tree = Record<string, unknown>;

function readEnvironment(folder: string, environment: string): Tree {
  const known = environmentsIn(folder);
  if (!known.includes(environment)) {
    throw new SettingsError(
      `MYSFITS_ENV is "${environment}": expected one of the environments in ${nameOf(folder)}: ${known.join(", ")}`,
    );
  }
  const problem = environmentNameProblem(environment);
  if (problem) {
    throw new SettingsError(`MYSFITS_ENV is "${environment}": ${problem}`);
  }
  const file = settingsFile(environment, folder);
  const tree = parseYaml(readText(join(folder, `${environment}.yaml`), file), file);
  if (!isTree(tree)) {
    throw new SettingsError(`${file}: expected settings as "name: value" lines`);
  }
  return tree;
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingsError(`${file}: expected a file that can be read: ${(error as Error).message}`);
  }
}

/**
 * Names of the environments with a file in a folder, sorted.
 *
 * @throws {SettingsError} if there is none
 */
export function environmentsIn(folder: string): readonly string[] {
  const expected = `MYSFITS_SETTINGS is "${folder}": expected a folder with one YAML file per environment`;
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new SettingsError(`${expected}: ${(error as Error).message}`);
  }
  const names = entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".yaml"))
    .map(({ name }) => name.slice(0, -".yaml".length));
  if (names.length === 0) {
    throw new SettingsError(`${expected}, found no YAML file`);
  }
  return names.sort();
}

function applyOverride(tree: Tree, override: string): void {
  const [, path, text] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(override) ?? [];
  if (path === undefined || text === undefined) {
    throw new SettingsError(`override "${override}": expected SETTING=VALUE, such as network.natGateways=one`);
  }
  const names = path.split(".");
  if (names.includes("__proto__")) {
    throw new SettingsError(`override "${override}": expected a setting in settings/schema.ts, found __proto__`);
  }
  const last = names.pop() as string;
  let branch = tree;
  for (const name of names) {
    const next = Object.hasOwn(branch, name) ? branch[name] : {};
    if (!isTree(next)) {
      throw new SettingsError(`override "${override}": ${name} is ${show(next)} and has no settings inside`);
    }
    branch[name] = next;
    branch = next;
  }
  const value = parseYaml(text, `override "${override}"`);
  // Account IDs and many tags consist of digits, which YAML reads as a number.
  branch[last] = typeof value === "number" && typeof branch[last] === "string" ? text : value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
