import { setTimeout as pause } from "node:timers/promises";
import { MYSFITS } from "../../specs/mysfits.ts";
import { complaintsOfAxe } from "../axe.ts";
import { testInChromium } from "../chromium.ts";
import { settings } from "../local/running-system.ts";
import { until } from "../until.ts";
import { like, likeSteadily, picture, visit } from "./visitor.ts";

testInChromium("a task that is killed is replaced, and no like fails for it", async (t) => {
  const { system, open, complaints } = await visit(t, { settings });
  const page = await open("/tasks");
  const service = page.getByRole("region", { name: "like", exact: true });
  const before = system.services.like.tasks.map(({ id }) => id);
  const [first = t.fail()] = before;
  await service.getByRole("button", { name: `Kill ${first.slice(0, 4)}` }).click();
  t.deepEqual(await complaintsOfAxe(page), []);

  // What a process has under way is lost with it, so nothing is under way at this very moment; from then on likes come.
  await page.getByRole("dialog").getByRole("button", { name: "Kill" }).click();
  await service.getByText(/ended by itself \(SIGKILL\)/).waitFor();
  const likes = likeSteadily(system);
  await service.getByText("2 of 2 in service").waitFor();
  await service.getByText(first.slice(0, 4), { exact: true }).waitFor({ state: "detached" });
  await pause(500); // the new one is to have its share of likes
  const { sent, failed } = await likes.stop();

  t.true(sent > 5);
  t.deepEqual(failed, []);
  const after = system.services.like.tasks.map(({ id }) => id);
  t.is(after.length, 2);
  t.false(after.includes(first));
  t.deepEqual(complaints, []);
});

testInChromium("variables are changed by a roll-out that costs no like, or is taken back", async (t) => {
  const { system, open, complaints } = await visit(t, { settings });
  const page = await open("/tasks", { viewport: { width: 1440, height: 900 } });
  const service = page.getByRole("region", { name: "like", exact: true });
  const likes = likeSteadily(system);
  await service.getByLabel("LOGLEVEL").selectOption("DEBUG");
  await service.getByRole("button", { name: "Roll out" }).click();
  const steps = service.getByRole("region", { name: "Last roll-out of like" });
  await steps.getByText(/^done Let the tasks of before finish/).waitFor();
  t.is(system.services.like.environment.LOGLEVEL, "DEBUG");
  t.deepEqual((await likes.stop()).failed, []);

  await service.getByText("All the others").click();
  await service.getByLabel("TRACING").fill("perhaps");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^failed Taken back/).waitFor();
  t.regex((await service.getByRole("alert").textContent()) ?? "", /was taken back/);
  t.is(system.services.like.environment.TRACING, "on");
  t.is(await like(system), 200);
  await picture(page, "roll-out-taken-back");
  t.deepEqual(
    complaints.filter((complaint) => !complaint.includes("409")),
    [],
    "the browser tells of the refusal itself",
  );
});

testInChromium("a task shows what it uses, and what its metadata proxy says", async (t) => {
  const { system, open, complaints } = await visit(t, { settings, metadataProxy: "on" });
  const page = await open("/tasks", { viewport: { width: 1440, height: 900 } });
  const [task = t.fail()] = system.services.like.tasks;
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("link", { name: task.id.slice(0, 4) }).click();
  await page.getByRole("img", { name: "CPU of like-service" }).waitFor();
  await page.getByRole("button", { name: "Metadata" }).click();
  const document = page.getByRole("region", { name: "metadata of the task" });
  const metadata = JSON.parse((await document.textContent()) ?? "");
  t.is(metadata.TaskARN.split("/").at(-1), task.id);
  t.true(metadata.Containers.some(({ Name }: { readonly Name: string }) => Name === "metadata-proxy"));
  await page.getByRole("button", { name: "Stats" }).click();
  await page.getByRole("region", { name: "stats of the task" }).getByText("total_usage").first().waitFor();
  t.true(system.observability.asked("like").has("stats"));
  await picture(page, "task");
  const [other = t.fail()] = system.services.monolith.tasks;
  await page.getByRole("link", { name: other.id.slice(0, 4) }).click();
  await until(() => system.observability.asked("monolith").has("stats"));
  t.deepEqual(complaints, []);
});

testInChromium("what an engineer starts and stops by hand is done, within the bounds", async (t) => {
  const { system, address, open } = await visit(t, { settings });
  const page = await open("/tasks");
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("button", { name: "Start one" }).click();
  await service.getByText("3 of 3 in service").waitFor();
  await service.getByRole("button", { name: "One fewer" }).click();
  await service.getByText("2 of 2 in service").waitFor();
  t.is(system.services.like.tasks.filter(({ leaving }) => !leaving).length, 2);

  const ask = async (path: string, question: object) => {
    const answer = await fetch(address + path, { method: "POST", body: JSON.stringify(question) });
    return [answer.status, ((await answer.json()) as { readonly error?: string }).error];
  };
  t.deepEqual(await ask("/api/tasks/scale", { service: "like", desired: 101 }), [
    400,
    "tasks of like are 101: expected 0 to 100",
  ]);
  t.deepEqual(await ask("/api/tasks/kill", { service: "like", id: MYSFITS[0]?.id }), [
    404,
    `like has no task ${MYSFITS[0]?.id}: it has ended`,
  ]);
  t.is((await ask("/api/tasks/roll-out", { service: "like", changes: { HATS: "3" } }))[0], 409);
  const foreign = await fetch(`${address}/api/tasks/stop`, {
    method: "POST",
    headers: { origin: "https://elsewhere.example" },
    body: JSON.stringify({ service: "like", id: system.services.like.tasks[0]?.id }),
  });
  t.is(foreign.status, 403);
});
