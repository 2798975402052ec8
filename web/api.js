/**
 * What the list says of a mysfit.
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
 * What only the profile says: age in years, and likes as a string of digits.
 *
 * @typedef {Mysfit & { age: number, description: string, profileImageUri: string, likes: string, adopted: boolean }} Profile
 */

/** Seconds that any call may take before the page gives up on it. */
const TIME_LIMIT = 15;

/** A call without the answer it asked for. The message says why, in words that complete a sentence. */
export class CallFailed extends Error {
  /**
   * @param {string} why
   * @param {"no" | "unknown"} done Whether the services did what was asked all the same.
   * @param {number} [status] The answer's status, if there was one.
   */
  constructor(why, done, status) {
    super(why);
    this.done = done;
    this.status = status;
  }
}

/**
 * The mysfits of the given alignments; an empty string stands for all.
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
 * Likes a mysfit once. Never sent again by itself: a like without an answer may have counted.
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
 * @param {AbortSignal} [signal] Aborts the call for a reason of the caller's, which is then what it throws.
 */
async function call(method, path, isExpected, signal) {
  if (!navigator.onLine) {
    throw new CallFailed("you are offline", "no");
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIME_LIMIT * 1000);
  try {
    const answer = await fetch(path, {
      method,
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
    const body = answer.ok ? await answer.json() : undefined;
    if (!answer.ok) {
      throw refusal(answer.status);
    }
    // A web server that answers everything with its front page must not pass for a counted like.
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
      throw new CallFailed(`no answer came within ${TIME_LIMIT} seconds`, "unknown");
    }
    if (error instanceof SyntaxError) {
      throw new CallFailed("the answer made no sense", "unknown");
    }
    throw new CallFailed("the connection broke before an answer came", "unknown");
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} status */
function refusal(status) {
  if (status === 404) {
    return new CallFailed("the service could not find it (404)", "no", status);
  }
  if (status < 500) {
    return new CallFailed(`the service did not accept it (${status})`, "no", status);
  }
  // The answer of a service further back may have been lost: it may have done what was asked.
  const why = status === 503 ? "the service is not available right now" : "the service ran into an error";
  return new CallFailed(`${why} (${status})`, "unknown", status);
}
