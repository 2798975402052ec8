import { createContext, Script } from "node:vm";
import { QueryError } from "../syntax/tokens.ts";

/**
 * Milliseconds. A thousand lines take a few, but with a pattern such as `(.*)*x`, JavaScript may try more ways to match a single line
 * than anyone can wait for.
 */
const LIMIT = 2_000;

/** Node.js can stop a script in the middle of a pattern, but not a function. */
const SCRIPT = new Script("part()");
const context: { part?: () => unknown } = createContext({});

/**
 * Does a part of a query.
 * @throws {QueryError} if it takes longer than the limit, because the runner could do nothing else
 */
export function withinLimit<Result>(part: () => Result): Result {
  try {
    return SCRIPT.runInContext(Object.assign(context, { part }), { timeout: LIMIT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw new QueryError(`the query takes longer than ${LIMIT / 1000} s: simplify its patterns or its time range`, 0);
    }
    throw error;
  } finally {
    delete context.part; // it refers to the rows of its query
  }
}
