import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../settings/load.ts";
import { onCallDashboard } from "../../specs/monitoring/on-call-dashboard.ts";
import { WATCHED } from "./watched-system.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "runbook");

/** Pages that belong to no one alarm. */
const OTHERS = ["README.md", "scaling.md", "the-odd-likes.md"];

const pages = globSync("*.md", { cwd: FOLDER }).sort();
const alarmPages = pages.filter((page) => !OTHERS.includes(page));

test("every alarm has its page, and every page its alarm", (t) => {
  t.deepEqual(alarmPages, WATCHED.alarms.map(({ name }) => `${name}.md`).sort());
});

for (const page of alarmPages) {
  test(`${page} says what it means, where to look three times, why, and how to stop it`, (t) => {
    const text = read(page);
    t.true(text.startsWith(`# ${page.slice(0, -3)}: `));
    t.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
      ["What it means", "First three looks", "Likely causes", "Stop the bleeding"],
    );
    const [looks = ""] = /## First three looks\n(.*?)\n## /s.exec(text) ?? [];
    t.deepEqual(
      [...looks.matchAll(/^(\d)\. /gm)].map(([, number]) => number),
      ["1", "2", "3"],
    );
  });

  test(`${page} says whether it pages as the alarm does`, (t) => {
    const alarm = WATCHED.alarms.find(({ name }) => `${name}.md` === page);
    const [meaning = ""] = /## What it means\n(.*?)\n## /s.exec(read(page)) ?? [];
    t.is(/\bPages\./.test(meaning), alarm?.pages === true);
    t.is(/\bNotifies[.;]/.test(meaning), alarm?.pages === false);
  });
}

test("the index names every page", (t) => {
  const linked = new Set([...read("README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page));
  t.deepEqual(
    [...linked].sort(),
    pages.filter((page) => page !== "README.md"),
  );
});

test("links lead somewhere", (t) => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)/g)) {
      t.true(existsSync(join(FOLDER, target as string)), `${page} links to ${target}`);
    }
  }
});

test("a saved query, a widget or a setting that a page names is there", (t) => {
  const queries = Object.values<{ name: string }>(WATCHED.queries).map(({ name }) => name);
  const titles = onCallDashboard(WATCHED).sections.flatMap(({ widgets }) =>
    widgets.flatMap((widget) => ("title" in widget ? [widget.title] : [])),
  );
  const settings = loadSettings({ environment: "production", overrides: [] });
  for (const page of pages) {
    const text = read(page).replaceAll(/\s+/g, " ");
    for (const [, query] of text.matchAll(/[Ss]aved query `([\w-]+)`/g)) {
      t.true(queries.includes(query as string), `${page} asks ${query}`);
    }
    for (const [, title] of text.matchAll(/(?<!\*)\*([A-Z][^*]{3,})\*(?!\*)/g)) {
      t.true(titles.includes(title as string), `${page} looks at ${title}`);
    }
    for (const [, path] of text.matchAll(/`((?:services|logs|logSearch|labs|load)\.[\w.]+)`/g)) {
      t.not(settingAt(settings, path as string), undefined, `${page} sets ${path}`);
    }
  }
});

function read(page: string): string {
  return readFileSync(join(FOLDER, page), "utf8");
}

function settingAt(settings: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((branch, name) => (branch as Record<string, unknown> | undefined)?.[name], settings);
}
