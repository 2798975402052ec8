import type { Settings } from "../../settings/schema.ts";
import type { ServiceName } from "../service-name.ts";
import { perService } from "../services.ts";
import type { Alarm } from "./alarm.ts";
import { monitorLikes } from "./likes.ts";
import { monitorLoadBalancer } from "./load-balancer.ts";
import { type LogSearchNames, monitorLogSearch } from "./log-search.ts";
import { savedQueries } from "./query.ts";
import { monitorService, type ServiceNames } from "./service.ts";
import { monitorTable } from "./table.ts";

// Metrics, alarms, and saved queries of the system, independent of the monitoring tool: the stack creates CloudWatch alarms
// and a dashboard from them, and the laptop evaluates and draws them itself.

/** CloudWatch names of the system's resources. A laptop uses its own names. */
export interface ResourceNames {
  readonly loadBalancer: string;
  readonly cluster: string;
  readonly services: Readonly<Record<ServiceName, Pick<ServiceNames, "ecsService" | "targetGroups" | "logGroup">>>;
  readonly table: string;
  /** Undefined without log search. */
  readonly logSearch?: LogSearchNames | undefined;
  /** Address of the traces of the odd likes; undefined without tracing. */
  readonly tracesUrl?: string | undefined;
}

export type Monitoring = ReturnType<typeof monitor>;

/** Returns the metrics, alarms, and saved queries of all monitored resources. */
export function monitor({ services }: Pick<Settings, "services">, names: ResourceNames) {
  const { loadBalancer: balancerName, cluster } = names;
  const service = (name: ServiceName) =>
    monitorService({
      service: name,
      cluster,
      loadBalancer: balancerName,
      minTasks: services[name].minTasks,
      ...names.services[name],
    });
  const loadBalancer = monitorLoadBalancer(balancerName);
  const monitoredServices = perService(service);
  const table = monitorTable(names.table);
  const logSearch = names.logSearch && monitorLogSearch(names.logSearch);
  const alarms: readonly Alarm[] = [
    ...loadBalancer.alarms,
    ...monitorLikes(monitoredServices.like),
    ...Object.values(monitoredServices).flatMap(({ alarms }) => alarms),
    ...table.alarms,
    ...(logSearch?.alarms ?? []),
  ];
  return {
    loadBalancer,
    services: monitoredServices,
    table,
    logSearch,
    alarms,
    queries: savedQueries(perService((name) => monitoredServices[name].names.logGroup)),
    tracesUrl: names.tracesUrl,
  };
}
