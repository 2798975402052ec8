import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import type { ObservedSystem } from "../../local/console/page.ts";
import { readLine } from "../../local/logs/log-line.ts";
import { loadSettings } from "../../settings/load.ts";
import { testInChromium } from "../chromium.ts";
import { until } from "../until.ts";
import { like, picture, sharedVisit } from "./visitor.ts";

const visiting = sharedVisit(
  loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=DEBUG", "services.like.chaosMode=off"] }),
);

function rows(page: Page) {
  return page.getByRole("treegrid").locator(".row");
}

/** Searches, and waits for the first line found. */
async function search(page: Page, text: string, firstLine: string | RegExp): Promise<void> {
  await page.getByRole("searchbox", { name: "Search" }).fill(text);
  await rows(page).first().filter({ hasText: firstLine }).waitFor();
}

async function opened(path = "/logs") {
  const visit = await visiting();
  return { ...visit, page: await visit.open(path) };
}

testInChromium("a like shows up in the tail, can be searched for, unfolded, and followed to its trace", async (t) => {
  const { page, system, complaints } = await opened();
  await page.getByText(/^\d+ lines$/).waitFor();
  t.is(await like(system), 200);
  const line = rows(page).filter({ hasText: /POST \/mysfits\/[\w-]+\/like 200/ });
  await line.first().waitFor({ timeout: 10_000 });

  await search(page, "-program=monolith status=200 /like", /like 200/);
  await line.first().click();
  await page.getByText('"requestId":').waitFor();
  const status = page.getByRole("button", { name: "200: search for status=200" });
  t.is(await status.textContent(), "200");
  await page.getByRole("button", { name: /search for program|search for level=30/ }).click();
  t.is(new URL(page.url()).searchParams.get("q"), "-program=monolith status=200 /like level=30");

  await line.first().getByRole("link", { name: "Trace" }).click();
  await page.getByRole("table").getByRole("button", { name: "ok monolith service" }).waitFor();
  await page.getByRole("link", { name: "Its log lines" }).click();
  await rows(page).filter({ hasText: "fulfill-like 200" }).first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("health checks are hidden until somebody wants to see them", async (t) => {
  const { page, complaints } = await opened("/logs?range=all");
  await page.getByText(/^\d+ lines$/).waitFor();
  t.is(
    await rows(page)
      .filter({ hasText: /GET \/ 200/ })
      .count(),
    0,
  );
  await page.getByRole("checkbox", { name: "Health checks" }).check();
  await rows(page)
    .filter({ hasText: /GET \/ 200/ })
    .first()
    .waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("the tail can be paused, says what it missed, and goes on", async (t) => {
  const { page, system, complaints } = await opened();
  await page.getByText(/^\d+ lines$/).waitFor();
  await page.keyboard.press("p");
  const before = await rows(page).first().textContent();
  for (let number = 0; number < 5; number += 1) {
    await like(system);
  }
  await page.getByText("have come since").waitFor();
  t.is(await rows(page).first().textContent(), before);
  await page.getByRole("button", { name: "Go on" }).click();
  await rows(page)
    .filter({ hasText: /like 200/ })
    .first()
    .waitFor();
  await page.getByText("have come since").waitFor({ state: "detached" });
  t.deepEqual(complaints, []);
});

testInChromium("a search that makes no sense says where", async (t) => {
  const { page, complaints } = await opened("/logs?q=status%3E%3D");
  const alert = page.getByRole("alert");
  t.is(await alert.locator("pre").textContent(), "status>=\n        ^");
  t.regex((await alert.textContent()) ?? "", /expected a value of status/);
  await page.getByRole("searchbox", { name: "Search" }).fill("status>=200");
  await alert.waitFor({ state: "detached" });
  t.deepEqual(complaints, []);
});

testInChromium("the saved queries of the monitoring stack are asked here", async (t) => {
  const { page, system, complaints } = await opened("/logs");
  await fetch(`${system.address}/mysfits/nobody/like`, { method: "POST" });
  await page.getByRole("link", { name: "Logs Insights" }).click();
  await page.getByRole("cell", { name: "404" }).waitFor();
  await page.getByLabel("Saved query").selectOption({ label: "All lines of one trace" });
  await page.getByText("0 lines fit").waitFor();
  await page.getByLabel("Question").fill("filter status >\n| sort");
  await page.getByRole("button", { name: "Ask" }).click();
  t.regex((await page.getByRole("alert").locator("pre").textContent()) ?? "", /^filter status >\n\| sort\n\^$/);
  t.deepEqual(complaints, []);
});

/** Puts three errors a minute apart before the present into the logs, each told by a word of its own and its minute. */
function threeMinutes({ observability: { logs } }: ObservedSystem): { readonly word: string; readonly newest: number } {
  const word = `histogram${randomUUID().slice(0, 8)}`;
  const newest = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
  for (const minute of [2, 1, 0]) {
    const time = new Date(newest - minute * 60_000 + 30_000).toISOString();
    const text = `{"name":"like","level":50,"time":"${time}","msg":"${word} minute ${minute}","v":0}`;
    logs.add({ program: "like", task: "4f1ac0" }, readLine(text));
  }
  return { word, newest };
}

testInChromium("a span of time is chosen in the histogram with the pointer, and looked at more closely", async (t) => {
  const { page, system, complaints } = await opened("/logs?range=60");
  const { word } = threeMinutes(system);
  await search(page, word, `${word} minute 0`);
  await page.getByText("3 lines").waitFor();

  const bars = page.locator(".histogram svg .errors");
  const boxes = await Promise.all((await bars.all()).map((bar) => bar.boundingBox()));
  const [left, right] = [boxes.at(-2), boxes.at(-1)];
  await page.mouse.move((left?.x ?? 0) + 1, (left?.y ?? 0) + 5);
  await page.mouse.down();
  await page.mouse.move((right?.x ?? 0) + 1, (right?.y ?? 0) + 5, { steps: 4 });
  await page.getByRole("figure").getByRole("status").filter({ hasText: "2 errors" }).waitFor();
  await page.mouse.up();
  await page.getByText("2 lines").waitFor();
  const { searchParams } = new URL(page.url());
  t.is(Number(searchParams.get("to")) - Number(searchParams.get("from")), 120_000);
  t.is(await page.locator(".histogram svg").getAttribute("viewBox"), "0 0 24 64", "bars of 5 s instead of 60 s");
  t.deepEqual(complaints, []);
});

testInChromium("a span of time is chosen in the histogram with the keys", async (t) => {
  const { page, system, complaints } = await opened("/logs?range=60");
  const { word, newest } = threeMinutes(system);
  await search(page, word, `${word} minute 0`);
  await page.getByText("3 lines").waitFor();

  const histogram = page.getByRole("figure", { name: "Lines over time" });
  const said = histogram.getByRole("status");
  await histogram.focus();
  await page.keyboard.press("ArrowLeft");
  while (!(await said.textContent())?.includes("1 error")) {
    await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Shift+ArrowLeft");
  await said.filter({ hasText: "2 errors" }).waitFor();
  await picture(page, "logs-span");
  await page.keyboard.press("Escape");
  t.is(await said.textContent(), "");

  await page.keyboard.press("ArrowLeft");
  while (!(await said.textContent())?.includes("1 error")) {
    await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Enter");
  await page.getByText("1 line", { exact: true }).waitFor();
  t.is(new URL(page.url()).searchParams.get("from"), String(newest));
  t.deepEqual(complaints, []);
});

testInChromium("a million lines leave the page as quick as ten, and what somebody reads where it is", async (t) => {
  const { page, system, complaints } = await opened("/logs?q=number&range=all");
  const { logs } = system.observability;
  const add = (from: number, to: number) => {
    for (let number = from; number < to; number += 1) {
      const time = new Date(Date.now()).toISOString();
      const text = `{"name":"like","level":30,"time":"${time}","msg":"number ${number}","v":0}`;
      logs.add({ program: "like", task: "4f1ac0" }, readLine(text));
    }
  };
  add(0, 1_000_000);
  await rows(page).filter({ hasText: "number 999999" }).waitFor();
  t.true((await rows(page).count()) < 120, "only what is in sight is in the document");

  await page.getByRole("treegrid").focus();
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("PageDown");
  }
  await page.keyboard.press("Enter");
  await page.getByText('"msg": "number 9999').waitFor();
  const read = page.locator(".row[aria-expanded=true]");
  const [text, place] = [await read.textContent(), await read.boundingBox()];
  add(1_000_000, 1_000_200);
  await page.getByText(/^[\d,]+ lines$/).waitFor();
  await until(async () => Number(await page.getByRole("treegrid").getAttribute("aria-rowcount")) > 600);
  t.is(await read.textContent(), text);
  t.deepEqual(await read.boundingBox(), place);
  const details = await page.locator(".details").boundingBox();
  const below = await page.locator(".details + .row, .details ~ .row").first().boundingBox();
  t.is(below?.y, (details?.y ?? 0) + (details?.height ?? 0), "the lines below make room for what is unfolded");
  await picture(page, "logs-a-million");
  t.deepEqual(complaints, []);
});
