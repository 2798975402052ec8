import type { Calls } from "../messages.ts";

/** Thrown when a call fails. The message is ready to display. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** Position of the error in a query, counted from 0; undefined for other errors. */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/** Fields of a response that reports a problem. */
interface Problem {
  readonly error?: string;
  readonly queryError?: string;
  readonly at?: number;
}

/** Calls the server. Rejects with a {@link CallError}, or with an AbortError once the signal is aborted. */
export async function call<Name extends keyof Calls>(
  name: Name,
  request: Calls[Name]["request"],
  signal?: AbortSignal,
): Promise<Calls[Name]["response"]> {
  const [method = "", path = ""] = name.split(" ");
  const response = await send(method, path, request, signal ?? null);
  const body: unknown = await response.json().catch((error) => {
    // A call that is aborted while its response arrives has no result.
    throw signal?.aborted
      ? error
      : new CallError(`the console responded with status ${response.status}, and not with JSON`);
  });
  const { error = "", queryError, at } = body as Problem;
  if (!response.ok) {
    throw new CallError(error);
  }
  if (queryError !== undefined) {
    throw new CallError(queryError, at);
  }
  return body as Calls[Name]["response"];
}

async function send(method: string, path: string, request: object, signal: AbortSignal | null): Promise<Response> {
  try {
    if (method === "GET") {
      const present = Object.entries(request).filter(([, value]) => value !== undefined);
      return await fetch(`${path}?${new URLSearchParams(present)}`, { signal });
    }
    const headers = { "content-type": "application/json" };
    return await fetch(path, { method, headers, body: JSON.stringify(request), signal });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new CallError("the runner does not respond; has it been stopped?");
  }
}
