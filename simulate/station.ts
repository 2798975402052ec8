import type { Service } from "../specs/services.ts";
import type { Request, Surroundings } from "./scenario.ts";

/** What a task is to a request: some servers side by side, and room to wait in front of them. */
export interface Station {
  readonly servers: number;
  /** Requests a second of a busy server. */
  readonly rate: number;
  /** Standard deviation of the time with a server, over its mean. */
  readonly spread: number;
  /** Seconds of each request that take no server. */
  readonly elsewhere: number;
  /** Seconds that a request waits at most; one that would wait longer fails. */
  readonly patience: number;
  /** Percent of the task's CPU that a request a second takes. */
  readonly cpu: number;
}

/** CPU units of one vCPU. */
const VCPU = 1024;

/**
 * A task of the service, as narrow as the narrower of two things: its CPU, of which Node.js uses no more than one vCPU,
 * or the requests that it takes at once.
 */
export function stationOf(
  { size }: Pick<Service, "size">,
  request: Request,
  { patienceSeconds }: Surroundings,
): Station {
  const cpuSeconds = request.cpuMs / 1000;
  const elsewhere = request.otherMs / 1000;
  const computing = cpuSeconds / Math.min(1, size.cpu / VCPU);
  const shared = {
    spread: request.spread,
    patience: patienceSeconds,
    cpu: 100 * cpuSeconds * (VCPU / size.cpu),
  };
  const together = request.atOnce ?? Infinity;
  return together / (computing + elsewhere) < 1 / computing
    ? { ...shared, servers: together, rate: 1 / (computing + elsewhere), elsewhere: 0 }
    : { ...shared, servers: 1, rate: 1 / computing, elsewhere };
}
