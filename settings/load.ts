import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { type Settings, settingsSchema } from "./schema.ts";

/** Thrown for settings that cannot be used. The message has a line per problem: setting, value and what was expected. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export interface SettingsSource {
  /** Which environment, by the name of its file. Default: `MYSFITS_ENV`, or `workshop`. */
  readonly environment?: string;
  /** Single values on top of the file, as `network.natGateways=one`. Default: `MYSFITS_SET`, split at `;`. */
  readonly overrides?: readonly string[];
  /** Folder with one YAML file per environment. */
  readonly folder?: string;
}

/** Reads an environment's file, lays the overrides over it and checks the whole against the schema. */
export function loadSettings({
  environment = process.env.MYSFITS_ENV || "workshop",
  overrides = overridesFromProcess(),
  folder = import.meta.dirname,
}: SettingsSource = {}): Settings {
  const raw = readEnvironment(folder, environment);
  for (const override of overrides) {
    applyOverride(raw, override);
  }
  const checked = settingsSchema.safeParse(raw);
  if (!checked.success) {
    throw new SettingsError(checked.error.issues.flatMap((issue) => describe(issue, raw)).join("\n"));
  }
  return { environment, ...checked.data };
}

/** Overrides given to this process: `MYSFITS_SET="a.b=1; c=[x, y]"`, which also reaches an app that `npx cdktf` starts. */
export function overridesFromProcess(): readonly string[] {
  return (process.env.MYSFITS_SET ?? "")
    .split(";")
    .map((text) => text.trim())
    .filter(Boolean);
}

type Tree = Record<string, unknown>;

/** Short enough that `mysfits-<environment>-like-green` fits the 32 characters of a target group's name. */
const ENVIRONMENT_NAME = /^[a-z][a-z0-9-]{0,11}$/;

function readEnvironment(folder: string, environment: string): Tree {
  const known = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -5));
  if (!known.includes(environment)) {
    throw new SettingsError(
      `MYSFITS_ENV is "${environment}": expected one of the environments in settings/: ${known.sort().join(", ")}`,
    );
  }
  if (!ENVIRONMENT_NAME.test(environment)) {
    throw new SettingsError(
      `MYSFITS_ENV is "${environment}": expected a name of at most 12 small letters, digits and hyphens, for the names in AWS begin with it`,
    );
  }
  const tree = parseYaml(readFileSync(join(folder, `${environment}.yaml`), "utf8"), `settings/${environment}.yaml`);
  if (!isTree(tree)) {
    throw new SettingsError(`settings/${environment}.yaml: expected settings as "name: value" lines`);
  }
  return tree;
}

function parseYaml(text: string, where: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) {
      throw new SettingsError(`${where}: ${error.message}`);
    }
    throw error;
  }
}

function applyOverride(tree: Tree, override: string): void {
  const [, path, text] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(override) ?? [];
  if (path === undefined || text === undefined) {
    throw new SettingsError(`override "${override}": expected SETTING=VALUE, such as network.natGateways=one`);
  }
  const names = path.split(".");
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
  // An account or a tag is a string of digits as often as not, and YAML would read a number.
  branch[last] = typeof value === "number" && typeof branch[last] === "string" ? text : value;
}

type Issue = {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
};

function describe(issue: Issue, raw: Tree): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => {
      const name = [...path, key].join(".");
      return `${name} is ${show(valueAt(raw, [...path, key]))}: no such setting, expected one of those in settings/schema.ts`;
    });
  }
  const expected = issue.message
    .replace(/^Invalid (input|option|string|key in record): (expected )?/, "")
    .replace(/, received .*$/, "");
  return [`${path.join(".")} is ${show(valueAt(raw, path))}: expected ${expected}`];
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (branch, name) => (typeof branch === "object" && branch !== null ? (branch as Tree)[name] : undefined),
    tree,
  );
}

function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
