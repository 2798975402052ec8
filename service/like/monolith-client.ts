import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import { Refusal } from "../shared/refusal.ts";
import { callRemote } from "../shared/subsegments.ts";

/** Milliseconds that a like may take with the monolith, from the name's resolution to the answer's last byte. */
const LIKE_LIMIT = 3_000;

/** Milliseconds before each new attempt to reach a monolith that did not take the connection. */
const PAUSES = [100, 300];

const READY_LIMIT = 1_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The way from the like service to the monolith. */
export class MonolithClient {
  readonly #host: string;
  readonly #pool: Pool;

  /** @param host Host of the monolith, with a port when it is not 80. */
  constructor(host: string) {
    this.#host = host;
    this.#pool = new Pool(`http://${host}`, {
      connections: 128,
      connect: { timeout: 500 },
      // Shorter than the monolith's own: it must not close a connection on which a like is just leaving.
      keepAliveTimeout: 30_000,
      keepAliveMaxTimeout: 60_000,
      maxResponseSize: 64 * 1024,
    });
  }

  /**
   * Has the monolith count one like. When this fails with 503 the like may or may not be counted; it is not sent
   * again, for that might count it twice.
   */
  async like(id: string, headers: Record<string, string>): Promise<void> {
    const call = { host: this.#host, method: "POST", path: `/mysfits/${id}/fulfill-like`, headers } as const;
    const answer = await callRemote(call, (traced) => this.#sendLike(call.path, traced)).catch((error: Error) => {
      throw unavailable(
        error.name === "TimeoutError" ? new Error(`no answer within ${LIKE_LIMIT} ms`, { cause: error }) : error,
      );
    });
    if (answer.status === 404) {
      throw noSuchMysfit(id);
    }
    if (!isSuccess(answer)) {
      throw unavailable(new Error(`it answered ${answer.status} with ${JSON.stringify(answer.text.slice(0, 100))}`));
    }
  }

  /** Whether the monolith answers at all. */
  async answers(): Promise<boolean> {
    const { status } = await this.#send("GET", "/", {}, AbortSignal.timeout(READY_LIMIT)).catch(() => ({ status: 0 }));
    return status === 200;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #sendLike(path: string, headers: Record<string, string>): Promise<Answer> {
    const signal = AbortSignal.timeout(LIKE_LIMIT);
    for (const milliseconds of PAUSES) {
      try {
        return await this.#send("POST", path, headers, signal);
      } catch (error) {
        if (!neverLeft(error)) {
          throw error;
        }
        await pause(milliseconds, undefined, { signal });
      }
    }
    return this.#send("POST", path, headers, signal);
  }

  async #send(method: "GET" | "POST", path: string, headers: Record<string, string>, signal: AbortSignal) {
    const { statusCode, body } = await this.#pool.request({ method, path, headers, signal });
    return { status: statusCode, text: await body.text() };
  }
}

/** True only for a request that found no connection to go out on. */
function neverLeft(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every(neverLeft);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === "UND_ERR_CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo";
}

function isSuccess({ status, text }: Answer): boolean {
  try {
    return status === 200 && JSON.parse(text)?.Update === "Success";
  } catch {
    return false;
  }
}

function unavailable(cause: Error): Refusal {
  return new Refusal(503, "the monolith is not available", { cause });
}
