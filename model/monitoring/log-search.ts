import type { Alarm } from "./alarm.ts";
import type { Metric, Statistic, Sum } from "./metric.ts";

/** CloudWatch names of the log search resources. */
export interface LogSearchNames {
  readonly account: string;
  /** Name of the search domain, and GiB of storage per node. */
  readonly domain: string;
  readonly nodeStorage: number;
  /** Number of data nodes. */
  readonly nodes: number;
  /** Name of the log shipper function, the namespace of its own metrics, and its timeout in seconds. */
  readonly shipper: string;
  readonly shipperNamespace: string;
  readonly shipperTimeout: number;
  /** Name of the dead-letter queue of the log shipper. */
  readonly deadLetterQueue: string;
  /** Subscription filters that send log groups to the shipper. */
  readonly subscriptions: readonly { readonly logGroup: string; readonly filter: string }[];
}

export function monitorLogSearch(names: LogSearchNames) {
  const shipper = shipperMetrics(names);
  const domain = domainMetrics(names);
  return {
    metrics: { ...shipper, ...domain },
    alarms: [...shipperAlarms(names, shipper), ...domainAlarms(names, domain)],
  };
}

function shipperMetrics({ shipper, shipperNamespace, deadLetterQueue, subscriptions }: LogSearchNames) {
  const lambda = metricsOf("AWS/Lambda", { FunctionName: shipper });
  const own = metricsOf(shipperNamespace, { FunctionName: shipper });
  const delivery = (name: string): readonly Metric[] =>
    subscriptions.map(({ logGroup, filter }) =>
      metricsOf("AWS/Logs", { LogGroupName: logGroup, DestinationType: "Lambda", FilterName: filter })(name, "Sum"),
    );
  const undelivered: Sum = { kind: "sum", of: [...delivery("DeliveryErrors"), ...delivery("DeliveryThrottling")] };
  return {
    invocations: lambda("Invocations", "Sum"),
    shipperErrors: lambda("Errors", "Sum"),
    shipperThrottles: lambda("Throttles", "Sum"),
    /** Milliseconds. */
    shipperDuration: lambda("Duration", "Maximum"),
    events: own("Events", "Sum"),
    created: own("DocumentsCreated", "Sum"),
    existing: own("DocumentsExisting", "Sum"),
    retried: own("DocumentsRetried", "Sum"),
    deadLetters: metricsOf("AWS/SQS", { QueueName: deadLetterQueue })("ApproximateNumberOfMessagesVisible", "Maximum"),
    undelivered,
  };
}

function domainMetrics({ account, domain }: LogSearchNames) {
  const of = metricsOf("AWS/ES", { DomainName: domain, ClientId: account });
  return {
    red: of("ClusterStatus.red", "Maximum"),
    yellow: of("ClusterStatus.yellow", "Maximum"),
    /** Free MiB on the fullest node. */
    freeStorage: of("FreeStorageSpace", "Minimum"),
    /** Heap usage in percent of the node that uses most. */
    heap: of("JVMMemoryPressure", "Maximum"),
  };
}

function metricsOf(namespace: string, dimensions: Readonly<Record<string, string>>) {
  return (name: string, statistic: Statistic): Metric => ({
    kind: "metric",
    namespace,
    name,
    dimensions,
    statistic,
    period: 60,
  });
}

// None of these alarms pages anyone: visitors are not affected, and the logs are still in CloudWatch.
const NOTIFY_ONLY = { missing: "notBreaching", severity: "notify" } as const;

function shipperAlarms(
  { shipperTimeout }: LogSearchNames,
  metrics: ReturnType<typeof shipperMetrics>,
): readonly Alarm[] {
  const often = { ...NOTIFY_ONLY, comparison: ">", threshold: 0, periods: 5, datapoints: 3 } as const;
  return [
    {
      ...often,
      name: "shipper-errors",
      title: "The log shipper fails",
      value: metrics.shipperErrors,
      meaning:
        "Invocations of the log shipper fail in 3 of 5 minutes; lines that fail at every attempt end in the dead-letter queue.",
      firstStep: "see whether the search domain is red: if it is, the shipper fails on purpose and waits for it.",
    },
    {
      ...often,
      name: "shipper-throttles",
      title: "The log shipper is throttled",
      value: metrics.shipperThrottles,
      meaning: "Lambda throttles invocations of the log shipper in 3 of 5 minutes, so logs arrive late.",
      firstStep: "see how long an invocation takes: a slow domain keeps every instance of the function busy.",
    },
    {
      ...NOTIFY_ONLY,
      name: "shipper-slow",
      title: "The log shipper runs out of time",
      value: metrics.shipperDuration,
      comparison: ">",
      threshold: 0.8 * shipperTimeout * 1000,
      unit: "ms",
      periods: 5,
      datapoints: 3,
      meaning: `The log shipper takes more than 80% of the ${shipperTimeout} s it may take.`,
      firstStep: "see whether documents are retried: then the domain is slow or rejects writes.",
    },
    {
      ...often,
      name: "shipper-deliveries",
      title: "Logs do not reach the shipper",
      value: metrics.undelivered,
      meaning:
        "CloudWatch Logs cannot deliver lines to the log shipper in 3 of 5 minutes; it drops them after a day of retries.",
      firstStep:
        "see whether shipper-errors or shipper-throttles fires too; if neither does, look at the function's permission.",
    },
    {
      ...NOTIFY_ONLY,
      name: "shipper-dead-letters",
      title: "Log lines that could not be indexed",
      value: metrics.deadLetters,
      comparison: ">",
      threshold: 0,
      periods: 1,
      datapoints: 1,
      meaning: "The dead-letter queue holds log lines that the search domain rejected.",
      firstStep: "read one message of the queue: it contains the reason.",
    },
  ];
}

function domainAlarms(
  { nodeStorage, nodes }: LogSearchNames,
  metrics: ReturnType<typeof domainMetrics>,
): readonly Alarm[] {
  // Thresholds of "Recommended CloudWatch alarms", OpenSearch Service developer guide.
  return [
    {
      ...NOTIFY_ONLY,
      name: "search-red",
      title: "The search domain is red",
      value: metrics.red,
      comparison: ">=",
      threshold: 1,
      periods: 1,
      datapoints: 1,
      meaning: "Part of the logs can neither be written nor searched: a primary shard has no node.",
      firstStep: "see whether storage or memory ran out just before.",
    },
    ...(nodes > 1 ? [replicaAlarm(metrics)] : []),
    {
      ...NOTIFY_ONLY,
      name: "search-storage",
      title: "The search domain fills up",
      value: metrics.freeStorage,
      comparison: "<",
      threshold: (nodeStorage * 1024) / 4,
      unit: "MB",
      periods: 1,
      datapoints: 1,
      meaning: `A node has less than a quarter of its ${nodeStorage} GiB left; a full domain accepts no more writes.`,
      firstStep: "see which day's index is the largest, and whether the retention policy still deletes the oldest.",
    },
    {
      ...NOTIFY_ONLY,
      name: "search-memory",
      title: "The search domain runs out of memory",
      value: metrics.heap,
      comparison: ">=",
      threshold: 95,
      unit: "%",
      periods: 3,
      datapoints: 3,
      meaning: "A node uses 95% of its heap or more; it will soon reject writes or stop.",
      firstStep: "see whether a heavy search is running, and how many shards the domain has.",
    },
  ];
}

/**
 * Only for several nodes. A single node is always yellow once the index management plugin has created its own indices,
 * which require a replica (opensearch-project/index-management issue 1250).
 */
function replicaAlarm({ yellow }: ReturnType<typeof domainMetrics>): Alarm {
  return {
    ...NOTIFY_ONLY,
    name: "search-yellow",
    title: "The search domain is yellow",
    value: yellow,
    comparison: ">=",
    threshold: 1,
    periods: 5,
    datapoints: 5,
    meaning: "A replica of some shard has no node, so the next failure of a node loses logs from the search.",
    firstStep: "see whether the domain is being changed: yellow is normal for as long as that takes.",
  };
}
