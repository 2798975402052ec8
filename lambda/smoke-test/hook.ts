import type { LifecycleEventStatus } from "@aws-sdk/client-codedeploy";

/** What CodeDeploy sends to a hook of an ECS deployment. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** Milliseconds that are left to tell CodeDeploy; a hook that says nothing holds the release up for an hour. */
const RESERVE = 5_000;

export interface HookParts {
  /** Throws when the green side must not get visitors. */
  readonly test: (options: { within: number }) => Promise<void>;
  readonly report: (event: HookEvent, status: LifecycleEventStatus) => Promise<void>;
}

/** Tries the green side, and tells CodeDeploy in any case. Throws only when it cannot tell. */
export async function runHook(
  event: HookEvent,
  millisecondsLeft: number,
  { test, report }: HookParts,
): Promise<LifecycleEventStatus> {
  const { DeploymentId: deployment } = event;
  const status = await test({ within: millisecondsLeft - RESERVE }).then(
    () => {
      console.log(JSON.stringify({ level: "info", deployment, msg: "the green side is good" }));
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
