import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from "@aws-sdk/client-codedeploy";
import type { Context } from "aws-lambda";
import { LIKE_CHECKS } from "./checks.ts";
import { type HookEvent, runHook } from "./hook.ts";
import { smokeTest } from "./smoke-test.ts";

const origin = originOf(process.env.TEST_ORIGIN);
const codeDeploy = new CodeDeployClient();

/** CodeDeploy's BeforeAllowTraffic hook: runs before a new revision of the like service gets traffic. */
export function handler(event: HookEvent, context: Pick<Context, "getRemainingTimeInMillis">) {
  return runHook(event, context.getRemainingTimeInMillis(), {
    test: (options) => smokeTest(origin, LIKE_CHECKS, options),
    async report({ DeploymentId, LifecycleEventHookExecutionId }, status) {
      await codeDeploy.send(
        new PutLifecycleEventHookExecutionStatusCommand({
          deploymentId: DeploymentId,
          lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
          status,
        }),
      );
    },
  });
}

function originOf(text = ""): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new Error(
      `TEST_ORIGIN is ${JSON.stringify(text)}: expected the URL of the test listener, such as http://host.example:8080`,
    );
  }
  return url.origin;
}
