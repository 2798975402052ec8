import createError, { type HttpError } from "http-errors";
import { Client, Pool } from "undici";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import { callRemote, type RemoteResponse } from "../shared/subsegments.ts";
import { untilAborted } from "../shared/until-aborted.ts";
import { LikeRequest } from "./like-request.ts";

const READY_LIMIT = 1_000;

const CONNECTION = {
  // Up to 1 s in fact: undici checks connect timeouts twice per second.
  connect: { timeout: 500 },
  // Shorter than the monolith's, so that it does not close a connection on which a like is being sent.
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 60_000,
  maxResponseSize: 64 * 1024,
};

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
    const response = await callRemote(call, (traced) => new LikeRequest(this.#likes, call.path, traced).send()).catch(
      (error: Error) => {
        throw unavailable(error);
      },
    );
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
    return untilAborted(signal, this.#check(signal)).catch(() => false);
  }

  async close(): Promise<void> {
    await Promise.all([this.#likes.destroy(), this.#checks.destroy()]);
  }

  async #check(signal: AbortSignal): Promise<boolean> {
    const { statusCode, body } = await this.#checks.request({ method: "GET", path: "/", signal });
    await body.text();
    return statusCode === 200;
  }
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
