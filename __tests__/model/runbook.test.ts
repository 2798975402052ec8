import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import test from "ava";
import { type Alarm, runbookPage } from "../../model/monitoring/alarm.ts";
import { onCallDashboard } from "../../model/monitoring/on-call-dashboard.ts";
import { loadSettings } from "../../settings/load.ts";
import { MONITORING } from "./monitored-system.ts";

const FOLDER = join(import.meta.dirname, "../..", "docs", "runbook");

/** Pages that are not about one alarm. */
const OTHERS = ["README.md", "scaling.md", "the-odd-likes.md"];

const pages = globSync("*.md", { cwd: FOLDER }).sort();
const alarmPages = pages.filter((page) => !OTHERS.includes(page));

test("every alarm has a page, and every page has an alarm", (t) => {
  t.deepEqual(alarmPages, [...new Set(MONITORING.alarms.map(pageOf))].sort());
});

for (const page of alarmPages) {
  test(`${page} has a meaning, three checks, likely causes, and how to stop the bleeding`, (t) => {
    const text = read(page);
    t.true(text.startsWith(`# ${page.slice(0, -3)}: `));
    t.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
      ["What it means", "First three checks", "Likely causes", "Stop the bleeding"],
    );
    const [checks = ""] = /## First three checks\n(.*?)\n## /s.exec(text) ?? [];
    t.deepEqual(
      [...checks.matchAll(/^(\d)\. /gm)].map(([, number]) => number),
      ["1", "2", "3"],
    );
  });

  test(`${page} says whether its alarm pages or notifies`, (t) => {
    const alarm = MONITORING.alarms.find((candidate) => pageOf(candidate) === page);
    const [meaning = ""] = /## What it means\n(.*?)\n## /s.exec(read(page)) ?? [];
    t.is(/\bThis alarm pages\./.test(meaning), alarm?.severity === "page");
    t.is(/\bThis alarm notifies[.;]/.test(meaning), alarm?.severity === "notify");
  });
}

test("the index names every page", (t) => {
  const linked = new Set([...read("README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page));
  t.deepEqual(
    [...linked].sort(),
    pages.filter((page) => page !== "README.md"),
  );
});

test("links lead to existing files", (t) => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)/g)) {
      t.true(existsSync(join(FOLDER, target as string)), `${page} links to ${target}`);
    }
  }
});

test("saved queries, widgets, and settings that a page names exist", (t) => {
  const queries = Object.values<{ name: string }>(MONITORING.queries).map(({ name }) => name);
  const titles = onCallDashboard(MONITORING, 60).sections.flatMap(({ widgets }) =>
    widgets.flatMap((widget) => ("title" in widget ? [widget.title] : [])),
  );
  const settings = loadSettings({ environment: "production", overrides: [] });
  for (const page of pages) {
    const text = read(page).replaceAll(/\s+/g, " ");
    for (const [, query] of text.matchAll(/[Ss]aved query `([\w-]+)`/g)) {
      t.true(queries.includes(query as string), `${page} asks ${query}`);
    }
    for (const [, title] of text.matchAll(/(?<!\*)\*([A-Z][^*]{3,})\*(?!\*)/g)) {
      t.true(titles.includes(title as string), `${page} checks at ${title}`);
    }
    for (const [, path] of text.matchAll(/`((?:services|logs|logSearch|labs|load)\.[\w.]+)`/g)) {
      t.not(settingAt(settings, path as string), undefined, `${page} sets ${path}`);
    }
  }
});

function pageOf(alarm: Alarm): string {
  return basename(runbookPage(alarm));
}

function read(page: string): string {
  return readFileSync(join(FOLDER, page), "utf8");
}

function settingAt(settings: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((branch, name) => (branch as Record<string, unknown> | undefined)?.[name], settings);
}
