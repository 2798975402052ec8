import type { Calls } from "./messages.ts";

/** Thrown when an answer is none; the message can be shown as it is. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** Where a question in a language of its own, such as a search, goes wrong; counted from 0. */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/** Asks the server. Rejects with a {@link CallError}, or with an AbortError once the signal is given. */
export async function call<Name extends keyof Calls>(
  name: Name,
  asks: Calls[Name]["asks"],
  signal?: AbortSignal,
): Promise<Calls[Name]["answer"]> {
  const [method = "", path = ""] = name.split(" ");
  const response = await ask(method, path, asks, signal ?? null);
  const answer = await response.json().catch(() => ({ error: `the console answered with ${response.status}` }));
  if (!response.ok) {
    throw new CallError(answer.error);
  }
  if (answer.misunderstood !== undefined) {
    throw new CallError(answer.misunderstood, answer.at);
  }
  return answer;
}

async function ask(method: string, path: string, asks: object, signal: AbortSignal | null): Promise<Response> {
  try {
    if (method === "GET") {
      const named = Object.entries(asks).filter(([, value]) => value !== undefined);
      return await fetch(`${path}?${new URLSearchParams(named)}`, { signal });
    }
    const headers = { "content-type": "application/json" };
    return await fetch(path, { method, headers, body: JSON.stringify(asks), signal });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new CallError("the runner does not answer; has it been stopped?");
  }
}
