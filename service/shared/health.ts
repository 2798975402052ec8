/** Answers for the process itself. */
export const HEALTH_PATH = "/";

/** Answers for what the service needs as well. */
export const READY_PATH = "/ready";

/** Whether a request is one of those that load balancers send all day, and that nobody wants to read or trace. */
export function isHealthCheck(path: string): boolean {
  return path === HEALTH_PATH || path === READY_PATH;
}
