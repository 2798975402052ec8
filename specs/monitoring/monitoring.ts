import type { Settings } from "../../settings/schema.ts";
import type { ServiceName } from "../services.ts";
import type { Alarm } from "./alarm.ts";
import { watchLikes } from "./likes.ts";
import { watchLoadBalancer } from "./load-balancer.ts";
import { type LogSearchNames, watchLogSearch } from "./log-search.ts";
import { savedQueries } from "./query.ts";
import { type ServiceNames, watchService } from "./service.ts";
import { watchTable } from "./table.ts";

// What is watched of the system and how, with nothing in it of who watches: the stack turns this into alarms and a
// dashboard of CloudWatch, and the laptop evaluates and draws it by itself.

/** What CloudWatch calls the parts of the system; names of its own on a laptop. */
export interface Names {
  readonly loadBalancer: string;
  readonly cluster: string;
  readonly services: Readonly<Record<ServiceName, Pick<ServiceNames, "ecsService" | "targetGroups" | "logGroup">>>;
  readonly table: string;
  /** Left out where the logs are not searched. */
  readonly logSearch?: LogSearchNames | undefined;
  /** Where the odd likes' traces are seen; left out where nothing is traced. */
  readonly tracesUrl?: string | undefined;
}

export type Watched = ReturnType<typeof watch>;

/** Everything that is watched, with its metrics, its alarms and the questions to its logs. */
export function watch({ services }: Pick<Settings, "services">, names: Names) {
  const { loadBalancer: balancerName, cluster } = names;
  const service = (name: ServiceName) =>
    watchService({
      service: name,
      cluster,
      loadBalancer: balancerName,
      minTasks: services[name].minTasks,
      ...names.services[name],
    });
  const loadBalancer = watchLoadBalancer(balancerName);
  const like = service("like");
  const monolith = service("monolith");
  const table = watchTable(names.table);
  const logSearch = names.logSearch && watchLogSearch(names.logSearch);
  const alarms: readonly Alarm[] = [
    ...loadBalancer.alarms,
    ...watchLikes(like),
    ...like.alarms,
    ...monolith.alarms,
    ...table.alarms,
    ...(logSearch?.alarms ?? []),
  ];
  return {
    loadBalancer,
    like,
    monolith,
    table,
    logSearch,
    alarms,
    queries: savedQueries({ like: like.names.logGroup, monolith: monolith.names.logGroup }),
    tracesUrl: names.tracesUrl,
  };
}
