import { readFileSync } from "node:fs";
import { z } from "zod";
import { describeFileError } from "../../command-line/file-error.ts";
import { check } from "../../settings/check.ts";
import { parseYaml } from "../../settings/parse-yaml.ts";

// Each message completes the sentence "expected …".

const positive = z.number("a number").positive("more than 0");
const notNegative = z.number("a number").nonnegative("0 or more");

/** Maximum length of a scenario: two days of one-minute periods. */
const MAX_PERIODS = 2880;

/** Maximum number of requests that may wait in one task; simulating a day with that many takes a minute or two. */
const MAX_WAITING = 100_000;

const phase = z.union(
  [
    z.literal("load-test"),
    z.strictObject({ rate: notNegative, forSeconds: positive }),
    z.strictObject({ rampTo: notNegative, forSeconds: positive }),
  ],
  { error: "load-test, or rate or rampTo (requests per second) with forSeconds" },
);

const request = z.strictObject({
  /** Milliseconds of one full vCPU per request. */
  cpuMs: positive,
  /** Milliseconds per request spent waiting for others, such as the monolith, without using CPU. */
  waitMs: notNegative,
  /** Standard deviation of the service time divided by its mean: 0 for constant, 1 for exponential times. */
  spread: notNegative.max(5, "5 or less").default(1),
  /** Requests that a task handles concurrently; limited only by CPU when omitted. */
  concurrency: z.int("a whole number").min(1, "1 or more").max(1000, "1000 or less").optional(),
});

const timing = z.strictObject({
  /** Seconds from the decision to start a task until its first request. */
  taskStartSeconds: notNegative.default(60),
  /** Seconds that a request waits in a task before it fails: the load balancer's idle timeout is 60. */
  timeoutSeconds: positive.max(60, "60 or less, after which the load balancer gives up").default(60),
  /** Seconds per data point and alarm evaluation; 60 in AWS. */
  periodSeconds: positive.default(60),
  /** Periods by which metrics are delayed. */
  metricDelayPeriods: z.int("a whole number").min(0, "0 or more").max(5, "5 or less").default(1),
});

const scenario = z.strictObject({
  title: z.string("a one-line title").min(1, "a one-line title"),
  settings: z
    .strictObject({
      /** Name of an environment in settings/. */
      environment: z.string("the name of an environment").optional(),
      /** Overrides, such as `services.like.scaling=steps`. */
      set: z.array(z.string("SETTING=VALUE"), "a list of SETTING=VALUE").default([]),
    })
    .prefault({}),
  /** Phases in order; `load-test` is the load test of the settings. */
  load: z.array(phase, "a list of phases").min(1, "at least one phase"),
  /** Random variation of the rate. */
  noise: z.strictObject({ spread: positive.max(1, "1 or less"), seed: z.int("a whole number") }).optional(),
  request,
  timing: timing.prefault({}),
});

const RENAMED = {
  "request.otherMs": "waitMs",
  "request.atOnce": "concurrency",
  surroundings: "timing",
  "timing.startSeconds": "taskStartSeconds",
  "timing.patienceSeconds": "timeoutSeconds",
  "timing.latePeriods": "metricDelayPeriods",
};

export type Scenario = Readonly<z.infer<typeof scenario>>;
export type Phase = z.infer<typeof phase>;
export type Request = Readonly<z.infer<typeof request>>;
export type Timing = Readonly<z.infer<typeof timing>>;

/** Thrown for an invalid scenario. The message has one line per problem. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

export function readScenario(file: string): Scenario {
  const raw = parseYaml(readText(file), file);
  const { data, problems } = check(scenario, raw, {
    whole: "the file",
    unknownKey: "no such key in a scenario",
    renamed: RENAMED,
  });
  if (problems) {
    throw new ScenarioError(problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
  return data;
}

/** Rejects scenarios that would take too long to simulate. */
export function checkSize({ timing: { periodSeconds } }: Scenario, seconds: number, waiting: number): void {
  if (seconds > MAX_PERIODS * periodSeconds) {
    throw new ScenarioError(
      `load lasts ${seconds} seconds: expected ${MAX_PERIODS * periodSeconds} (${MAX_PERIODS} periods) or less`,
    );
  }
  if (waiting > MAX_WAITING) {
    throw new ScenarioError(
      `${Math.round(waiting)} requests could wait in a task: expected ${MAX_WAITING} or less; reduce timing.timeoutSeconds`,
    );
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ScenarioError(`--scenario is ${file}: expected a scenario file, ${describeFileError(error, "read")}`);
  }
}
