import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { type PriceList, priceListSchema } from "./schema.ts";

/** Thrown for a price file that is missing or cannot be used. The message has a line per problem. */
export class PricesError extends Error {
  override readonly name = "PricesError";
}

/** Reads the prices of a region from `prices/<region>.yaml`. */
export function loadPrices(region: string, folder: string = import.meta.dirname): PriceList {
  const file = `prices/${region}.yaml`;
  const path = join(folder, `${region}.yaml`);
  if (!existsSync(path)) {
    throw new PricesError(`${file} is missing: expected prices of one of ${pricedRegions(folder).join(", ")}`);
  }
  const checked = priceListSchema.safeParse(parseYaml(readFileSync(path, "utf8"), file));
  if (!checked.success) {
    const lines = checked.error.issues.map(
      ({ path, message }) => `${file}: ${path.join(".") || "the file"}: expected ${message}`,
    );
    throw new PricesError(lines.join("\n"));
  }
  if (checked.data.region !== region) {
    throw new PricesError(`${file}: region is ${checked.data.region}: expected ${region}, as the file is named`);
  }
  return checked.data;
}

/** Regions that have a price file. */
export function pricedRegions(folder: string = import.meta.dirname): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -5))
    .sort();
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) {
      throw new PricesError(`${file}: ${error.message}`);
    }
    throw error;
  }
}
