import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "ava";
import { bootstrapContainer } from "../../model/bootstrap-image.ts";
import { closedPort } from "../service/start-services.ts";
import { until } from "../until.ts";

test("the bootstrap program is healthy, knows no mysfit, and stops on SIGTERM", async (t) => {
  const port = await closedPort();
  const { entryPoint, command } = bootstrapContainer(port);
  const [, ...flags] = entryPoint;
  const child = spawn(process.execPath, [...flags, ...command], { stdio: "inherit" });
  t.teardown(() => child.kill("SIGKILL"));

  const health = await until(() => fetch(`http://127.0.0.1:${port}/`).catch(() => undefined));
  t.is(health.status, 200);
  t.deepEqual(await health.json(), { status: "waiting for the first release" });
  const like = await fetch(`http://127.0.0.1:${port}/mysfits/2b473002-36f8-4b87-954e-9a377e0ccbec/fulfill-like`, {
    method: "POST",
  });
  t.is(like.status, 404);
  t.deepEqual(await like.json(), { error: "nothing is released yet" });

  child.kill("SIGTERM");
  t.deepEqual(await once(child, "exit"), [0, null]);
});
