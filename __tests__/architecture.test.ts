import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "ava";

const ROOT = join(import.meta.dirname, "..");

/** Which rooms a room may import from, besides itself. An arrow that is not here is a decision to be taken first. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["guards", "stacks", "specs", "settings"],
  stacks: ["guards", "modules", "specs", "settings", "lambda"],
  modules: ["guards", "specs", "settings", "lambda"],
  guards: [],
  specs: ["settings"],
  settings: [],
  service: ["specs"],
  lambda: [],
  local: ["service", "specs", "settings", "console"],
  console: ["specs"],
  emulator: [],
  delivery: ["specs"],
  deploy: ["emulator", "review", "settings"],
  review: ["prices", "settings", "specs"],
  prices: [],
  simulate: ["prices", "specs", "settings"],
  bench: ["emulator", "simulate", "local", "service", "lambda", "specs", "settings", "main.ts"],
};

const sources = globSync("**/*.{ts,tsx}", {
  cwd: ROOT,
  exclude: ["node_modules/**", "cdktf.out/**", "__tests__/**", "artifacts/**"],
});

const CALLED_BY_LAMBDA = /^lambda\/[\w-]+\/handler\.ts handler$/;

test("every source file stands in a room that has rules", (t) => {
  t.deepEqual(
    sources.filter((file) => !(roomOf(file) in MAY_IMPORT)),
    [],
  );
  t.true(sources.length > 30);
});

test("imports run one way", (t) => {
  const wrong = sources.flatMap((file) =>
    imports(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => roomOf(normalize(join(dirname(file), specifier))))
      .filter((room) => room !== roomOf(file) && !MAY_IMPORT[roomOf(file)]?.includes(room))
      .map((room) => `${file} imports from ${room}`),
  );
  t.deepEqual(wrong, []);
});

test("provider resources are imported one by one, because the root costs seconds and a gigabyte", (t) => {
  const whole = sources.filter((file) =>
    imports(file).some((specifier) => specifier === "@cdktf/provider-aws" || specifier === "@cdktf/provider-aws/lib"),
  );
  t.deepEqual(whole, []);
});

test("what is exported is imported somewhere", (t) => {
  const all = [...sources, ...globSync("__tests__/**/*.ts", { cwd: ROOT })];
  const imported = new Set(all.flatMap(namesImported));
  t.deepEqual(
    all.flatMap(namesExported).filter((name) => !imported.has(name) && !CALLED_BY_LAMBDA.test(name)),
    [],
  );
});

/** Functions, classes and constants, each behind its file; types may stand beside them for whoever needs them. */
function namesExported(file: string): string[] {
  return [...read(file).matchAll(/^export (?:async )?(?:function\*?|class|const) (\w+)/gm)].map(
    ([, name]) => `${file} ${name}`,
  );
}

function namesImported(file: string): string[] {
  const statements = read(file).matchAll(/\{([^{}]+)\}(?: from| = await import\() ?"(\.[^"]+)"/g);
  return [...statements].flatMap(([, names = "", specifier = ""]) =>
    [...names.matchAll(/(?<=^|,)\s*(?:type )?(\w+)/g)].map(
      ([, name]) => `${normalize(join(dirname(file), specifier))} ${name}`,
    ),
  );
}

function roomOf(file: string): string {
  return file.split("/")[0] as string;
}

function imports(file: string): string[] {
  return [...read(file).matchAll(/(?:^import|^export|\bimport\()[^;=]*?["']([^"']+)["']/gm)].map(
    ([, specifier]) => specifier as string,
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
