import { z } from "zod";
import { FARGATE_CPU, memoryOffered } from "./fargate.ts";
import { onOff } from "./on-off.ts";
import { keysForSecrets, secretKeys, secrets } from "./secrets.ts";

// Every message completes the sentence "expected …", as in schema.ts.

const taskCount = z.int().min(0, "0 or more").max(1000, "1000 or less");

const fields = {
  /** CPU units of a task; 1024 is one vCPU. */
  cpu: z.literal(FARGATE_CPU),
  /** MiB of a task, including its sidecars. */
  memory: z.int(),
  minTasks: taskCount,
  desiredTasks: taskCount,
  maxTasks: taskCount,
  /** Spot is cheaper, and AWS may stop its tasks with two minutes' notice. */
  capacity: z.enum(["FARGATE", "FARGATE_SPOT"]),
  logLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
  /** Variables whose values ECS reads from Secrets Manager or Parameter Store when a task starts. */
  secrets,
  /** KMS keys of the secrets; none if AWS managed keys encrypt them. */
  secretKeys,
};

/** Settings common to all services. */
const service = z.strictObject(fields).superRefine(fitsFargate).superRefine(countsInOrder).superRefine(keysForSecrets);

const like = z
  .strictObject({
    ...fields,
    /** The odd behavior that the labs investigate: burned CPU and random 404s. */
    chaosMode: onOff,
    /**
     * Scaling policy: the steps of lab 4, or a target for the average requests or CPU per task. It takes effect with
     * `labs.scaling`.
     */
    scaling: z.enum(["steps", "requests-per-task", "cpu"]),
  })
  .superRefine(fitsFargate)
  .superRefine(countsInOrder)
  .superRefine(keysForSecrets);

/** Settings of each service; the model has a definition of the same name. */
export const services = z.strictObject({ like, monolith: service });

function fitsFargate({ cpu, memory }: { cpu: number; memory: number }, context: z.RefinementCtx): void {
  const offered = memoryOffered(cpu);
  if (!offered.includes(memory)) {
    context.addIssue({
      code: "custom",
      path: ["memory"],
      message: `MiB that Fargate offers with ${cpu} CPU units: ${offered.join(", ")}`,
    });
  }
}

function countsInOrder(
  counts: { minTasks: number; desiredTasks: number; maxTasks: number },
  context: z.RefinementCtx,
): void {
  const { minTasks, desiredTasks, maxTasks } = counts;
  if (minTasks > maxTasks) {
    context.addIssue({ code: "custom", path: ["minTasks"], message: `no more than maxTasks, which is ${maxTasks}` });
  } else if (desiredTasks < minTasks || desiredTasks > maxTasks) {
    context.addIssue({
      code: "custom",
      path: ["desiredTasks"],
      message: `a count from minTasks (${minTasks}) to maxTasks (${maxTasks})`,
    });
  }
}

/**
 * Without tasks, no request reaches a target and no task reports its CPU: AWS scales by neither, so the first quiet hour would
 * be the last of the service. Source: RequestCount in "CloudWatch metrics for your Application Load Balancer", and "How target
 * tracking scaling for Application Auto Scaling works".
 */
export function scalingKeepsATask(
  {
    labs,
    services,
  }: {
    labs: { scaling: boolean };
    services: Readonly<Record<string, { readonly minTasks: number; readonly maxTasks: number }>>;
  },
  context: z.RefinementCtx,
): void {
  for (const [service, { minTasks, maxTasks }] of Object.entries(services)) {
    if (labs.scaling && minTasks === 0 && maxTasks > 0) {
      context.addIssue({
        code: "custom",
        path: ["services", service, "minTasks"],
        message: "1 or more, because labs.scaling never starts the first task",
      });
    }
  }
}
