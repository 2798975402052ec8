import { z } from "zod";
import { onOff } from "./on-off.ts";
import { isUnique } from "./unique.ts";

// Every message completes the sentence "expected …", as in schema.ts.

/** The load test of the load generator, of `npm run load`, and of the simulator. */
export const load = z
  .strictObject({
    /** Lab 4: the stack `load-generator`. It starts its load test as soon as it is deployed, so it is off by default. */
    generator: onOff,
    /** Requests per second after the ramp. */
    rate: z.int().min(1, "1 or more").max(10_000, "10000 or less; more needs more than one load generator"),
    /** Seconds from the first request to the last, including the ramp. */
    durationSeconds: z.int().min(2, "2 seconds or more").max(3600, "3600 seconds (an hour) or less"),
    /** Seconds in which the rate rises linearly from 0; with 0 the full rate starts at once. */
    rampSeconds: z.int().min(0, "0 or more"),
    /** IDs of the mysfits to like, in turn; if omitted, all twelve. */
    mysfits: z.array(z.string()).min(1, "one id or more").refine(isUnique, "every id once").optional(),
    /** The instance stops itself after the load test. Its volume costs money until the stack is destroyed. */
    powerOff: onOff,
    /** Instance type of the load generator. Graviton types have a `g` after the generation. */
    instanceType: z
      .string()
      .regex(/^[a-z]+\d+g[a-z]*\.\w+$/, "an instance type with Graviton (arm64) such as t4g.small"),
  })
  .superRefine(rampFits);

function rampFits(
  { durationSeconds, rampSeconds }: { durationSeconds: number; rampSeconds: number },
  context: z.RefinementCtx,
): void {
  if (rampSeconds > durationSeconds) {
    context.addIssue({
      code: "custom",
      path: ["rampSeconds"],
      message: `no more than durationSeconds, which is ${durationSeconds}`,
    });
  }
}
