import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { SETTING_NAMES } from "../settings/names.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface Row {
  readonly workshop: string;
  readonly production: string;
}

const rows = new Map<string, Row>(
  readFileSync(join(ROOT, "docs", "settings.md"), "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, setting]) => setting?.startsWith("`"))
    .map(([, setting = "", workshop = "", production = ""]) => [
      code(setting),
      { workshop: code(workshop), production: code(production) },
    ]),
);

for (const environment of ["workshop", "production"] as const) {
  test(`the table has the values of settings/${environment}.yaml`, (t) => {
    const values = leaves(parse(readFileSync(join(ROOT, "settings", `${environment}.yaml`), "utf8")));
    for (const [setting, value] of values) {
      t.deepEqual(parse(rows.get(setting)?.[environment] ?? "no such row"), value, setting);
    }
    const documented = [...rows].filter(([, row]) => row[environment] !== "").map(([setting]) => setting);
    t.deepEqual(documented.sort(), values.map(([setting]) => setting).sort());
  });
}

test("the table has every setting of the schema", (t) => {
  const known = SETTING_NAMES.filter((setting) => setting !== "tags");
  t.deepEqual([...rows.keys()].filter((setting) => !setting.startsWith("tags.")).sort(), known.sort());
});

function leaves(tree: object, path: readonly string[] = []): [string, unknown][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? leaves(value, [...path, name])
      : [[[...path, name].join("."), value] as [string, unknown]],
  );
}

function code(cell: string): string {
  return cell.replace(/^`|`$/g, "");
}
