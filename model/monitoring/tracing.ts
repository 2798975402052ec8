import type { ServiceName } from "../service-name.ts";

/** Name of a service in its segments. */
export function segmentName(service: ServiceName): string {
  return `${service} service`;
}

/**
 * Name of a service, or a pattern of names, in an environment on AWS. X-Ray's groups and sampling rules cover a whole account
 * and region, so the name begins with the project and the environment.
 */
export function nameInEnvironment(tracePrefix: string, name: string): string {
  return `${tracePrefix} ${name}`;
}

/** X-Ray group of likes that failed or took more than a second. */
export const ODD_LIKES = { name: "odd-likes", filter: oddLikesFilter(segmentName("like")) } as const;

/** @param like name of the like service */
export function oddLikesFilter(like: string): string {
  return `service("${like}") { responsetime > 1 OR error } AND http.method = "POST"`;
}

/** Decides which requests are traced. The first matching rule applies, in the first service that a request reaches. */
export interface SamplingRule {
  /** At most 11 characters, so that it fits X-Ray's limit of 32 after a prefix of 20. */
  readonly name: string;
  /** Patterns with `*` and `?`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Traces per second that are always recorded, over all tasks. */
  readonly reservoir: number;
  /** Share of the remaining requests, from 0 to 1. */
  readonly rate: number;
}

/** In the order of evaluation. */
export const SAMPLING_RULES: readonly SamplingRule[] = [
  { name: "health", service: "* service", method: "GET", path: "/", reservoir: 0, rate: 0 },
  { name: "likes", service: segmentName("like"), method: "POST", path: "/mysfits/*/like", reservoir: 5, rate: 0.1 },
  { name: "others", service: "* service", method: "*", path: "*", reservoir: 1, rate: 0.05 },
];
