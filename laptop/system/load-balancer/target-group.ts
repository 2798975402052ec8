import { setTimeout as pause } from "node:timers/promises";
import { Pool, request } from "undici";
import type { HealthCheck } from "../../../model/service.ts";
import { untilAborted } from "../../../service/shared/until-aborted.ts";

/** Milliseconds between the checks of a new target until it passes one. */
const FIRST_CHECKS = 100;

/** Seconds, as in the load balancer. */
const LIMITS = { connect: 10, idle: 60 };

/** One task of a service: an address that passes its health checks or fails them. */
class Target {
  readonly origin: string;
  readonly pool: Pool;
  readonly #health: HealthCheck;
  readonly #removed = new AbortController();
  /** As in AWS, a new target counts as unhealthy only after the time in which a healthy one could fail too many checks. */
  #state: "initial" | "healthy" | "unhealthy" = "initial";

  constructor(origin: string, health: HealthCheck, idleSeconds: number, changed: () => void) {
    this.origin = origin;
    this.#health = health;
    this.pool = new Pool(origin, {
      connect: { timeout: LIMITS.connect * 1000 },
      headersTimeout: idleSeconds * 1000,
      bodyTimeout: idleSeconds * 1000,
      // Shorter than in the services, so that a service never closes a connection just as a request is sent on it.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
    });
    this.#watch(changed).catch(() => {});
  }

  get healthy(): boolean {
    return this.#state === "healthy";
  }

  get unhealthy(): boolean {
    return this.#state === "unhealthy";
  }

  /** Stops the checks immediately, and closes each connection after its response. */
  async remove(): Promise<void> {
    this.#removed.abort();
    this.#state = "unhealthy";
    await this.pool.close();
  }

  /** A new target is healthy after one passed check; later its state changes only after a run of equal results. */
  async #watch(changed: () => void): Promise<void> {
    const { interval, healthyAfter, unhealthyAfter } = this.#health;
    const { signal } = this.#removed;
    const due = performance.now() + unhealthyAfter * interval * 1000;
    while (!(await this.#passes())) {
      this.#state = performance.now() < due ? "initial" : "unhealthy";
      await pause(Math.min(FIRST_CHECKS, interval * 1000), undefined, { signal });
    }
    signal.throwIfAborted();
    this.#state = "healthy";
    changed();
    for (let contrary = 0; ; ) {
      await pause(interval * 1000, undefined, { signal });
      contrary = (await this.#passes()) === this.healthy ? 0 : contrary + 1;
      if (contrary === (this.healthy ? unhealthyAfter : healthyAfter) && !signal.aborted) {
        this.#state = this.healthy ? "unhealthy" : "healthy";
        contrary = 0;
        changed();
      }
    }
  }

  /** Uses a new connection, so that the check also proves that the task accepts connections. */
  async #passes(): Promise<boolean> {
    try {
      const signal = AbortSignal.any([this.#removed.signal, AbortSignal.timeout(this.#health.timeout * 1000)]);
      const check = request(this.origin + this.#health.path, {
        headers: { "user-agent": "ELB-HealthChecker/2.0" },
        reset: true,
        signal,
      });
      const { statusCode, body } = await untilAborted(signal, check);
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }
}

/** Targets of one service. Unlike in AWS, a group without a healthy target forwards no requests. */
export class TargetGroup {
  readonly #health: HealthCheck;
  readonly #idleSeconds: number;
  readonly #targets = new Map<string, Target>();
  readonly #waiting = new Set<() => void>();
  /** Healthy targets. */
  #inService: readonly Target[] = [];
  #turn = 0;

  /** @param idleSeconds Seconds that a target may stay silent during a request. */
  constructor(health: HealthCheck, idleSeconds = LIMITS.idle) {
    this.#health = health;
    this.#idleSeconds = idleSeconds;
  }

  /**
   * @param origin Address of the task, such as `http://127.0.0.1:41000`. It receives requests once it is healthy.
   * @param changed Called when the target becomes healthy, and when a healthy one becomes unhealthy.
   */
  register(origin: string, changed?: (healthy: boolean) => void): void {
    const target = new Target(origin, this.#health, this.#idleSeconds, () => {
      this.#update();
      changed?.(target.healthy);
    });
    this.#targets.set(origin, target);
  }

  /** Stops sending requests to the target at once. Resolves when its requests in progress are finished. */
  async deregister(origin: string): Promise<void> {
    const target = this.#targets.get(origin);
    this.#targets.delete(origin);
    this.#update();
    await target?.remove();
  }

  /** Healthy targets with their connection pools, starting with the next one in turn. */
  inTurn(): readonly Pick<Target, "origin" | "pool">[] {
    const first = this.#inService.length < 2 ? 0 : this.#turn++ % this.#inService.length;
    return first === 0 ? this.#inService : [...this.#inService.slice(first), ...this.#inService.slice(0, first)];
  }

  /** Number of healthy targets, and of those that fail their health checks. New ones are neither. */
  get hosts(): { readonly healthy: number; readonly unhealthy: number } {
    const unhealthy = this.#targets.values().filter((target) => target.unhealthy);
    return { healthy: this.#inService.length, unhealthy: [...unhealthy].length };
  }

  /** Resolves as soon as a target is healthy. */
  whenHealthy(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#update();
    });
  }

  #update(): void {
    this.#inService = [...this.#targets.values()].filter(({ healthy }) => healthy);
    if (this.#inService.length > 0) {
      for (const resolve of this.#waiting) {
        resolve();
      }
      this.#waiting.clear();
    }
  }
}
