import { createInterface } from "node:readline/promises";
import { onInterruption } from "../../command-line/interruption.ts";
import type { Settings } from "../../settings/schema.ts";
import { SharedProvider } from "./shared-provider.ts";
import { typesInState } from "./state.ts";
import type { Stack } from "./synth.ts";
import { apply, type Changes, hidesPlans, init, plan, type RunOptions } from "./terraform.ts";

/** Asks before a change. Throws if the answer is no. */
export type Approve = (question: string) => Promise<void>;

/** Asks on the terminal, unless `--auto-approve` is given. Throws at once if there is no terminal. */
export function approval(isGiven: boolean): Approve {
  if (isGiven) {
    return async () => {};
  }
  if (!process.stdin.isTTY) {
    throw new Error("cannot ask for approval without a terminal: add --auto-approve to apply without approval");
  }
  return async (question) => {
    const answer = await ask(`${question}? Only "yes" is accepted: `);
    if (answer.trim() !== "yes") {
      throw new Error(`the answer was "${answer.trim()}", so nothing more was changed`);
    }
  };
}

/** Restores the terminal when the command is interrupted, which Node.js itself does not do at SIGHUP. */
async function ask(question: string): Promise<string> {
  const interruption = new AbortController();
  const stopListening = onInterruption(() => interruption.abort());
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question, { signal: interruption.signal });
  } catch (error) {
    throw new Error("interrupted, so nothing more was changed", { cause: error });
  } finally {
    terminal.close();
    stopListening();
  }
}

/** Runs an action stack by stack. Stops at the first failure; the error lists the stacks done and those not started. */
export async function runInOrder(
  verb: string,
  stacks: readonly Stack[],
  act: (stack: Stack) => Promise<string>,
): Promise<void> {
  const done: string[] = [];
  for (const [index, stack] of stacks.entries()) {
    try {
      done.push(`${stack.name} ${await act(stack)}`);
    } catch (error) {
      const notStarted = stacks.slice(index + 1).map(({ name }) => name);
      throw new Error(
        [
          (error as Error).message,
          `${verb} stopped at ${stack.name}; done: ${joinedOrNothing(done)}; not started: ${joinedOrNothing(notStarted)}`,
        ].join("\n"),
        { cause: error },
      );
    }
  }
  console.log(`${verb} done: ${joinedOrNothing(done)}`);
}

export interface ChangeOptions {
  /**
   * Account of the emulator, if it is the target. The plan and the apply then share one provider process, which saves its second
   * start. In AWS, Terraform starts the provider for each, and verifies it.
   */
  readonly emulatorAccount?: string | undefined;
  /** Receives the start and the end of each step. Default: the console. */
  readonly report?: (text: string) => void;
  /** Terraform's variables and the file of its output. Default: none, and the console. */
  readonly terraform?: Pick<RunOptions, "environment" | "log">;
}

/** The account if it is the emulator's. */
export function emulatorAccountOf({ emulator, account }: Pick<Settings, "emulator" | "account">): string | undefined {
  return emulator === undefined ? undefined : account;
}

/** Plans and applies a stack. */
export async function update(stack: Stack, approve: Approve, options: ChangeOptions = {}): Promise<string> {
  await step(stack, "init", () => init(stack, options.terraform), options);
  return change(stack, approve, options);
}

/** Destroys everything in a stack. */
export async function remove(stack: Stack, approve: Approve, options: ChangeOptions = {}): Promise<string> {
  await step(stack, "init", () => init(stack, options.terraform), options);
  return change(stack, approve, { ...options, destroy: true });
}

/** Plans, asks for approval, and applies an initialized stack. */
export async function change(
  stack: Stack,
  approve: Approve,
  options: ChangeOptions & { readonly destroy?: boolean } = {},
): Promise<string> {
  const { destroy = false, emulatorAccount, report = console.log, terraform = {} } = options;
  await using provider = emulatorAccount === undefined ? undefined : new SharedProvider(stack.directory);
  const types = emulatorAccount === undefined ? [] : await typesInState(stack, emulatorAccount);
  const run = { ...terraform, environment: { ...terraform.environment, ...(await provider?.attach(stack, types)) } };
  const what = destroy ? "plan to destroy" : "plan";
  const changes = await step(stack, what, () => plan(stack, { destroy, ...run }), options);
  const words = describeChanges(changes);
  if (changes === undefined) {
    report(`${stack.name}: ${words}`);
    return words;
  }
  if (terraform.log !== undefined || hidesPlans()) {
    report(`${stack.name}: ${words}`);
  }
  await approve(`${stack.name}: ${words}. Apply`);
  await step(stack, "apply", () => apply(stack, run), options);
  return words;
}

/** Prints the start of a step and its duration. */
export async function step<T>(
  { name }: Stack,
  what: string,
  act: () => Promise<T>,
  { report = console.log }: Pick<ChangeOptions, "report"> = {},
): Promise<T> {
  report(`${name}: ${what} ...`);
  const start = performance.now();
  const result = await act();
  report(`${name}: ${what} done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** Describes a plan in Terraform's words, such as `1 to add, 0 to change, 0 to destroy`. */
export function describeChanges(changes: Changes): string {
  return changes === undefined ? "no changes" : changes || "only outputs change";
}

function joinedOrNothing(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join("; ");
}
