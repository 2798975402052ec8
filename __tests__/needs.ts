import test, { type ExecutionContext } from "ava";

type Declare = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;

/**
 * Declares tests that need a tool of the machine. Where it is missing they are skipped with the reason in their title;
 * with `CI` set they run all the same, and fail. One runs at a time: each has servers and programs of its own.
 */
export function testNeeding(...missing: readonly (string | undefined)[]): Declare {
  const reasons = missing.filter((reason) => reason !== undefined);
  if (reasons.length === 0 || process.env.CI) {
    return (title, implementation) => test.serial(title, implementation);
  }
  return (title, implementation) => test.serial.skip(`${title} (skipped: ${reasons.join("; ")})`, implementation);
}
