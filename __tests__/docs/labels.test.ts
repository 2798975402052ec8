import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LABS } from "../../laptop/console/pages/labs/definitions.ts";
import { MONITORING } from "../model/monitored-system.ts";

const ROOT = join(import.meta.dirname, "../..");

const sources = globSync(["laptop/console/**/*.tsx", "web/*.{js,html}"], { cwd: ROOT })
  .map((file) => readFileSync(join(ROOT, file), "utf8").replace(/\s+/g, " "))
  .join("\n");

/** Pages and lab steps that quote labels as **Label**: the labs, in docs and in the console. */
const texts = new Map([
  ...globSync("docs/labs/*.md", { cwd: ROOT }).map((file) => [file, readFileSync(join(ROOT, file), "utf8")] as const),
  ...LABS.flatMap(({ name, goal, steps }) =>
    [{ title: "goal", text: goal, hint: "" }, ...steps].map(
      ({ title, text, hint }) => [`lab ${name}, ${title}`, `${text} ${hint}`] as const,
    ),
  ),
]);

/** True for a string, an attribute, or an element's text in the pages. */
function isOnThePages(label: string): boolean {
  return [`"${label}"`, `>${label}<`, `> ${label} <`, `>${label} <`, `> ${label}<`].some((text) =>
    sources.includes(text),
  );
}

test("quoted labels are on the pages", (t) => {
  const quoted = [...texts].flatMap(([place, text]) =>
    [...text.matchAll(/\*\*([A-Z][^*\n]*)\*\*/g)].map(([, label = ""]) => ({ place, label })),
  );
  t.true(quoted.length > 20);
  t.deepEqual(
    quoted.filter(({ label }) => !isOnThePages(label)),
    [],
  );
});

test("a label that is on no page is noticed", (t) => {
  t.true(isOnThePages("Roll out"));
  t.false(isOnThePages("Its log lines"));
});

test("saved queries have the same names in the runbook, the labs, the alarms, and the console", (t) => {
  const names = Object.values<{ readonly name: string }>(MONITORING.queries).map(({ name }) => name);
  const pages = globSync("docs/{runbook,labs}/*.md", { cwd: ROOT }).map(
    (file) => [file, readFileSync(join(ROOT, file), "utf8").replace(/\s+/g, " ")] as const,
  );
  const alarms = MONITORING.alarms.map(({ name, firstStep }) => [`alarm ${name}`, firstStep] as const);
  const quoted = [...pages, ...texts, ...alarms].flatMap(([place, text]) =>
    [...text.matchAll(/saved query `?([a-z][\w-]*-[\w-]+)/gi)].map(([, name = ""]) => ({ place, name })),
  );
  t.true(quoted.length >= 5);
  t.deepEqual(
    quoted.filter(({ name }) => !names.includes(name)),
    [],
  );
});

test("every link of a lab has the title of its page", (t) => {
  const pages: Readonly<Record<string, string>> = {
    "/dashboard": "Dashboard",
    "/logs": "Logs",
    "/scaling": "Scaling",
    "/tasks": "Tasks",
    "/traces": "Traces",
  };
  for (const { label, to } of LABS.flatMap(({ steps }) => steps.flatMap(({ links }) => links))) {
    const title = pages[to.split("?")[0] as string] ?? "The site";
    t.true(label.startsWith(title), `${label} leads to ${to}`);
  }
});
