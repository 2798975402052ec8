import test, { type ExecutionContext } from "ava";

type Declare = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;

/** Reason why a tool is missing, undefined if it is there, or a function that looks for it. */
export type Need = string | undefined | (() => string | undefined);

/**
 * Declares tests that need a tool of the machine. Without the tool they are skipped, with the reason in their title. With
 * `CI` set they run anyway, and fail. `npm run test:quick` skips them all. They run one at a time: each starts its own
 * servers and programs.
 */
export function testNeeding(...needs: readonly Need[]): Declare {
  const reasons = reasonsToSkip(needs);
  if (reasons.length === 0) {
    return (title, implementation) => test.serial(title, implementation);
  }
  return (title, implementation) => test.serial.skip(`${title} (skipped: ${reasons.join("; ")})`, implementation);
}

function reasonsToSkip(needs: readonly Need[]): readonly string[] {
  if (process.env.QUICK_TESTS) {
    return ["not in the quick tests"];
  }
  if (process.env.CI) {
    return [];
  }
  return needs.map((need) => (typeof need === "function" ? need() : need)).filter((reason) => reason !== undefined);
}
