import createError from "http-errors";
import { Agent } from "undici";
import { untilAborted } from "../shared/until-aborted.ts";
import { Recording } from "./recording.ts";

/** Milliseconds from the start of a request to the last byte of the response. */
const READ_LIMIT = 2_000;

/** Milliseconds after its start in which a response, or an error, is reused for the same URL. */
const FRESH = 1_000;

/** Maximum bytes of a response. That of a task with ten containers has about 100,000. */
const MAX_RESPONSE = 1024 * 1024;

/** Client of the ECS task metadata endpoint. Sends each request at most once per second, however many clients there are. */
export class MetadataEndpoint {
  readonly #agent = new Agent({
    connections: 8,
    connect: { timeout: 500 },
    maxResponseSize: MAX_RESPONSE,
  });
  readonly #recordings = new Map<string, Promise<Recording>>();

  /**
   * Resolves when the response starts. Throws an HTTP error: 404 for an unknown container, 502 when there is no endpoint,
   * 503 when it fails, 504 when it is too slow.
   */
  read(url: string): Promise<Recording> {
    let recording = this.#recordings.get(url);
    if (recording === undefined) {
      recording = this.#request(url);
      this.#recordings.set(url, recording);
      const forget = () => setTimeout(() => this.#recordings.delete(url), FRESH).unref();
      recording.then(forget, forget);
    }
    return recording;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #request(url: string): Promise<Recording> {
    const { origin, pathname: path } = new URL(url);
    const signal = AbortSignal.timeout(READ_LIMIT);
    const request = { origin, path, method: "GET", headers: { accept: "application/json" }, signal } as const;
    const { statusCode, body } = await untilAborted(signal, this.#agent.request(request)).catch((error: Error) => {
      throw error.name === "TimeoutError"
        ? createError(504, "the metadata endpoint is too slow", { cause: error })
        : createError(502, "the metadata endpoint cannot be reached", { cause: error });
    });
    if (statusCode === 200) {
      return new Recording(body);
    }
    // The body of an error is not forwarded: it may reveal internals.
    body.dump().catch(() => {});
    throw statusCode >= 400 && statusCode < 500
      ? createError(404, "the metadata endpoint has no such container")
      : createError(503, "the metadata endpoint failed", { cause: new Error(`status ${statusCode}`) });
  }
}
