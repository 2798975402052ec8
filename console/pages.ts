import type { Page } from "./page.ts";
import { dashboardPage } from "./pages/dashboard/dashboard.tsx";
<<<<<<< HEAD
import { labsPage } from "./pages/labs/labs.tsx";
=======
import { logsPage } from "./pages/logs/logs.tsx";
>>>>>>> 3cfcb59 (Logs page: search, histogram, live tail, lines unfolded, Insights queries)
import { overviewPage } from "./pages/overview/overview.tsx";
import { tasksPage } from "./pages/tasks/tasks.tsx";

/** In the order of the navigation. The first is where `/` leads. */
<<<<<<< HEAD
export const PAGES: readonly [Page, ...Page[]] = [overviewPage, dashboardPage, tasksPage, labsPage];
=======
export const PAGES: readonly [Page, ...Page[]] = [overviewPage, dashboardPage, logsPage, tasksPage];
>>>>>>> 3cfcb59 (Logs page: search, histogram, live tail, lines unfolded, Insights queries)
