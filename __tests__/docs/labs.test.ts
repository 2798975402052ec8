import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LABS } from "../../laptop/console/pages/labs/definitions.ts";
import { onCallDashboard } from "../../model/monitoring/on-call-dashboard.ts";
import { ODD_LIKES } from "../../model/monitoring/tracing.ts";
import { defineServices } from "../../model/services.ts";
import { loadSettings } from "../../settings/load.ts";
import { MONITORING, SETTINGS } from "../model/monitored-system.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/labs");

/** Bytes of a picture, small enough for a slow connection. */
const MAX_PICTURE = 250 * 1024;

const pages = globSync("*.md", { cwd: FOLDER }).sort();

test("every lab has a page with the steps in the console", (t) => {
  t.deepEqual(
    pages.filter((page) => page !== "README.md"),
    LABS.map(({ name }) => `${name}.md`).sort(),
  );
  LABS.forEach(({ name, title, steps }, index) => {
    const text = read(`${name}.md`);
    t.true(text.startsWith(`# Lab ${index + 1}: ${title}\n`), name);
    t.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
      steps.map((step, number) => `${number + 1}. ${step.title}`),
    );
  });
});

test("every step has instructions for AWS and for a laptop", (t) => {
  for (const { name, steps } of LABS) {
    const [, ...parts] = read(`${name}.md`).split(/^## /m);
    t.is(parts.length, steps.length);
    for (const part of parts) {
      t.true(part.includes("| | in AWS | on a laptop |"), part.split("\n")[0]);
    }
  }
});

test("the index lists every lab with its minutes", (t) => {
  const rows = [...read("README.md").matchAll(/^\| \[\d, (\w+)\]\((\w+)\.md\) \|[^|]*\| (\d+) \|/gm)];
  t.deepEqual(
    rows.map(([, label, page, minutes]) => [label, page, Number(minutes)]),
    LABS.map(({ name, minutes }) => [name, name, minutes]),
  );
});

test("the README lists the labs in their order", (t) => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, list = ""] = /\[four labs\]\(docs\/labs\/README\.md\): ([^.]+)\./.exec(readme) ?? [];
  t.deepEqual(
    list.split(/,?\s+(?:and\s+)?/),
    LABS.map(({ name }) => name),
  );
});

test("links and pictures exist, and no picture is large", (t) => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)/g)) {
      if (!target?.startsWith("http")) {
        const file = join(FOLDER, target as string);
        t.true(existsSync(file), `${page} links to ${target}`);
        t.true(!target?.endsWith(".png") || statSync(file).size < MAX_PICTURE, `${target} is large`);
      }
    }
  }
});

test("the commands, settings, variables, queries, and widgets on a page exist", (t) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const queries = Object.values<{ name: string }>(MONITORING.queries).map(({ name }) => name);
  const titles = onCallDashboard(MONITORING, 60).sections.flatMap(({ widgets }) =>
    widgets.flatMap((widget) => ("title" in widget ? [widget.title] : [])),
  );
  const production = loadSettings({ environment: "production", overrides: [] });
  const context = { region: "", tableName: "", hostOf: () => "", siteOrigin: "" };
  const variables = Object.values(defineServices(SETTINGS, context)).flatMap(({ container }) =>
    Object.keys(container.environment),
  );
  for (const page of pages) {
    const text = read(page);
    const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name as string);
    for (const script of named(/`[^`]*npm run ([\w:-]+)/g)) {
      t.true(script in scripts, `${page}: npm run ${script}`);
    }
    for (const setting of named(/`((?:services|logs|logSearch|labs|load)\.[\w.]+)/g)) {
      t.not(
        settingAt(SETTINGS, setting) ?? settingAt(production, setting) ?? optional(setting),
        undefined,
        `${page}: ${setting}`,
      );
    }
    for (const query of named(/saved query `([\w-]+)`/g)) {
      t.true(queries.includes(query), `${page}: saved query ${query}`);
    }
    for (const title of named(/(?<!\*)\*([A-Z][^*]{3,})\*(?!\*)/g)) {
      t.true(titles.includes(title), `${page}: widget ${title}`);
    }
    for (const variable of named(/`([A-Z]{6,})(?:=\w+)?`/g)) {
      t.true(variables.includes(variable), `${page}: variable ${variable}`);
    }
  }
});

test("the filter expression is the one that is deployed", (t) => {
  t.true(read("traces.md").includes(ODD_LIKES.filter));
});

function read(page: string): string {
  return readFileSync(join(FOLDER, page), "utf8");
}

/** Optional settings, listed in docs/settings.md. */
function optional(setting: string): true | undefined {
  return readFileSync(join(ROOT, "docs/settings.md"), "utf8").includes(`\`${setting}\``) || undefined;
}

function settingAt(settings: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((branch, name) => (branch as Record<string, unknown> | undefined)?.[name], settings);
}
