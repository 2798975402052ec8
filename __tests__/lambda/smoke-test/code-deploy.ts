import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import type { ExecutionContext } from "ava";
import { listenWith } from "../../service/start-services.ts";

export interface Report {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  readonly status: string;
}

export const EVENT = { DeploymentId: "d-CoCo", LifecycleEventHookExecutionId: "hook-of-CoCo" };

/** A fake CodeDeploy that accepts hook reports only. */
export async function startCodeDeploy(t: ExecutionContext): Promise<{ endpoint: string; reports: Report[] }> {
  const reports: Report[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Report;
    if (request.headers["x-amz-target"] !== "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus") {
      response.writeHead(400).end();
      return;
    }
    reports.push(body);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ lifecycleEventHookExecutionId: body.lifecycleEventHookExecutionId }));
  });
  const { port } = await listenWith(t, server);
  return { endpoint: `http://127.0.0.1:${port}`, reports };
}
