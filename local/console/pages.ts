import { dashboard } from "./dashboard.ts";
import { labs } from "./labs.ts";
import { logs } from "./logs.ts";
import { Notebook } from "./notebook.ts";
import { overview } from "./overview.ts";
import type { ObservedSystem, PagePart } from "./page.ts";
import { scaling } from "./scaling.ts";
import { shell } from "./shell.ts";
import { tasks } from "./tasks.ts";
import { traces } from "./traces.ts";

const PARTS: readonly ((system: ObservedSystem, notebook: Notebook) => PagePart)[] = [
  overview,
  dashboard,
  logs,
  traces,
  tasks,
  scaling,
  labs,
];

/** The server's parts of all pages, and of what stands around them. */
export function pageParts(system: ObservedSystem, boot: string): readonly PagePart[] {
  const notebook = new Notebook();
  return [shell(system, boot), ...PARTS.map((part) => part(system, notebook))];
}
