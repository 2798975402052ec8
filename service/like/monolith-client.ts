import { setTimeout as pause } from "node:timers/promises";
import createError, { type HttpError } from "http-errors";
import { Client, Pool } from "undici";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import { callRemote, type RemoteResponse } from "../shared/subsegments.ts";
import { untilAborted } from "../shared/until-aborted.ts";

/** Milliseconds for the monolith to count a like, from name resolution to the last byte; leaves 100 ms of the promised 3 s. */
const LIKE_LIMIT = 2_900;

/** Milliseconds before each further attempt to connect to the monolith. */
const PAUSES = [100, 300];

const READY_LIMIT = 1_000;

const CONNECTION = {
  // Up to 1 s in fact: undici checks connect timeouts twice per second.
  connect: { timeout: 500 },
  // Shorter than the monolith's, so that it does not close a connection on which a like is being sent.
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 60_000,
  maxResponseSize: 64 * 1024,
};

type Request = Parameters<Client["request"]>[0];

/** Client of the monolith. */
export class MonolithClient {
  readonly #host: string;
  readonly #likes: Pool;
  /** A separate connection, so that a readiness check does not wait behind likes. */
  readonly #checks: Client;

  /** @param host Host of the monolith, with the port unless it is 80. */
  constructor(host: string) {
    this.#host = host;
    this.#likes = new Pool(`http://${host}`, { ...CONNECTION, connections: 128 });
    this.#checks = new Client(`http://${host}`, CONNECTION);
  }

  /**
   * Has the monolith count one like. A 503 leaves open whether the like was counted: it is not sent again, because that
   * could count it twice.
   */
  async like(id: string, headers: Record<string, string>): Promise<void> {
    const call = { host: this.#host, method: "POST", path: `/mysfits/${id}/fulfill-like`, headers } as const;
    const response = await callRemote(call, (traced) => this.#sendLike(call.path, traced)).catch((error: Error) => {
      throw unavailable(
        error.name === "TimeoutError" ? new Error(`no response within ${LIKE_LIMIT} ms`, { cause: error }) : error,
      );
    });
    if (response.status === 404) {
      throw noSuchMysfit(id);
    }
    if (!isSuccess(response)) {
      throw unavailable(new Error(`status ${response.status} with ${JSON.stringify(response.text.slice(0, 100))}`));
    }
  }

  /** True if the monolith's health check responds within a second. */
  isReady(): Promise<boolean> {
    const signal = AbortSignal.timeout(READY_LIMIT);
    return untilAborted(signal, send(this.#checks, { method: "GET", path: "/", signal })).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#likes.destroy(), this.#checks.destroy()]);
  }

  #sendLike(path: string, headers: Record<string, string>): Promise<RemoteResponse> {
    const signal = AbortSignal.timeout(LIKE_LIMIT);
    return untilAborted(signal, this.#tryToSend({ method: "POST", path, headers, signal }));
  }

  /** Tries again only after a failure to connect. */
  async #tryToSend(request: Request & { readonly signal: AbortSignal }): Promise<RemoteResponse> {
    for (const milliseconds of PAUSES) {
      try {
        return await send(this.#likes, request);
      } catch (error) {
        if (!failedToConnect(error)) {
          throw error;
        }
        await pause(milliseconds, undefined, { signal: request.signal });
      }
    }
    return send(this.#likes, request);
  }
}

async function send(client: Client | Pool, request: Request): Promise<RemoteResponse> {
  const { statusCode, body } = await client.request(request);
  return { status: statusCode, text: await body.text() };
}

/** True only if the request was never sent. */
function failedToConnect(error: unknown): boolean {
  if (error instanceof AggregateError) {
    return error.errors.every(failedToConnect);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === "UND_ERR_CONNECT_TIMEOUT" || syscall === "connect" || syscall === "getaddrinfo";
}

function isSuccess({ status, text }: RemoteResponse): boolean {
  try {
    return status === 200 && JSON.parse(text)?.Update === "Success";
  } catch {
    return false;
  }
}

function unavailable(cause: Error): HttpError {
  return createError(503, "the monolith is not available", { cause });
}
