import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Service } from "../../model/service.ts";
import { StartError } from "./start.ts";

/** File with the values of the services' secrets on this machine, in the project's root folder. Git ignores it. */
const FILE = "laptop.secrets.yaml";

const FORMAT = z.record(z.string(), z.record(z.string(), z.string()));

const ROOT = join(import.meta.dirname, "../..");

type Variables = Readonly<Record<string, string>>;

/**
 * Reads the variables of each service that come from Secrets Manager or Parameter Store in AWS. Throws a {@link StartError}
 * with a line per missing value. No message contains a value.
 */
export function readSecrets(services: readonly Service[], folder = ROOT): ReadonlyMap<string, Variables> {
  const needed = services.filter(({ container }) => container.secrets);
  const values = needed.length > 0 ? readFile(join(folder, FILE)) : {};
  const missing = needed.flatMap(({ name, container: { secrets = {} } }) =>
    Object.keys(secrets)
      .filter((variable) => !values[name]?.[variable])
      .map((variable) => `${FILE} has no value for ${variable} of the ${name} service: add it, as in docs/laptop.md`),
  );
  if (missing.length > 0) {
    throw new StartError(missing.join("\n"));
  }
  return new Map(
    needed.map(({ name, container: { secrets = {} } }) => [
      name,
      Object.fromEntries(Object.keys(secrets).map((variable) => [variable, values[name]?.[variable] ?? ""])),
    ]),
  );
}

/** String values by service and variable: `0123` stays a string. */
function readFile(path: string): Readonly<Record<string, Variables>> {
  try {
    return FORMAT.parse(parse(readFileSync(path, "utf8"), { schema: "failsafe" }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return {};
    }
    // The parser's own message quotes the file.
    throw new StartError(
      `${FILE} is not valid: expected "service:" lines with "NAME: value" lines below them, in YAML`,
    );
  }
}
