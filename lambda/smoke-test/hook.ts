import type { LifecycleEventStatus } from "@aws-sdk/client-codedeploy";

/** Event that CodeDeploy sends to a hook of an ECS deployment. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Milliseconds reserved for the report to CodeDeploy. A hook that does not report delays the deployment by an hour. */
const RESERVE = 5_000;

export interface HookParts {
  /** Throws when the replacement task set must not get traffic. */
  readonly test: (options: { within: number }) => Promise<void>;
  readonly report: (event: HookEvent, status: LifecycleEventStatus) => Promise<void>;
}

/** Tests the replacement task set and reports the result to CodeDeploy. Throws only when the report fails. */
export async function runHook(
  event: HookEvent,
  millisecondsLeft: number,
  { test, report }: HookParts,
): Promise<LifecycleEventStatus> {
  const { DeploymentId: deployment } = event;
  const status = await test({ within: millisecondsLeft - RESERVE }).then(
    () => {
      console.log(JSON.stringify({ level: "info", deployment, msg: "the replacement task set passed the smoke test" }));
      return "Succeeded" as const;
    },
    (error: Error) => {
      console.log(JSON.stringify({ level: "error", deployment, msg: error.message }));
      return "Failed" as const;
    },
  );
  await report(event, status);
  return status;
}
