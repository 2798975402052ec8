import { readFile } from "node:fs/promises";
import { join } from "node:path";
import createError from "http-errors";
import type { SavedQuery } from "../../../../model/monitoring/query.ts";
import { endpoint } from "../../server/endpoint.ts";
import type { ObservedSystem, PageServer } from "../../server/page-server.ts";
import { runbookPageName } from "./messages.ts";

const FOLDER = join(import.meta.dirname, "../../../../docs/runbook");

/** The server side of the Runbook page, which shows the files in docs/runbook. */
export function runbook({ observability: { monitoring } }: ObservedSystem): PageServer {
  const queries = Object.values<SavedQuery>(monitoring.queries).map(({ name }) => name);
  return {
    routes(router) {
      endpoint(router, "GET /api/runbook", runbookPageName, async ({ page }) => {
        const markdown = await readFile(join(FOLDER, `${page}.md`), "utf8").catch(() => undefined);
        if (markdown === undefined) {
          throw createError(404, `the runbook has no page ${page}`);
        }
        return { markdown, queries };
      });
    },
  };
}
