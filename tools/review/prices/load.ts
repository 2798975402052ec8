import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { check } from "../../../settings/check.ts";
import { type PriceList, priceListSchema } from "./schema.ts";

/** Thrown for a price file that is missing or cannot be used. The message has a line per problem. */
export class PricesError extends Error {
  override readonly name = "PricesError";
}

/** Reads the prices of a region from `tools/review/prices/<region>.yaml`. */
export function loadPrices(region: string, folder: string = import.meta.dirname): PriceList {
  const file = `tools/review/prices/${region}.yaml`;
  const path = join(folder, `${region}.yaml`);
  if (!existsSync(path)) {
    throw new PricesError(`${file} is missing: expected prices of one of ${pricedRegions(folder).join(", ")}`);
  }
  const { data, problems } = check(priceListSchema, parseYaml(readFileSync(path, "utf8"), file), {
    whole: "the file",
    unknownKey: "no such price",
  });
  if (problems) {
    throw new PricesError(problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
  if (data.region !== region) {
    throw new PricesError(`${file}: region is ${data.region}: expected ${region}, as the file is named`);
  }
  return data;
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
