import { MYSFITS } from "../../../../../model/mysfits.ts";
import { axeViolations } from "../../../../axe.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { settings } from "../../../running-system.ts";
import { like, likeSteadily, screenshot, visit } from "../../visitor.ts";

testInChromium("a killed task is replaced, and no like fails", async (t) => {
  const { system, open, complaints } = await visit(t, { settings });
  const page = await open("/tasks");
  const service = page.getByRole("region", { name: "like", exact: true });
  const before = system.services.like.tasks.map(({ id }) => id);
  const [first = t.fail()] = before;
  await service.getByRole("button", { name: `Kill ${first.slice(0, 4)}` }).click();
  t.deepEqual(await axeViolations(page), []);

  // Requests in a killed process fail, so likes start only after the kill.
  await page.getByRole("dialog").getByRole("button", { name: "Kill" }).click();
  await service.getByText(/exited unexpectedly \(SIGKILL\)/).waitFor();
  const likes = likeSteadily(system);
  await service.getByText("2 of 2 in service").waitFor();
  await service.getByText(first.slice(0, 4), { exact: true }).waitFor({ state: "detached" });
  const replacedAt = likes.answered;
  await until(() => likes.answered >= replacedAt + 10); // The new task has its share of these.
  t.deepEqual((await likes.stop()).failed, []);
  const after = system.services.like.tasks.map(({ id }) => id);
  t.is(after.length, 2);
  t.false(after.includes(first));
  t.deepEqual(complaints, []);
});

testInChromium("an unknown task in the address is reported by name", async (t) => {
  const { system, open, complaints } = await visit(t, { settings });
  const [task] = system.services.like.tasks;
  const page = await open("/tasks?task=zzz");
  await page.getByText("No task has the ID zzz: it has stopped, or never existed.").waitFor();
  await page.goto(page.url().replace("zzz", task?.id ?? ""));
  await page.getByRole("region", { name: `Task ${task?.id.slice(0, 4)}` }).waitFor();
  t.is(await page.getByText("No task has the ID").count(), 0);
  t.deepEqual(complaints, []);
});

testInChromium("a rollout changes variables without a failed like, or is rolled back", async (t) => {
  const { system, open, complaints } = await visit(t, { settings });
  const page = await open("/tasks", { viewport: { width: 1440, height: 900 } });
  const service = page.getByRole("region", { name: "like", exact: true });
  const likes = likeSteadily(system);
  await service.getByLabel("LOGLEVEL").selectOption("DEBUG");
  await service.getByRole("button", { name: "Roll out" }).click();
  const steps = service.getByRole("region", { name: "Last rollout of like" });
  await steps.getByText(/^done Drain and stop the old tasks/).waitFor();
  t.is(system.services.like.environment.LOGLEVEL, "DEBUG");
  t.deepEqual((await likes.stop()).failed, []);

  await service.getByText("Other variables").click();
  await service.getByLabel("TRACING").fill("perhaps");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^failed Rolled back/).waitFor();
  t.regex((await service.getByRole("alert").textContent()) ?? "", /was rolled back/);
  t.is(system.services.like.environment.TRACING, "on");
  t.is(await like(system), 200);
  await screenshot(page, "rollout-rolled-back");
  t.deepEqual(
    complaints.filter((complaint) => !complaint.includes("409")),
    [],
    "the browser reports the failed call",
  );
});

testInChromium("a task shows its usage and the responses of its metadata proxy", async (t) => {
  const { system, open, complaints } = await visit(t, { settings, metadataProxy: true });
  const page = await open("/tasks", { viewport: { width: 1440, height: 900 } });
  const [task = t.fail()] = system.services.like.tasks;
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("link", { name: task.id.slice(0, 4) }).click();
  await page.getByRole("img", { name: "CPU of like-service" }).waitFor();
  await page.getByRole("button", { name: "Metadata" }).click();
  const document = page.getByRole("region", { name: "Task metadata" });
  const metadata = JSON.parse((await document.textContent()) ?? "");
  t.is(metadata.TaskARN.split("/").at(-1), task.id);
  t.true(metadata.Containers.some(({ Name }: { readonly Name: string }) => Name === "metadata-proxy"));
  await page.getByRole("button", { name: "Stats" }).click();
  await page.getByRole("region", { name: "Task stats" }).getByText("total_usage").first().waitFor();
  t.true(system.observability.requested("like").stats > 0);
  await screenshot(page, "task");
  const [other = t.fail()] = system.services.monolith.tasks;
  await page.getByRole("link", { name: other.id.slice(0, 4) }).click();
  await until(() => system.observability.requested("monolith").stats > 0);
  t.deepEqual(complaints, []);
});

testInChromium("tasks start and stop by hand within the limits", async (t) => {
  const { system, address, open } = await visit(t, { settings });
  const page = await open("/tasks");
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("button", { name: "Start one" }).click();
  await service.getByText("3 of 3 in service").waitFor();
  await service.getByRole("button", { name: "Stop one" }).click();
  await service.getByText("2 of 2 in service").waitFor();
  t.is(system.services.like.tasks.filter(({ leaving }) => !leaving).length, 2);

  const ask = async (path: string, question: object) => {
    const answer = await fetch(address + path, { method: "POST", body: JSON.stringify(question) });
    return [answer.status, ((await answer.json()) as { readonly error?: string }).error];
  };
  const scale = (change: -1 | 1) => ask("/api/tasks/scale", { service: "like", change, last: false });
  await Promise.all([scale(1), scale(1)]);
  t.is(system.services.like.desired, 4, "two tabs start a task at the same time");
  for (let stopped = 0; stopped < 3; stopped += 1) {
    await scale(-1);
  }
  t.is(system.services.like.desired, 1);
  t.deepEqual(await scale(-1), [
    409,
    `the desired count of like would be 0: expected 1 to ${system.scaler?.options.bounds.max}`,
  ]);
  t.deepEqual(await ask("/api/tasks/kill", { service: "like", id: MYSFITS[0]?.id }), [
    404,
    `like has no task ${MYSFITS[0]?.id}: it has ended`,
  ]);
  t.is((await ask("/api/tasks/rollout", { service: "like", changes: { HATS: "3" } }))[0], 409);
  const foreign = await fetch(`${address}/api/tasks/stop`, {
    method: "POST",
    headers: { origin: "https://elsewhere.example" },
    body: JSON.stringify({ service: "like", id: system.services.like.tasks[0]?.id }),
  });
  t.is(foreign.status, 403);
});
