/**
 * A mysfit in the list.
 *
 * @typedef {object} Mysfit
 * @property {string} mysfitId
 * @property {string} name
 * @property {string} species
 * @property {"Good" | "Neutral" | "Evil"} goodevil
 * @property {"Lawful" | "Neutral" | "Chaotic"} lawchaos
 * @property {string} thumbImageUri
 */

/**
 * A mysfit with the fields of its profile: age in years, and likes as a string of digits.
 *
 * @typedef {Mysfit & { age: number, description: string, profileImageUri: string, likes: string, adopted: boolean }} Profile
 */

/** Seconds before a call times out. */
const TIME_LIMIT = 15;

/** A call that failed. The message gives the reason as a clause that fits into a sentence. */
export class CallFailed extends Error {
  /**
   * @param {string} why
   * @param {"no" | "unknown"} done "unknown" if the services may have carried out the call anyway.
   * @param {number} [status] Status of the response, if there was one.
   */
  constructor(why, done, status) {
    super(why);
    this.done = done;
    this.status = status;
  }
}

/**
 * The mysfits of the given alignments; an empty string means all.
 *
 * The monolith filters by one attribute at a time, so the second is applied here.
 *
 * @param {string} goodEvil
 * @param {string} lawChaos
 * @param {AbortSignal} signal
 * @returns {Promise<Mysfit[]>}
 */
export async function fetchMysfits(goodEvil, lawChaos, signal) {
  const filter = goodEvil
    ? { filter: "GoodEvil", value: goodEvil }
    : lawChaos && { filter: "LawChaos", value: lawChaos };
  const query = filter ? `?${new URLSearchParams(filter)}` : "";
  const { mysfits } = await call("GET", `/mysfits${query}`, (body) => Array.isArray(body.mysfits), signal);
  return mysfits.filter((/** @type {Mysfit} */ { lawchaos }) => !lawChaos || lawchaos === lawChaos);
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Profile>}
 */
export function fetchProfile(id, signal) {
  return call("GET", pathOf(id), (body) => body.mysfitId === id, signal);
}

/**
 * Likes a mysfit once. Never retried automatically: a like without a response may have been counted.
 *
 * @param {string} id
 */
export async function like(id) {
  await call("POST", `${pathOf(id)}/like`, isSuccess);
}

/** @param {string} id */
export async function adopt(id) {
  await call("POST", `${pathOf(id)}/adopt`, isSuccess);
}

/** @param {string} id */
function pathOf(id) {
  return `/mysfits/${encodeURIComponent(id)}`;
}

/** @param {Record<string, unknown>} body */
function isSuccess(body) {
  return body.Update === "Success";
}

/**
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {(body: Record<string, unknown>) => boolean} isExpected
 * @param {AbortSignal} [signal] Aborts the call, which then throws the signal's reason.
 */
async function call(method, path, isExpected, signal) {
  if (!navigator.onLine) {
    throw new CallFailed("you are offline", "no");
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIME_LIMIT * 1000);
  try {
    const response = await fetch(path, {
      method,
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
    const body = response.ok ? await response.json() : undefined;
    if (!response.ok) {
      throw failureOf(response.status);
    }
    // The front page of a misconfigured web server must not count as success.
    if (typeof body !== "object" || body === null || !isExpected(body)) {
      throw new SyntaxError("not the expected JSON");
    }
    return body;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CallFailed) {
      throw error;
    }
    if (limit.signal.aborted) {
      throw new CallFailed(`there was no response within ${TIME_LIMIT} seconds`, "unknown");
    }
    if (error instanceof SyntaxError) {
      throw new CallFailed("the response was not valid", "unknown");
    }
    throw new CallFailed("the connection was lost before the response", "unknown");
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} status */
function failureOf(status) {
  if (status === 404) {
    return new CallFailed("the service could not find it (404)", "no", status);
  }
  if (status < 500) {
    return new CallFailed(`the service did not accept it (${status})`, "no", status);
  }
  // A service further back may have carried out the call, with its response lost.
  const why = status === 503 ? "the service is not available right now" : "the service ran into an error";
  return new CallFailed(`${why} (${status})`, "unknown", status);
}
