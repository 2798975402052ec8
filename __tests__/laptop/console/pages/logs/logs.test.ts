import { randomUUID } from "node:crypto";
import { setImmediate as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { ObservedSystem } from "../../../../../laptop/console/server/page-server.ts";
import { readLine } from "../../../../../laptop/system/processes/log-line.ts";
import { loadSettings } from "../../../../../settings/load.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { like, screenshot, sharedVisit } from "../../visitor.ts";

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

testInChromium("a like shows in the tail and leads to its trace", async (t) => {
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
  await page.getByRole("link", { name: "Logs of this trace" }).click();
  await rows(page).filter({ hasText: "fulfill-like 200" }).first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("health checks are hidden by default", async (t) => {
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

testInChromium("the tail can be paused, counts new lines, and resumes", async (t) => {
  const { page, system, complaints } = await opened();
  await page.getByText(/^\d+ lines$/).waitFor();
  await page.keyboard.press("p");
  const before = await rows(page).first().textContent();
  for (let number = 0; number < 5; number += 1) {
    await like(system);
  }
  await page.getByText("more since then").waitFor();
  t.is(await rows(page).first().textContent(), before);
  await page.getByRole("button", { name: "Resume" }).click();
  await rows(page)
    .filter({ hasText: /like 200/ })
    .first()
    .waitFor();
  await page.getByText("more since then").waitFor({ state: "detached" });
  t.deepEqual(complaints, []);
});

testInChromium("a time range that the menu does not have is the default one", async (t) => {
  const { page, complaints } = await opened("/logs?range=-5");
  await page.getByText(/^\d+ lines$/).waitFor();
  t.is(await page.getByRole("combobox", { name: "Time range" }).inputValue(), "15");
  t.deepEqual(complaints, []);
});

testInChromium("a syntax error in a search is marked", async (t) => {
  const { page, complaints } = await opened("/logs?q=status%3E%3D");
  const alert = page.getByRole("alert");
  t.is(await alert.locator("pre").textContent(), "status>=\n        ^");
  t.regex((await alert.textContent()) ?? "", /expected a value of status/);
  await page.getByRole("searchbox", { name: "Search" }).fill("status>=200");
  await alert.waitFor({ state: "detached" });
  t.deepEqual(complaints, []);
});

testInChromium("the saved queries of the monitoring stack run on this page", async (t) => {
  const { page, system, complaints } = await opened("/logs");
  await fetch(`${system.address}/mysfits/unknown/like`, { method: "POST" });
  await page.getByRole("link", { name: "Logs Insights" }).click();
  await page.getByRole("cell", { name: "404" }).waitFor();
  await page.getByLabel("Saved query").selectOption({ label: "one-trace (All lines of one trace)" });
  await page.getByText("0 lines match").waitFor();
  await page.getByText("No line matches.").waitFor();
  t.is(await page.getByRole("columnheader").count(), 0);
  await page.getByLabel("Query", { exact: true }).fill("filter status >\n| sort");
  await page.getByRole("button", { name: "Run query" }).click();
  t.regex((await page.getByRole("alert").locator("pre").textContent()) ?? "", /^filter status >\n\| sort\n\^$/);
  t.deepEqual(complaints, []);
});

for (const query of [
  "level=abc",
  "level=31",
  "from=abc&to=def",
  "from=1700000000000",
  "from=2&to=1",
  "from=0&to=1e300",
]) {
  testInChromium(`?${query} is ignored like an unknown time range`, async (t) => {
    const { page, complaints } = await opened(`/logs?${query}`);
    await rows(page).first().waitFor();
    t.is(await page.getByRole("combobox", { name: "Level" }).inputValue(), "");
    t.is(await page.getByRole("combobox", { name: "Time range" }).inputValue(), "15");
    t.is(await page.getByRole("alert").count(), 0);
    await page.getByRole("button", { name: "Pause" }).waitFor();
    t.deepEqual(complaints, []);
  });
}

testInChromium("a level and two times in the address limit the search", async (t) => {
  const { page, system, complaints } = await opened();
  const { word, newest } = threeMinutes(system);
  await page.goto(new URL(`/logs?q=${word}&level=50&from=${newest - 60_000}&to=${newest + 60_000}`, page.url()).href);
  await page.getByText("2 lines", { exact: true }).waitFor();
  t.is(await page.getByRole("combobox", { name: "Level" }).inputValue(), "50");
  t.deepEqual(complaints, []);
});

testInChromium("an unknown saved query in the address is reported by name, and no other query runs", async (t) => {
  const { page, complaints } = await opened("/logs?query=bogus");
  const alert = page
    .getByRole("alert")
    .filter({ hasText: "No saved query is called bogus: expected errors-by-route, " });
  await alert.waitFor();
  t.is(await page.getByLabel("Query", { exact: true }).inputValue(), "");
  t.is(await page.getByRole("region", { name: "Result" }).count(), 0);
  await page.getByLabel("Saved query").selectOption({ label: "chaos-lines (What chaos mode did)" });
  await page.getByRole("region", { name: "Result" }).waitFor();
  t.is(await alert.count(), 0);
  t.deepEqual(complaints, []);
});

/** Adds three errors to the logs, one per minute, each with a unique word and its minute. */
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

testInChromium("the pointer selects a time range in the histogram, which limits the search to it", async (t) => {
  const { page, system, complaints } = await opened("/logs?range=60");
  // Otherwise, a minute that ends during the selection moves the bars away from the pointer.
  await page.clock.setFixedTime(Date.now());
  const { word } = threeMinutes(system);
  await search(page, word, `${word} minute 0`);
  await page.getByText("3 lines", { exact: true }).waitFor();

  const bars = page.locator(".histogram svg .errors");
  const boxes = await Promise.all((await bars.all()).map((bar) => bar.boundingBox()));
  const [left, right] = [boxes.at(-2), boxes.at(-1)];
  await page.mouse.move((left?.x ?? 0) + 1, (left?.y ?? 0) + 5);
  await page.mouse.down();
  await page.mouse.move((right?.x ?? 0) + 1, (right?.y ?? 0) + 5, { steps: 4 });
  await page.getByRole("figure").getByRole("status").filter({ hasText: "2 errors" }).waitFor();
  await page.mouse.up();
  await page.getByText("2 lines", { exact: true }).waitFor();
  const { searchParams } = new URL(page.url());
  t.is(Number(searchParams.get("to")) - Number(searchParams.get("from")), 120_000);
  t.is(await page.locator(".histogram svg").getAttribute("viewBox"), "0 0 24 64", "bars of 5 s instead of 60 s");
  t.deepEqual(complaints, []);
});

testInChromium("the keyboard selects a time range in the histogram", async (t) => {
  const { page, system, complaints } = await opened("/logs?range=60");
  const { word, newest } = threeMinutes(system);
  await search(page, word, `${word} minute 0`);
  await page.getByText("3 lines", { exact: true }).waitFor();

  const histogram = page.getByRole("figure", { name: "Lines over time" });
  const status = histogram.getByRole("status");
  await histogram.focus();
  await page.keyboard.press("ArrowLeft");
  while (!(await status.textContent())?.includes("1 error")) {
    await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Shift+ArrowLeft");
  await status.filter({ hasText: "2 errors" }).waitFor();
  await screenshot(page, "logs-span");
  await page.keyboard.press("Escape");
  t.is(await status.textContent(), "");

  await page.keyboard.press("ArrowLeft");
  while (!(await status.textContent())?.includes("1 error")) {
    await page.keyboard.press("ArrowLeft");
  }
  await page.keyboard.press("Enter");
  await page.getByText("1 line", { exact: true }).waitFor();
  t.is(new URL(page.url()).searchParams.get("from"), String(newest));
  t.deepEqual(complaints, []);
});

testInChromium("with a million lines the page renders few rows, and the open line stays in place", async (t) => {
  const { page, system, complaints } = await opened("/logs?q=number&range=all");
  const { logs } = system.observability;
  const add = async (from: number, to: number) => {
    for (let number = from; number < to; number += 1) {
      if (number % 10_000 === 0) {
        await pause(); // The console runs in this process: requests that wait longer than its limit would fail.
      }
      const time = new Date(Date.now()).toISOString();
      const text = `{"name":"like","level":30,"time":"${time}","msg":"number ${number}","v":0}`;
      logs.add({ program: "like", task: "4f1ac0" }, readLine(text));
    }
  };
  await add(0, 1_000_000);
  await rows(page).filter({ hasText: "number 999999" }).waitFor();
  t.true((await rows(page).count()) < 120, "only visible rows are in the document");

  await page.getByRole("treegrid").focus();
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("PageDown");
  }
  await page.keyboard.press("Enter");
  await page.getByText('"msg": "number 9999').waitFor();
  const read = page.locator(".row[aria-expanded=true]");
  const [text, place] = [await read.textContent(), await read.boundingBox()];
  await add(1_000_000, 1_000_200);
  await page.getByText(/^[\d,]+ lines$/).waitFor();
  await until(async () => Number(await page.getByRole("treegrid").getAttribute("aria-rowcount")) > 600);
  t.is(await read.textContent(), text);
  t.deepEqual(await read.boundingBox(), place);
  const details = await page.locator(".details").boundingBox();
  const below = await page.locator(".details + .row, .details ~ .row").first().boundingBox();
  t.is(below?.y, (details?.y ?? 0) + (details?.height ?? 0), "the lines below move down");
  await screenshot(page, "logs-a-million");
  t.deepEqual(complaints, []);
});
