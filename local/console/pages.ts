import { dashboard } from "./dashboard.ts";
import { overview } from "./overview.ts";
import type { ObservedSystem, PagePart } from "./page.ts";
import { shell } from "./shell.ts";
import { traces } from "./traces.ts";

/** The server's parts of all pages, and of what stands around them. */
export function pageParts(system: ObservedSystem, boot: string): readonly PagePart[] {
  return [shell(system, boot), overview(system), dashboard(system), traces(system)];
}
