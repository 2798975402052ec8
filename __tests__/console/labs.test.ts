import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import type { Page } from "playwright-core";
import { LABS } from "../../local/console/labs/labs.ts";
import { loadSettings } from "../../settings/load.ts";
import { ODD_LIKES } from "../../specs/monitoring/tracing.ts";
import { testInChromium } from "../chromium.ts";
import { FOR_DOCS, like, likeSteadily, picture, type Visit, visit } from "./visitor.ts";

/** A minute of AWS takes two seconds, and there are six tasks at most, so that a lab is over soon. */
const SCALING = { minute: 2, maxTasks: 6 };

/** What the pictures in docs/ show of it; `npm run pictures` takes the time to have something on the dashboard. */
const LOOK = { viewport: { width: 1440, height: 880 } };
const CROWD_FOR_DOCS = 6 * 60_000;

testInChromium("somebody does all four labs in the console, which sees each step done and none before", async (t) => {
  const settings = loadSettings({
    environment: "workshop",
    overrides: [`services.like.maxTasks=${SCALING.maxTasks}`],
  });
  const visiting = await visit(t, { settings, metadataProxy: "on", scalingMinute: SCALING.minute });
  visiting.system.scaler?.stop();
  const labs = await visiting.open("/labs", LOOK);
  const page = await visiting.open("/", LOOK);
  await labs.getByText("Feel what the visitors feel").waitFor();
  t.deepEqual(
    await Promise.all(LABS.map(async ({ name }) => [name, await doneIn(labs, name)])),
    LABS.map(({ name }) => [name, 0]),
  );

  await askTasks(t, visiting, page);
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

  await labs.goto(`${visiting.address}/labs?lab=logs`);
  await labs.getByText("Find the lines that give it away").waitFor();
  await picture(labs, "labs");
  t.deepEqual(
    visiting.complaints.filter((complaint) => !complaint.includes("409")),
    [],
    "but for the roll-out that was taken back",
  );
});

async function askTasks(t: ExecutionContext, { system, address }: Visit, page: Page): Promise<void> {
  await Promise.all(Array.from({ length: 10 }, () => like(system)));
  await likeUntilOneFails(system);
  const { like: liked, monolith } = system.services;
  const [task = t.fail(), other = t.fail()] = [liked.tasks[0], monolith.tasks[0]];
  await page.goto(`${address}/tasks?task=${task.id}&show=metadata`);
  await page.getByRole("region", { name: "metadata of the task" }).getByText('"Containers"').waitFor();
  await page.getByRole("button", { name: "Stats" }).click();
  await page.getByRole("region", { name: "stats of the task" }).getByText("total_usage").first().waitFor();
  await picture(page, "task");
  await page.goto(`${address}/tasks?task=${other.id}&show=stats`);
  await page.getByRole("region", { name: "stats of the task" }).getByText("total_usage").first().waitFor();
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByRole("button", { name: "Start one" }).click();
  await service.getByText("3 of 3 in service").waitFor();
  await service.getByRole("button", { name: "One fewer" }).click();
  await service.getByText("2 of 2 in service").waitFor();
}

/** At LOGLEVEL=ERROR nothing is found; at DEBUG, which is rolled out from the page, chaos mode's lines. */
async function readLogs({ system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/logs?q=WARN:`);
  await page.getByText(/No line/).waitFor();

  await page.goto(`${address}/tasks`);
  const service = page.getByRole("region", { name: "like", exact: true });
  const steps = service.getByRole("region", { name: "Last roll-out of like" });
  await service.getByLabel("LOGLEVEL").selectOption("DEBUG");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^done Let the tasks of before finish/).waitFor();
  await likeUntilOneFails(system);

  await page.goto(`${address}/logs?q=WARN:`);
  await page
    .getByText(/WARN: chaos drew \d+: denies that the mysfit exists/)
    .first()
    .waitFor();
  await picture(page, "logs");

  await page.goto(`${address}/tasks`);
  await service.getByText("All the others").click();
  await service.getByLabel("TRACING").fill("perhaps");
  await service.getByRole("button", { name: "Roll out" }).click();
  await steps.getByText(/^failed Taken back/).waitFor();
  await picture(page, "roll-out");
}

async function followTraces(t: ExecutionContext, { system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/traces`);
  await page.getByLabel("Filter expression").fill(ODD_LIKES.filter);
  await page.keyboard.press("Enter");
  const list = page.getByRole("region", { name: "Traces" });
  const rows = list.getByRole("row");
  await rows.getByText("404").first().waitFor();
  t.true((await rows.allTextContents()).every((row) => row.includes("POST")));
  await picture(page, "traces");
  await rows.getByText("404").first().click();
  await page.getByText("deny").first().waitFor();

  await page.goto(
    `${address}/traces?${new URLSearchParams({ filter: 'annotation.chaos = "burn"', order: "slowest" })}`,
  );
  await rows.getByText("200").first().click();
  await page.getByText("burn").first().waitFor();
  await picture(page, "trace");

  await page.goto(`${address}/tasks`);
  const service = page.getByRole("region", { name: "like", exact: true });
  await service.getByLabel("CHAOSMODE").selectOption("off");
  await service.getByRole("button", { name: "Roll out" }).click();
  await service.getByText(/^done Let the tasks of before finish/).waitFor();
  t.is(await like(system), 200);
}

/** A crowd adds tasks and its end takes them away, and none of its likes fails. */
async function scale(t: ExecutionContext, { system, address }: Visit, page: Page): Promise<void> {
  await page.goto(`${address}/scaling`);
  await page.getByRole("switch", { name: "Scaling is off" }).click();
  await page.getByRole("switch", { name: "Scaling is on" }).waitFor();
  await page.getByLabel("Likes a second").fill("25");
  await page.getByLabel("Minutes").fill("5");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText(/scale-out: .* from 2 to 6 tasks, 6 is the most there may be/).waitFor();
  await page.getByText("6 running, 6 wanted").waitFor();
  await picture(page, "scaling");
  if (FOR_DOCS) {
    await page.goto(`${address}/overview`);
    // What was odd before is more than a minute ago by then.
    await pause(75_000);
    await picture(page, "overview");
    await page.goto(`${address}/scaling`);
  }
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText(/scale-in: .* to 2 tasks/).waitFor();
  await page.getByText("2 running, 2 wanted").waitFor();
  t.regex((await page.getByText(/were sent: /).textContent()) ?? "", / sent, 0 failed/);
  t.is(await like(system), 200);
}

async function picturesOfBusyTimes({ system, address }: Visit, page: Page): Promise<void> {
  const visitors = [likeSteadily(system, 500), likeSteadily(system, 900)];
  await pause(CROWD_FOR_DOCS);
  await page.goto(`${address}/dashboard`);
  await page.getByText("What else is not as it should be?").waitFor();
  await picture(page, "dashboard");
  await page.goto(`${address}/logs?q=WARN:`);
  await page
    .getByText(/WARN: chaos drew/)
    .first()
    .waitFor();
  await picture(page, "logs");
  await Promise.all(visitors.map((visitor) => visitor.stop()));
}

/** Where chaos is, that is soon. */
async function likeUntilOneFails(system: Visit["system"]): Promise<void> {
  while ((await like(system)) === 200) {}
}

async function doneIn(labs: Page, name: string): Promise<number> {
  const [done] =
    /(\d+) of \d+ done/.exec((await labs.locator(`a[href="/labs?lab=${name}"]`).textContent()) ?? "") ?? [];
  return Number(done?.split(" ")[0]);
}

async function whenDone(labs: Page, name: string): Promise<void> {
  const steps = LABS.find((lab) => lab.name === name)?.steps.length;
  await labs.locator(`a[href="/labs?lab=${name}"]`, { hasText: `${steps} of ${steps} done` }).waitFor();
}
