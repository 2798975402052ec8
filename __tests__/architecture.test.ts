import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "ava";

const ROOT = join(import.meta.dirname, "..");

/** Folders that each folder may import from, besides itself. Adding an arrow is a design decision. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["stacks", "modules", "settings"],
  stacks: ["modules", "model", "settings"],
  modules: ["model", "settings", "lambda"],
  model: ["settings"],
  settings: [],
  service: ["model"],
  lambda: [],
  "command-line": [],
  laptop: ["command-line", "service", "lambda", "model", "settings"],
  "tools/aws": [],
  "tools/bench": ["command-line", "tools/emulator", "tools/simulate", "laptop", "lambda", "model", "settings"],
  "tools/delivery": ["tools/aws", "model"],
  "tools/deploy": ["tools/aws", "command-line", "tools/emulator", "tools/review", "settings"],
  "tools/emulator": ["command-line"],
  "tools/image": ["command-line", "model"],
  "tools/new": ["command-line", "model", "settings"],
  "tools/replay": ["command-line", "lambda"],
  "tools/review": ["command-line", "model", "settings"],
  "tools/scan": ["command-line", "tools/deploy"],
  "tools/tests": ["command-line", "tools/deploy"],
  "tools/simulate": ["command-line", "tools/review", "model", "settings"],
  "tools/workshop": ["tools/aws", "command-line", "tools/deploy", "tools/review", "settings"],
};

const OPTIONS = {
  cwd: ROOT,
  exclude: ["node_modules/**", "cdktf.out/**", "**/artifacts/**"],
};

const files = globSync("**/*.{ts,tsx}", OPTIONS).sort();
const sources = files.filter((file) => !file.startsWith("__tests__/"));

/** Files of the project that each file imports, type imports included. */
const imported: ReadonlyMap<string, readonly string[]> = new Map(
  files.map((file) => [
    file,
    imports(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => normalize(join(dirname(file), specifier))),
  ]),
);

const CALLED_BY_LAMBDA = /^lambda\/[\w-]+\/handler\.ts handler$/;

test("every source file is in a folder that has rules", (t) => {
  t.deepEqual(
    sources.filter((file) => !(areaOf(file) in MAY_IMPORT)),
    [],
  );
  t.true(sources.length > 30);
});

test("imports run one way", (t) => {
  t.deepEqual(
    arrows()
      .filter(({ from, to }) => !MAY_IMPORT[from]?.includes(to))
      .map(({ file, to }) => `${file} imports from ${to}`),
    [],
  );
});

test("every allowed import direction is used", (t) => {
  const used = new Set(arrows().map(({ from, to }) => `${from} -> ${to}`));
  t.deepEqual(
    Object.entries(MAY_IMPORT)
      .flatMap(([from, folders]) => folders.map((to) => `${from} -> ${to}`))
      .filter((arrow) => !used.has(arrow)),
    [],
  );
});

test("no file imports itself, directly or through others", (t) => {
  t.deepEqual(cyclesOf(imported), []);
});

for (const [name, top, depth] of [
  ["the laptop's folders", "laptop", 2],
  ["the laptop's subfolders", "laptop", 3],
  ["the folders of the review's rules", "tools/review/attention", 4],
] as const) {
  test(`${name} do not depend on one another in a cycle`, (t) => {
    const folders = new Map<string, string[]>();
    for (const [file, targets] of imported) {
      if (file.startsWith(`${top}/`)) {
        const folder = folderOf(file, depth);
        folders.set(folder, [...(folders.get(folder) ?? []), ...targets.map((target) => folderOf(target, depth))]);
      }
    }
    for (const [folder, targets] of folders) {
      folders.set(
        folder,
        targets.filter((target) => target !== folder),
      );
    }
    t.true(folders.size > 4);
    t.deepEqual(cyclesOf(folders), []);
  });
}

test("cdktf and the provider's resources are imported only by the names in package.json", (t) => {
  // Importing a provider as a whole costs seconds and a gigabyte.
  const direct = sources.flatMap((file) =>
    imports(file)
      .filter((specifier) => /^(@?cdkt[fn]\/|cdkt[fn]$)/.test(specifier))
      .map((specifier) => `${file} imports ${specifier}`),
  );
  t.deepEqual(direct, []);
  t.true(sources.some((file) => imports(file).some((specifier) => specifier.startsWith("#aws/"))));
});

test("every export is imported somewhere", (t) => {
  const names = new Set(files.flatMap(namesImported));
  t.deepEqual(
    files.flatMap(namesExported).filter((name) => !names.has(name) && !CALLED_BY_LAMBDA.test(name)),
    [],
  );
});

/** Lists the imports from one area of the project into another. */
function arrows(): readonly { readonly file: string; readonly from: string; readonly to: string }[] {
  return sources.flatMap((file) =>
    (imported.get(file) ?? [])
      .map((target) => ({ file, from: areaOf(file), to: areaOf(target) }))
      .filter(({ from, to }) => from !== to),
  );
}

/** Returns the part of the project that has its own import rules: a top folder, or a folder of tools. */
function areaOf(file: string): string {
  const [top = "", folder = ""] = file.split("/");
  return top === "tools" ? `${top}/${folder}` : top;
}

/** Folder of a file, cut to a depth. A console page has code for the browser and for the server, so the console is one folder. */
function folderOf(file: string, depth: number): string {
  const folders = dirname(file).split("/");
  return folders.slice(0, folders[1] === "console" ? 2 : depth).join("/");
}

/** Finds the strongly connected components with more than one node (Tarjan's algorithm). */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const cycles: string[][] = [];
  const path: string[] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();

  function visit(node: string): number {
    const index = order.size;
    order.set(node, index);
    lowest.set(node, index);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      if (graph.has(next) && (!order.has(next) || path.includes(next))) {
        const reached = order.has(next) ? (order.get(next) ?? 0) : visit(next);
        lowest.set(node, Math.min(lowest.get(node) ?? 0, reached));
      }
    }
    if (lowest.get(node) === index) {
      const component = path.splice(path.indexOf(node));
      if (component.length > 1 || graph.get(node)?.includes(node)) {
        cycles.push(component);
      }
    }
    return lowest.get(node) ?? index;
  }

  for (const node of graph.keys()) {
    if (!order.has(node)) {
      visit(node);
    }
  }
  return cycles;
}

/** Lists exported functions, classes, and constants, each after its file. Types may be exported without an importer. */
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

function imports(file: string): string[] {
  return [...read(file).matchAll(/(?:^import|^export|\bimport\()[^;=]*?["']([^"']+)["']/gm)].map(
    ([, specifier]) => specifier as string,
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
