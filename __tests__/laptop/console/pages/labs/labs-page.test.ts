import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import type { Page } from "playwright-core";
import { LABS } from "../../../../../laptop/console/pages/labs/definitions.ts";
import { ODD_LIKES } from "../../../../../model/monitoring/tracing.ts";
import { loadSettings } from "../../../../../settings/load.ts";
import { testInChromium } from "../../../../chromium.ts";
import { FOR_DOCS, like, likeSteadily, screenshot, type Visit, visit } from "../../visitor.ts";

/** A minute of AWS takes two seconds, and there are six tasks at most, so that a lab is over soon. */
const SCALING = { minute: 2, maxTasks: 6 };

/** Window of the pictures in docs/, and milliseconds of likes that fill the dashboard for `npm run pictures`. */
const WINDOW = { viewport: { width: 1440, height: 880 } };
const CROWD_FOR_DOCS = 6 * 60_000;

testInChromium("a participant does all four labs, and the console marks each step as done, none before", async (t) => {
  const settings = loadSettings({
    environment: "workshop",
    overrides: [`services.like.maxTasks=${SCALING.maxTasks}`],
  });
  const visiting = await visit(t, { settings, metadataProxy: true, scalingMinute: SCALING.minute });
  const labs = await visiting.open("/labs", WINDOW);
  const page = await visiting.open("/", WINDOW);
  await labs.getByText("See what visitors see").waitFor();
  t.deepEqual(
    await Promise.all(LABS.map(async ({ name }) => [name, await doneIn(labs, name)])),
    LABS.map(({ name }) => [name, 0]),
  );

  await readMetadata(t, visiting, page, labs);
  await whenDone(labs, "metadata");
  await readLogs(visiting, page);
  await whenDone(labs, "logs");
  if (FOR_DOCS) {
    await picturesOfBusyTimes(visiting, page);
  }
  await followTraces(t, visiting, page);
  await whenDone(labs, "traces");
  await scale(t, visiting, page);
  await whenDone(labs, "scaling");

  await labs.goto(`${visiting.address}/labs?record`);
  await labs.getByText("17 of 17 steps done").waitFor();
  await labs.getByLabel("Participant").fill("Ada");
  await labs.waitForURL(/name=Ada$/);
  await screenshot(labs, "lab-record");

  await labs.goto(`${visiting.address}/labs?lab=logs`);
  await labs.getByText("Find the lines that explain it").waitFor();
  await screenshot(labs, "labs");
  t.deepEqual(
    visiting.complaints.filter((complaint) => !complaint.includes("409")),
    [],
    "apart from the rollout that was rolled back",
  );
});

async function readMetadata(t: ExecutionContext, { system, address }: Visit, page: Page, labs: Page): Promise<void> {
  await Promise.all(Array.from({ length: 10 }, () => like(system)));
  await likeUntilOneFails(system);
  const { like: liked, monolith } = system.services;
  const [task = t.fail(), other = t.fail()] = [liked.tasks[0], monolith.tasks[0]];
  await page.goto(`${address}/tasks?task=${task.id}&show=metadata`);
  await page.getByRole("region", { name: "Task metadata" }).getByText('"Containers"').waitFor();
  await stepDone(labs, "Read the metadata of a like task");
  await like(system);
  await page.getByRole("button", { name: "Stats" }).click();
  await page.getByRole("region", { name: "Task stats" }).getByText("total_usage").first().waitFor();
  await screenshot(page, "task");
  await page.goto(`${address}/tasks?task=${other.id}&show=stats`);
  await page.getByRole("region", { name: "Task stats" }).getByText("total_usage").first().waitFor();
  await stepDone(labs, "Compare the CPU usage of the tasks");
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("button", { name: "Start one" }).click();
  await service.getByText("3 of 3 in service").waitFor();
  await page.goto(`${address}/dashboard`);
  await page.getByText("Reporting tasks").first().waitFor();
  await page.goto(`${address}/tasks`);
  await service.getByRole("button", { name: "Stop one" }).click();
  await service.getByText("2 of 2 in service").waitFor();
}

/** Finds nothing at LOGLEVEL=ERROR, and chaos mode's lines after a rollout of DEBUG. */
async function readLogs({ system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/logs?q=program%3Dlike+POST`);
  await page.getByText(/No line/).waitFor();

  await page.goto(`${address}/tasks`);
  const service = page.getByRole("region", { name: "like", exact: true });
  const steps = service.getByRole("region", { name: "Last rollout of like" });
  await service.getByLabel("LOGLEVEL").selectOption("DEBUG");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^done Drain and stop the old tasks/).waitFor();
  await likeUntilOneFails(system);

  await page.goto(`${address}/logs?q=WARN:`);
  await page
    .getByText(/WARN: chaos drew \d+: responds that the mysfit does not exist/)
    .first()
    .waitFor();
  await screenshot(page, "logs");

  await page.goto(`${address}/tasks`);
  await service.getByText("Other variables").click();
  await service.getByLabel("TRACING").fill("perhaps");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^failed Rolled back/).waitFor();
  await screenshot(page, "rollout");
}

async function followTraces(t: ExecutionContext, { system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/traces`);
  await page.getByRole("region", { name: "Traces" }).getByRole("row").getByText("404").first().waitFor();
  // The previous search's list has failed likes, too.
  const filtered = page.waitForResponse(
    (response) => new URL(response.url()).searchParams.get("filter") === ODD_LIKES.filter,
  );
  await page.getByLabel("Filter expression").fill(ODD_LIKES.filter);
  await page.keyboard.press("Enter");
  await filtered;
  const list = page.getByRole("region", { name: "Traces" });
  const rows = list.getByRole("row");
  await rows.getByText("404").first().waitFor();
  t.true((await rows.allTextContents()).every((row) => row.includes("POST")));
  await screenshot(page, "traces");
  await rows.getByText("404").first().click();
  await page.getByText("deny").first().waitFor();

  await page.goto(
    `${address}/traces?${new URLSearchParams({ filter: 'annotation.chaos = "burn"', order: "slowest" })}`,
  );
  await rows.getByText("200").first().click();
  await page.getByText("burn").first().waitFor();
  await screenshot(page, "trace");

  await page.goto(`${address}/tasks`);
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByLabel("CHAOSMODE").selectOption("off");
  await service.getByRole("button", { name: "Roll out" }).click();
  await service.getByText(/^done Drain and stop the old tasks/).waitFor();
  t.is(await like(system), 200);
}

/** Load adds tasks, its end removes them, and no like fails. */
async function scale(t: ExecutionContext, { system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/scaling`);
  await page.getByRole("switch", { name: "Scaling is off" }).click();
  await page.getByRole("switch", { name: "Scaling is on" }).waitFor();
  await page.getByLabel("Likes per second").fill("25");
  await page.getByLabel("Minutes").fill("5");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText(/scale-out: .* from 2 to 6 tasks, 6 tasks is the maximum/).waitFor();
  await page.getByText("6 running, 6 desired").waitFor();
  await screenshot(page, "scaling");
  if (FOR_DOCS) {
    await page.goto(`${address}/overview`);
    // The map covers the past minute, so this leaves out the earlier errors.
    await pause(75_000);
    await screenshot(page, "overview");
    await page.goto(`${address}/scaling`);
  }
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText(/scale-in: .* to 2 tasks/).waitFor();
  await page.getByText("2 running, 2 desired").waitFor();
  t.regex((await page.getByText(/finished: /).textContent()) ?? "", / sent, 0 failed/);
  t.is(await like(system), 200);
}

async function picturesOfBusyTimes({ system, address }: Visit, page: Page): Promise<void> {
  const visitors = [likeSteadily(system, 500), likeSteadily(system, 900)];
  await pause(CROWD_FOR_DOCS);
  await page.goto(`${address}/dashboard`);
  await page.getByText("What else is wrong?").waitFor();
  await screenshot(page, "dashboard");
  await page.goto(`${address}/logs?q=WARN:`);
  await page
    .getByText(/WARN: chaos drew/)
    .first()
    .waitFor();
  await screenshot(page, "logs");
  await Promise.all(visitors.map((visitor) => visitor.stop()));
}

/** In chaos mode one in four likes fails. */
async function likeUntilOneFails(system: Visit["system"]): Promise<void> {
  while ((await like(system)) === 200) {}
}

async function doneIn(labs: Page, name: string): Promise<number> {
  const [done] =
    /(\d+) of \d+ done/.exec((await labs.locator(`a[href="/labs?lab=${name}"]`).textContent()) ?? "") ?? [];
  return Number(done?.split(" ")[0]);
}

/** Waits until a step of the lab that the page shows is done. */
async function stepDone(labs: Page, title: string): Promise<void> {
  await labs.getByRole("status", { name: title }).getByText("done").waitFor();
}

async function whenDone(labs: Page, name: string): Promise<void> {
  const steps = LABS.find((lab) => lab.name === name)?.steps.length;
  await labs.locator(`a[href="/labs?lab=${name}"]`, { hasText: `${steps} of ${steps} done` }).waitFor();
}
