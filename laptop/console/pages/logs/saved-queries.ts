import type { Monitoring } from "../../../../model/monitoring/monitoring.ts";
import type { SavedQuery } from "../../../../model/monitoring/query.ts";
import type { SavedLogQuery } from "./messages.ts";

/** A query of the monitoring stack with the programs that write to its log groups. */
export function savedQuery({ services }: Monitoring, { name, title, logGroups, text }: SavedQuery): SavedLogQuery {
  const programs = Object.values(services)
    .filter(({ names }) => logGroups.includes(names.logGroup))
    .map(({ names }) => names.service);
  return { name, title, text, programs };
}
