import type { ServiceName } from "../services.ts";

/** What a service calls itself in its segments. */
export const SEGMENT_NAMES = {
  like: "like service",
  monolith: "monolith service",
} as const satisfies Record<ServiceName, string>;

/** The likes that went wrong or took more than a second: a group of traces with a service map of its own. */
export const ODD_LIKES = {
  name: "odd-likes",
  filter: `service("${SEGMENT_NAMES.like}") { responsetime > 1 OR error } AND http.method = "POST"`,
} as const;

/** Which requests are traced. The first rule that fits decides, at the service that a request reaches first. */
export interface SamplingRule {
  /** At most 11 characters, so that it fits X-Ray's 32 behind an environment's name of 20. */
  readonly name: string;
  /** Patterns with `*` and `?`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Traces a second that are always taken, over all tasks together. */
  readonly reservoir: number;
  /** Share of the rest, from 0 to 1. */
  readonly rate: number;
}

/** In the order in which they are tried. */
export const SAMPLING_RULES: readonly SamplingRule[] = [
  { name: "health", service: "* service", method: "GET", path: "/", reservoir: 0, rate: 0 },
  { name: "likes", service: SEGMENT_NAMES.like, method: "POST", path: "/mysfits/*/like", reservoir: 5, rate: 0.1 },
  { name: "others", service: "* service", method: "*", path: "*", reservoir: 1, rate: 0.05 },
];
