import type { SavedLogQuery } from "../../console/messages/logs.ts";
import type { Watched } from "../../specs/monitoring/monitoring.ts";
import type { SavedQuery } from "../../specs/monitoring/query.ts";

/** A query of the monitoring stack, with the programs whose lines stand in its log groups in AWS. */
export function savedQuery({ like, monolith }: Watched, { name, title, logGroups, text }: SavedQuery): SavedLogQuery {
  const programs = [like, monolith]
    .filter(({ names }) => logGroups.includes(names.logGroup))
    .map(({ names }) => names.service);
  return { name, title, text, programs };
}
