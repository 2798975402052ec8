import { dashboardPage } from "../pages/dashboard/dashboard.tsx";
import { labsPage } from "../pages/labs/labs.tsx";
import { logsPage } from "../pages/logs/logs.tsx";
import { overviewPage } from "../pages/overview/overview.tsx";
import { runbookPage } from "../pages/runbook/runbook.tsx";
import { scalingPage } from "../pages/scaling/scaling.tsx";
import { tasksPage } from "../pages/tasks/tasks.tsx";
import { tracesPage } from "../pages/traces/traces.tsx";
import type { Page } from "./page.ts";

/** Pages in navigation order. `/` opens the first. */
export const PAGES: readonly [Page, ...Page[]] = [
  overviewPage,
  dashboardPage,
  logsPage,
  tracesPage,
  tasksPage,
  scalingPage,
  labsPage,
  runbookPage,
];
