import { setTimeout as pause } from "node:timers/promises";
import { Pool, request } from "undici";
import type { HealthCheck } from "../../specs/services.ts";

/** Milliseconds between the first checks of a new target, until it passes one. */
const FIRST_CHECKS = 100;

/** Seconds; the load balancer's own. */
const LIMITS = { connect: 10, idle: 60 };

/** One task of a service, as the router sees it: an address that passes its health checks, or does not. */
class Target {
  readonly origin: string;
  readonly pool: Pool;
  readonly #health: HealthCheck;
  readonly #removed = new AbortController();
  #healthy = false;

  constructor(origin: string, health: HealthCheck, idleSeconds: number, changed: () => void) {
    this.origin = origin;
    this.#health = health;
    this.pool = new Pool(origin, {
      connect: { timeout: LIMITS.connect * 1000 },
      headersTimeout: idleSeconds * 1000,
      bodyTimeout: idleSeconds * 1000,
      // Shorter than the services' own: a service must not close a connection on which a request is just leaving.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
    });
    this.#watch(changed).catch(() => {});
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Ends the checks at once, and the connections when the answers on them are out. */
  async remove(): Promise<void> {
    this.#removed.abort();
    this.#healthy = false;
    await this.pool.close();
  }

  /** A new target is in with the first check it passes; from then on, only a run of equal results changes the verdict. */
  async #watch(changed: () => void): Promise<void> {
    const { interval, healthyAfter, unhealthyAfter } = this.#health;
    const { signal } = this.#removed;
    while (!(await this.#passes())) {
      await pause(Math.min(FIRST_CHECKS, interval * 1000), undefined, { signal });
    }
    signal.throwIfAborted();
    this.#healthy = true;
    changed();
    for (let contrary = 0; ; ) {
      await pause(interval * 1000, undefined, { signal });
      contrary = (await this.#passes()) === this.#healthy ? 0 : contrary + 1;
      if (contrary === (this.#healthy ? unhealthyAfter : healthyAfter) && !signal.aborted) {
        this.#healthy = !this.#healthy;
        contrary = 0;
        changed();
      }
    }
  }

  /** Asks on a connection of its own, so that a check tells whether new connections are taken. */
  async #passes(): Promise<boolean> {
    try {
      const { statusCode, body } = await request(this.origin + this.#health.path, {
        headers: { "user-agent": "ELB-HealthChecker/2.0" },
        reset: true,
        signal: AbortSignal.any([this.#removed.signal, AbortSignal.timeout(this.#health.timeout * 1000)]),
      });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }
}

/** The tasks of one service that requests may go to. Unlike AWS's, a group without a healthy target sends requests nowhere. */
export class TargetGroup {
  readonly #health: HealthCheck;
  readonly #idleSeconds: number;
  readonly #targets = new Map<string, Target>();
  readonly #waiting = new Set<() => void>();
  /** Those that are healthy. */
  #inService: readonly Target[] = [];
  #turn = 0;

  /** @param idleSeconds How long a target may keep silent in the middle of a request. */
  constructor(health: HealthCheck, idleSeconds = LIMITS.idle) {
    this.#health = health;
    this.#idleSeconds = idleSeconds;
  }

  /**
   * @param origin Address of the task, such as `http://127.0.0.1:41000`. Requests go there once it is healthy.
   * @param changed Told whenever it turns healthy, or unhealthy after that.
   */
  register(origin: string, changed?: (healthy: boolean) => void): void {
    const target = new Target(origin, this.#health, this.#idleSeconds, () => {
      this.#update();
      changed?.(target.healthy);
    });
    this.#targets.set(origin, target);
  }

  /** Requests stop going there at once. Resolves when those on their way are finished. */
  async deregister(origin: string): Promise<void> {
    const target = this.#targets.get(origin);
    this.#targets.delete(origin);
    this.#update();
    await target?.remove();
  }

  /** The healthy targets with their pools of connections, beginning with the one whose turn it is. */
  inTurn(): readonly Pick<Target, "origin" | "pool">[] {
    const first = this.#inService.length < 2 ? 0 : this.#turn++ % this.#inService.length;
    return first === 0 ? this.#inService : [...this.#inService.slice(first), ...this.#inService.slice(0, first)];
  }

  /** How many targets pass their health checks, and how many do not, or not yet. */
  get hosts(): { readonly healthy: number; readonly unhealthy: number } {
    const healthy = this.#inService.length;
    return { healthy, unhealthy: this.#targets.size - healthy };
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
