import { Agent } from "undici";
import { Refusal } from "../shared/refusal.ts";
import { Recording } from "./recording.ts";

/** Milliseconds from the first byte of a question to the last of its answer. */
const READ_LIMIT = 2_000;

/** Milliseconds for which an answer, or a failure, serves everybody who asks the same, counted from its beginning. */
const FRESH = 1_000;

/** Bytes of an answer; that of a task with ten containers has a hundred thousand. */
const LARGEST_ANSWER = 1024 * 1024;

/** The task metadata endpoint of ECS. However many ask, it is asked the same question once a second. */
export class MetadataEndpoint {
  readonly #agent = new Agent({
    connections: 8,
    connect: { timeout: 500 },
    maxResponseSize: LARGEST_ANSWER,
  });
  readonly #answers = new Map<string, Promise<Recording>>();

  /** Resolves when the answer begins. Throws a {@link Refusal}: 404, 502 for no endpoint, 503 for a failing one, 504 for a slow one. */
  read(url: string): Promise<Recording> {
    let answer = this.#answers.get(url);
    if (answer === undefined) {
      answer = this.#ask(url);
      this.#answers.set(url, answer);
      const forget = () => setTimeout(() => this.#answers.delete(url), FRESH).unref();
      answer.then(forget, forget);
    }
    return answer;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(url: string): Promise<Recording> {
    const { origin, pathname: path } = new URL(url);
    const signal = AbortSignal.timeout(READ_LIMIT);
    const { statusCode, body } = await this.#agent
      .request({ origin, path, method: "GET", headers: { accept: "application/json" }, signal })
      .catch((error: Error) => {
        throw error.name === "TimeoutError"
          ? new Refusal(504, "the metadata endpoint is too slow", { cause: error })
          : new Refusal(502, "the metadata endpoint cannot be reached", { cause: error });
      });
    if (statusCode === 200) {
      return new Recording(body);
    }
    // The endpoint's own words stay here: what they say of its inside is nobody's business.
    body.dump().catch(() => {});
    throw statusCode >= 400 && statusCode < 500
      ? new Refusal(404, "the metadata endpoint knows nothing of this container")
      : new Refusal(503, "the metadata endpoint fails", { cause: new Error(`it answered ${statusCode}`) });
  }
}
