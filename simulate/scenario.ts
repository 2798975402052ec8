import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";

// Every message completes the sentence "expected …".

const positive = z.number("a number").positive("more than 0");
const notNegative = z.number("a number").nonnegative("0 or more");

/** Longest scenario: two days in minutes. */
const MOST_PERIODS = 2880;

/** Most requests that may wait in one task; a chain of so many takes a minute or two for a day. */
const MOST_WAITING = 100_000;

const stretch = z.union(
  [
    z.literal("attack"),
    z.strictObject({ rate: notNegative, forSeconds: positive }),
    z.strictObject({ rampTo: notNegative, forSeconds: positive }),
  ],
  { error: "attack, or rate or rampTo (requests a second) with forSeconds" },
);

const request = z.strictObject({
  /** Milliseconds of a whole vCPU that a request takes. */
  cpuMs: positive,
  /** Milliseconds that it waits for others meanwhile, such as the monolith, taking no CPU. */
  otherMs: notNegative,
  /** Standard deviation of the time with a task over its mean: 0 where all take the same, 1 where it is exponential. */
  spread: notNegative.max(5, "5 or less").default(1),
  /** Requests that a task works on at once; only its CPU is the limit when left out. */
  atOnce: z.int("a whole number").min(1, "1 or more").max(1000, "1000 or less").optional(),
});

const surroundings = z.strictObject({
  /** Seconds from the decision to start a task until it gets requests. */
  startSeconds: notNegative.default(60),
  /** Seconds that a request waits in a task before somebody gives up: the load balancer does after 60. */
  patienceSeconds: positive.max(60, "60 or less, after which the load balancer gives up").default(60),
  /** Seconds between two looks at the alarms, and of a data point; a minute in AWS. */
  periodSeconds: positive.default(60),
  /** Periods by which figures come in late. */
  latePeriods: z.int("a whole number").min(0, "0 or more").max(5, "5 or less").default(1),
});

const scenario = z.strictObject({
  title: z.string("a line that says what is tried").min(1, "a line that says what is tried"),
  settings: z
    .strictObject({
      /** One of the environments in settings/. */
      environment: z.string("the name of an environment").optional(),
      /** Settings over it, such as `services.like.scaling=steps`. */
      set: z.array(z.string("SETTING=VALUE"), "a list of SETTING=VALUE").default([]),
    })
    .prefault({}),
  /** One stretch of time after the other; `attack` is the one in the settings. */
  load: z.array(stretch, "a list of stretches").min(1, "one stretch or more"),
  /** Rate that is not as even as the stretches say. */
  noise: z.strictObject({ spread: positive.max(1, "1 or less"), seed: z.int("a whole number") }).optional(),
  request,
  surroundings: surroundings.prefault({}),
});

export type Scenario = Readonly<z.infer<typeof scenario>>;
export type Stretch = z.infer<typeof stretch>;
export type Request = Readonly<z.infer<typeof request>>;
export type Surroundings = Readonly<z.infer<typeof surroundings>>;

/** Thrown for a scenario that cannot be used. The message has a line per problem. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

export function readScenario(file: string): Scenario {
  const raw = parseYaml(file);
  const checked = scenario.safeParse(raw, {
    // What has no message of its own.
    error: (issue) => (issue.code === "invalid_type" ? issue.expected : undefined),
  });
  if (!checked.success) {
    throw new ScenarioError(checked.error.issues.flatMap((issue) => describe(issue, raw, file)).join("\n"));
  }
  return checked.data;
}

/** Refuses what would take too long to reckon. */
export function refuseEndless({ surroundings: { periodSeconds } }: Scenario, seconds: number, waiting: number): void {
  if (seconds > MOST_PERIODS * periodSeconds) {
    throw new ScenarioError(
      `load lasts ${seconds} seconds: expected ${MOST_PERIODS * periodSeconds} (${MOST_PERIODS} periods) or less`,
    );
  }
  if (waiting > MOST_WAITING) {
    throw new ScenarioError(
      `${Math.round(waiting)} requests could wait in a task: expected ${MOST_WAITING} or less, with a smaller surroundings.patienceSeconds`,
    );
  }
}

function parseYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof YAMLParseError) {
      throw new ScenarioError(`${file}: ${error.message}`);
    }
    throw new ScenarioError(`${file}: expected a scenario file: ${(error as Error).message}`);
  }
}

function describe(issue: z.core.$ZodIssue, raw: unknown, file: string): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${file}: ${[...issue.path, key].join(".")}: nothing of a scenario has that name`);
  }
  const value = issue.path.reduce<unknown>((tree, name) => (tree as Record<PropertyKey, unknown>)?.[name], raw);
  const is = value === undefined ? "missing" : JSON.stringify(value);
  return [`${file}: ${issue.path.join(".") || "the file"} is ${is}: expected ${issue.message}`];
}
