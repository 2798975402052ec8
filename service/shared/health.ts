/** Liveness: responds as long as the process does. */
export const HEALTH_PATH = "/";

/** Readiness: also checks the service's dependencies. */
export const READY_PATH = "/ready";

/** True for the checks that load balancers send constantly, which are neither traced nor logged at INFO. */
export function isHealthCheck(path: string): boolean {
  return path === HEALTH_PATH || path === READY_PATH;
}
