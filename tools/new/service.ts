import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMap, isNode, isScalar, parseDocument, stringify } from "yaml";
import { overlap } from "../../model/path-pattern.ts";
import { PROGRAMS } from "../../model/programs.ts";
import { SERVICES } from "../../model/services.ts";
import { NewError } from "./new-error.ts";
import { programFiles } from "./program-files.ts";
import { takenBecause } from "./taken-names.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface NewService {
  readonly name: string;
  /** Path pattern of its listener rule. */
  readonly path: string;
  readonly release: "rolling" | "blue-green";
}

/** Maximum characters of a name: a target group's 32, less 20 for the project's prefix and the environment, less `-green`. */
const MAX_NAME = { rolling: 11, "blue-green": 5 };

/** Characters of a listener rule's path pattern. Source: PathPatternConditionConfig, Elastic Load Balancing API reference. */
const MAX_PATH = 128;

/** The service whose settings the new one starts with. */
const MODEL = "monolith";

/** Writes all that a service needs. docs/add-a-service.md has the same steps by hand. */
export function addService(service: NewService) {
  check(service);
  const { name, path, release } = service;
  const environments = globSync("settings/*.yaml", { cwd: ROOT }).sort();
  const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
  const files = new Map<string, string>(programFiles(name, path));
  files.set(
    "model/services.ts",
    withEntry("model/services.ts", "SERVICES", `${key}: { path: ${JSON.stringify(path)}, release: "${release}" }`),
  );
  files.set("settings/services.ts", withEntry("settings/services.ts", "services", `${key}: service`));
  for (const file of environments) {
    files.set(file, withSettings(file, name));
  }
  files.set("docs/settings.md", withRows(name));
  for (const [file, text] of files) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text);
  }
  const sources = [...files.keys()].filter((file) => file.endsWith(".ts"));
  execFileSync(join(ROOT, "node_modules/.bin/biome"), ["check", "--write", ...sources], { cwd: ROOT, stdio: "ignore" });
  return {
    files: [...files.keys()],
    next: `Next: npm start, then curl http://localhost:8080${path.replace("*", "1")}. docs/add-a-service.md explains each file.`,
  };
}

function check({ name, path, release }: NewService): void {
  const longest = MAX_NAME[release];
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > longest) {
    throw new NewError(
      `name is "${name}": expected at most ${longest} lowercase letters, digits, and single hyphens between them, beginning with a letter, for a ${release} service, so that the names of its target groups fit`,
    );
  }
  if (PROGRAMS.some((program) => program.name === name) || existsSync(join(ROOT, "service", name))) {
    throw new NewError(`name is "${name}": service/${name} already exists`);
  }
  const reason = takenBecause(name);
  if (reason !== undefined) {
    throw new NewError(`name is "${name}": expected another name, because ${reason}`);
  }
  if (!/^(\/[\w-][\w.-]*)+\/\*$/.test(path) || path.length > MAX_PATH) {
    throw new NewError(`--path is "${path}": expected a pattern such as /${name}/*, of at most ${MAX_PATH} characters`);
  }
  const taken = takenPaths().find(([, other]) => overlap(path, other));
  if (taken !== undefined) {
    const [user, other] = taken;
    throw new NewError(`--path is "${path}": expected a pattern apart from ${other}, which belongs to ${user}`);
  }
}

/** Path patterns that lead elsewhere, each with its user. */
function takenPaths(): readonly (readonly [user: string, path: string])[] {
  const services = Object.entries(SERVICES).flatMap(([name, { path }]) =>
    path === undefined ? [] : [[`the ${name} service`, path] as const],
  );
  const site = readdirSync(join(ROOT, "web")).map((file) => ["the site", `/${file}`] as const);
  return [...services, ["the API", "/mysfits"], ...site];
}

/** A file's content with one more entry in an object that it exports. */
function withEntry(file: string, object: string, entry: string): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  const changed = text.replace(
    new RegExp(`(export const ${object}\\b[^;]*?\\{)([^;]*?),?(\\s*\\}\\)?;)`),
    (_, head: string, entries: string, tail: string) => `${head}${entries}, ${entry}${tail}`,
  );
  if (changed === text) {
    throw new NewError(`${file} has no ${object} to add the service to`);
  }
  return changed;
}

/** Copies the model service's settings of an environment under a new name, after those of the last service. */
function withSettings(file: string, name: string): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  const services = parseDocument(text).get("services");
  const items = isMap(services) && !services.flow ? services.items : [];
  const model = items.find(({ key }) => isScalar(key) && key.value === MODEL);
  if (model === undefined) {
    throw new NewError(`${file} has no services.${MODEL} to copy`);
  }
  const [start, colon, end] = [startOf(model.key), endOf(model.key), endOfLine(text, endOf(model.value))];
  const indent = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const place = endOfLine(text, endOf(items.at(-1)?.value));
  // Not as a document, because writing one moves comments.
  return `${text.slice(0, place)}${indent}${stringify(name).trim()}${text.slice(colon, end)}${text.slice(place)}`;
}

function startOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

function endOf(node: unknown): number {
  return (isNode(node) && node.range?.[1]) || 0;
}

/** Index after the line with the last character before an index. */
function endOfLine(text: string, index: number): number {
  return text.indexOf("\n", index - 1) + 1;
}

/** docs/settings.md with a row for each setting of the service, after those of the last service. */
function withRows(name: string): string {
  const file = "docs/settings.md";
  const rows = readFileSync(join(ROOT, file), "utf8").split("\n");
  const ofModel = rows.filter((row) => row.startsWith(`| \`services.${MODEL}.`));
  const last = rows.findLastIndex((row) => row.startsWith("| `services."));
  const own = ofModel.map((row) => row.replace(`services.${MODEL}.`, `services.${name}.`));
  return [...rows.slice(0, last + 1), ...own, ...rows.slice(last + 1)].join("\n");
}
