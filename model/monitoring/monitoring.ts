import type { Settings } from "../../settings/schema.ts";
import type { ServiceName } from "../service-name.ts";
import { perService } from "../services.ts";
import type { Alarm } from "./alarm.ts";
import { watchLikes } from "./likes.ts";
import { watchLoadBalancer } from "./load-balancer.ts";
import { type LogSearchNames, watchLogSearch } from "./log-search.ts";
import { savedQueries } from "./query.ts";
import { type ServiceNames, watchService } from "./service.ts";
import { watchTable } from "./table.ts";

// Metrics, alarms, and saved queries of the system, independent of the monitoring tool: the stack creates CloudWatch alarms
// and a dashboard from them, and the laptop evaluates and draws them itself.

/** CloudWatch names of the system's resources. A laptop uses its own names. */
export interface Names {
  readonly loadBalancer: string;
  readonly cluster: string;
  readonly services: Readonly<Record<ServiceName, Pick<ServiceNames, "ecsService" | "targetGroups" | "logGroup">>>;
  readonly table: string;
  /** Undefined without log search. */
  readonly logSearch?: LogSearchNames | undefined;
  /** Address of the traces of the odd likes; undefined without tracing. */
  readonly tracesUrl?: string | undefined;
}

export type Watched = ReturnType<typeof watch>;

/** Returns the metrics, alarms, and saved queries of all monitored resources. */
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
  const watchedServices = perService(service);
  const table = watchTable(names.table);
  const logSearch = names.logSearch && watchLogSearch(names.logSearch);
  const alarms: readonly Alarm[] = [
    ...loadBalancer.alarms,
    ...watchLikes(watchedServices.like),
    ...Object.values(watchedServices).flatMap(({ alarms }) => alarms),
    ...table.alarms,
    ...(logSearch?.alarms ?? []),
  ];
  return {
    loadBalancer,
    services: watchedServices,
    table,
    logSearch,
    alarms,
    queries: savedQueries(perService((name) => watchedServices[name].names.logGroup)),
    tracesUrl: names.tracesUrl,
  };
}
