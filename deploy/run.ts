import { createInterface } from "node:readline/promises";
import type { Stack } from "./synth.ts";
import { apply, type Changes, init, plan } from "./terraform.ts";

/** Asks before something changes; throws when the answer is no. */
export type Approve = (question: string) => Promise<void>;

/** Asks on the terminal, or takes `--auto-approve` for a yes. Throws at once where nobody could answer. */
export function approval(autoApprove: boolean): Approve {
  if (autoApprove) {
    return async () => {};
  }
  if (!process.stdin.isTTY) {
    throw new Error("there is no terminal to ask on: add --auto-approve to change things without a question");
  }
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`${question}? Only "yes" goes on: `).finally(() => terminal.close());
    if (answer.trim() !== "yes") {
      throw new Error(`answered "${answer.trim()}", so nothing more was changed`);
    }
  };
}

/** Takes stack after stack. The first that fails ends the run, and the error says what is done and what was not begun. */
export async function inTurn(
  verb: string,
  stacks: readonly Stack[],
  act: (stack: Stack) => Promise<string>,
): Promise<void> {
  const done: string[] = [];
  for (const [index, stack] of stacks.entries()) {
    try {
      done.push(`${stack.name} ${await act(stack)}`);
    } catch (error) {
      const notBegun = stacks.slice(index + 1).map(({ name }) => name);
      throw new Error(
        [
          (error as Error).message,
          `${verb} stopped at ${stack.name}; done: ${listed(done)}; not begun: ${listed(notBegun)}`,
        ].join("\n"),
        { cause: error },
      );
    }
  }
  console.log(`${verb} done: ${listed(done)}`);
}

/** Brings a stack to what is described. */
export async function update(stack: Stack, approve: Approve): Promise<string> {
  await step(stack, "init", () => init(stack));
  return change(stack, approve);
}

/** Takes away everything a stack holds. */
export async function remove(stack: Stack, approve: Approve): Promise<string> {
  await step(stack, "init", () => init(stack));
  return change(stack, approve, { destroy: true });
}

/** Plans, asks and applies, in a stack that is initialized already. */
export async function change(stack: Stack, approve: Approve, { destroy = false } = {}): Promise<string> {
  const changes = await step(stack, destroy ? "plan to destroy" : "plan", () => plan(stack, { destroy }));
  const words = inWords(changes);
  if (changes === undefined) {
    console.log(`${stack.name}: ${words}`);
    return words;
  }
  await approve(`${stack.name}: ${words}. Go on`);
  await step(stack, "apply", () => apply(stack));
  return words;
}

/** Says what begins, and how long it took. */
export async function step<T>({ name }: Stack, what: string, act: () => Promise<T>): Promise<T> {
  console.log(`${name}: ${what} ...`);
  const start = performance.now();
  const result = await act();
  console.log(`${name}: ${what} done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** How much a plan would change. */
export function inWords(changes: Changes): string {
  if (changes === undefined) {
    return "no changes";
  }
  const { add, change, destroy } = changes;
  return add + change + destroy === 0
    ? "only outputs change"
    : `${add} to add, ${change} to change, ${destroy} to destroy`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join("; ");
}
