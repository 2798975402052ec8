import type { WorkshopEnvironment } from "./environment.ts";

/** Result of a command for one environment. */
export interface Outcome {
  readonly environment: string;
  readonly status: "done" | "failed" | "interrupted" | "not started";
  readonly text: string;
}

/** Runs an action on an environment. A failure becomes an outcome, so that the others continue. */
export async function attempt(
  environment: WorkshopEnvironment,
  act: (environment: WorkshopEnvironment) => Promise<string>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name } = environment;
  if (signal.aborted) {
    return notStarted(name, "interrupted before");
  }
  try {
    return { environment: name, status: "done", text: await act(environment) };
  } catch (error) {
    const { message } = error as Error;
    console.error(`${name}: ${message}`);
    return { environment: name, status: signal.aborted ? "interrupted" : "failed", text: message };
  }
}

export function notStarted(environment: string, text: string): Outcome {
  return { environment, status: "not started", text };
}

/** Formats the end of a command: a row per environment, and how to go on if something is left to do. */
export function summary(verb: string, outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ environment }) => environment.length));
  const rows = outcomes.map(({ environment, status, text }) => {
    const [first = "", ...others] = text.split("\n");
    const words = status === "done" ? first : `${status}: ${first}`;
    return [
      `  ${environment.padEnd(width)}  ${words}`,
      ...others.map((line) => `  ${" ".repeat(width)}    ${line}`),
    ].join("\n");
  });
  const left = outcomes.filter(({ status }) => status !== "done").length;
  return [
    `${verb}: ${outcomes.length - left} of ${outcomes.length} environments done`,
    ...rows,
    ...(left > 0 ? ["Run the same command again to continue; npm run workshop status shows the errors."] : []),
  ].join("\n");
}
