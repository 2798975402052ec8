import { z } from "zod";
import type { Call } from "../../parts/messages.ts";

export interface RunbookCalls {
  readonly "GET /api/runbook": Call<z.infer<typeof runbookPageName>, RunbookDocument>;
}

export const runbookPageName = z.object({
  /** Name of a file in docs/runbook, without `.md`. */
  page: z.string().regex(/^[\w-]+$/, "the name of a runbook page"),
});

export interface RunbookDocument {
  readonly markdown: string;
  /** Names of the saved queries. */
  readonly queries: readonly string[];
}
