import type { Settings } from "../../settings/schema.ts";
import { SAMPLING_RULES } from "../../specs/monitoring/tracing.ts";

/** What visitors and people who release do to an environment in a month, as far as bills go by it. */
export interface Usage {
  readonly requests: number;
  /** Requests that are likes, which write. */
  readonly likes: number;
  /** Of visitors' traffic out of CloudFront. */
  readonly gbOut: number;
  readonly logGb: number;
  /** Of the logs, what leaves the tasks through NAT; the rest has an endpoint of its own. */
  readonly natGb: number;
  readonly endpointGb: number;
  /** Logs at rest, once the retention is full. */
  readonly keptLogGb: number;
  readonly traces: number;
  readonly releases: number;
}

// Where the settings do not say, these stand for an average month. They are in docs/cost.md.
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
    traces: labs.tracing === "on" ? sampled("likes", likes) + sampled("others", requests - likes) : 0,
    releases,
  };
}

/** Traces that a sampling rule keeps of requests that come evenly. */
function sampled(ruleName: string, requests: number): number {
  const rule = SAMPLING_RULES.find(({ name }) => name === ruleName);
  if (rule === undefined) {
    throw new Error(`no sampling rule "${ruleName}"`);
  }
  const always = Math.min(requests, rule.reservoir * SECONDS);
  return always + (requests - always) * rule.rate;
}
