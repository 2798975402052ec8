import { dashboard } from "../pages/dashboard/server.ts";
import { LabActivity } from "../pages/labs/lab-activity.ts";
import type { LabRecord } from "../pages/labs/lab-record.ts";
import { labs } from "../pages/labs/server.ts";
import { logs } from "../pages/logs/server.ts";
import { overview } from "../pages/overview/server.ts";
import { runbook } from "../pages/runbook/server.ts";
import { scaling } from "../pages/scaling/server.ts";
import { tasks } from "../pages/tasks/server.ts";
import { traces } from "../pages/traces/server.ts";
import type { ObservedSystem, PageServer } from "./page-server.ts";
import { shell } from "./shell.ts";

const PAGES: readonly ((system: ObservedSystem, activity: LabActivity, record: LabRecord) => PageServer)[] = [
  overview,
  dashboard,
  logs,
  traces,
  tasks,
  scaling,
  labs,
  runbook,
];

/** The server sides of all pages and of the navigation around them. */
export function pageServers(system: ObservedSystem, boot: string, record: LabRecord): readonly PageServer[] {
  const activity = new LabActivity();
  return [shell(system, boot), ...PAGES.map((page) => page(system, activity, record))];
}
