// Features of CloudWatch Logs Insights that the laptop supports, and documented ones it does not. The Logs page lists both.
// Source: "CloudWatch Logs Insights language query syntax" in the CloudWatch Logs User Guide.

export const COMMANDS = [
  ...(["fields", "display", "filter", "where", "parse", "unnest", "stats", "sort", "dedup", "limit"] as const),
] as const;

export const AGGREGATES = [
  ...(["count", "count_distinct", "sum", "avg", "min", "max", "pct"] as const),
  ...(["earliest", "latest", "sortsfirst", "sortslast"] as const),
] as const;

/** Functions of IP addresses, with the versions of the protocol that they accept. */
export const IP_FUNCTIONS = {
  isvalidip: [4, 6],
  isvalidipv4: [4],
  isvalidipv6: [6],
  isprivateip: [4],
  isipinsubnet: [4, 6],
  isipv4insubnet: [4],
  isipv6insubnet: [6],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** Other names of aggregates. Source: samples of Lambda queries in the AWS documentation. */
export const ALIASES: Readonly<Record<string, string>> = { percentile: "pct" };

/**
 * Commands, aggregates, and fields that are rejected by name. Functions are rejected if they are not known. AWS documents
 * `stddev` without saying whether it is that of a sample or of a population.
 */
export const UNSUPPORTED = {
  commands: [
    ...["accum", "addtotals", "anomaly", "append", "appendcols", "autoregress", "cidrlookup", "countFrequent"],
    ...["count_frequent", "diff", "expand", "filldown", "fillmissing", "filterIndex", "head", "join", "json"],
    ...["logcompare", "lookup", "outlier", "pattern", "relevantfields", "sessionize", "SOURCE", "tail", "unmask"],
  ],
  aggregates: [
    ...["stddev", "stdev", "variance", "median", "values", "rate", "histogram"],
    ...["count_over_time", "countOverTime", "sum_over_time", "sumOverTime"],
  ],
  /** Fields that CloudWatch adds to log events. */
  fields: [
    "@log",
    "@ingestionTime",
    "@ptr",
    "@entity",
    "@aws",
    "@data_source_name",
    "@data_source_type",
    "@data_format",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** True if a name is in a list, ignoring case. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((listed) => listed.toLowerCase() === name.toLowerCase());
}
