import type { Service } from "../../model/service.ts";
import type { Request, Timing } from "./scenario.ts";

/** A task in terms of queueing theory: parallel servers with limited waiting space. */
export interface Station {
  readonly servers: number;
  /** Requests per second of a busy server. */
  readonly rate: number;
  /** Standard deviation of the service time divided by its mean. */
  readonly spread: number;
  /** Seconds per request during which it occupies no server. */
  readonly elsewhere: number;
  /** Longest wait in seconds; a request that would wait longer fails. */
  readonly timeout: number;
  /** Percent of the task's CPU per request per second. */
  readonly cpu: number;
}

/** CPU units of one vCPU. */
const VCPU = 1024;

/**
 * Models a task of the service. Its bottleneck is either the CPU, of which Node.js uses at most one vCPU, or the number
 * of concurrent requests.
 */
export function stationOf({ size }: Pick<Service, "size">, request: Request, { timeoutSeconds }: Timing): Station {
  const cpuSeconds = request.cpuMs / 1000;
  const elsewhere = request.waitMs / 1000;
  const computing = cpuSeconds / Math.min(1, size.cpu / VCPU);
  const shared = {
    spread: request.spread,
    timeout: timeoutSeconds,
    cpu: 100 * cpuSeconds * (VCPU / size.cpu),
  };
  const together = request.concurrency ?? Infinity;
  return together / (computing + elsewhere) < 1 / computing
    ? { ...shared, servers: together, rate: 1 / (computing + elsewhere), elsewhere: 0 }
    : { ...shared, servers: 1, rate: 1 / computing, elsewhere };
}
