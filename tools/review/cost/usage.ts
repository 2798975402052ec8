import { SAMPLING_RULES } from "../../../model/monitoring/tracing.ts";
import type { Settings } from "../../../settings/schema.ts";

/** Monthly use of an environment by visitors and releases, as far as AWS bills it. */
export interface Usage {
  readonly requests: number;
  /** Likes, which are the requests that write to the table. */
  readonly likes: number;
  /** Traffic from CloudFront to visitors. */
  readonly gbOut: number;
  readonly logGb: number;
  /** Log data that leaves the tasks through NAT; the rest uses a VPC endpoint. */
  readonly natGb: number;
  readonly endpointGb: number;
  /** Stored logs after a full retention period. */
  readonly keptLogGb: number;
  readonly traces: number;
  readonly releases: number;
}

// Values of an average month that are not in the settings. docs/cost.md lists them.
export const LIKES_OF_REQUESTS = 0.1;
export const KB_OF_REQUEST = 10;
const SECONDS = 730 * 3600;

export function usageOf({ cost, logs, labs, network }: Settings): Usage {
  const { requestsPerMonth: requests, logGbPerMonth: logGb, releasesPerMonth: releases } = cost;
  const hasEndpoint = network.interfaceEndpoints.includes("logs");
  const likes = requests * LIKES_OF_REQUESTS;
  return {
    requests,
    likes,
    gbOut: (requests * KB_OF_REQUEST) / 1e6,
    logGb,
    natGb: hasEndpoint ? 0 : logGb,
    endpointGb: hasEndpoint ? logGb : 0,
    keptLogGb: logGb * (logs.retentionDays / 30),
    traces: labs.tracing ? sampled("likes", likes) + sampled("others", requests - likes) : 0,
    releases,
  };
}

/** Traces that a sampling rule keeps of evenly distributed requests. */
function sampled(ruleName: string, requests: number): number {
  const rule = SAMPLING_RULES.find(({ name }) => name === ruleName);
  if (rule === undefined) {
    throw new Error(`no sampling rule "${ruleName}"`);
  }
  const always = Math.min(requests, rule.reservoir * SECONDS);
  return always + (requests - always) * rule.rate;
}
