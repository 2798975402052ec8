import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Package;
const packages = Object.entries({ ...dependencies, ...devDependencies });

test("every dependency has a line that says why", (t) => {
  const explained = new Set(read("docs/dependencies.md").match(/@?[\w/.-]+/g));
  const silent = packages.map(([name]) => name).filter((name) => !name.startsWith("@types/") && !explained.has(name));
  t.deepEqual(silent, []);
});

test("every version is exact", (t) => {
  t.deepEqual(
    packages.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});
