import { randomUUID } from "node:crypto";
import type { Locator } from "playwright-core";
import { readLine } from "../../../../../laptop/system/processes/log-line.ts";
import { loadSettings } from "../../../../../settings/load.ts";
import { axeViolations } from "../../../../axe.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { like, screenshot, visit } from "../../visitor.ts";

testInChromium("a chart has a table with its CloudWatch metrics, and the log widgets show rows", async (t) => {
  const settings = loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=DEBUG"] });
  const { system, open, complaints } = await visit(t, { settings });
  await Promise.all(Array.from({ length: 30 }, () => like(system)));
  const page = await open("/dashboard", { viewport: { width: 1440, height: 900 } });

  await page.getByRole("button", { name: "Requests in 10 s as a table" }).click();
  const table = page.getByRole("region", { name: "Requests in 10 s as a table" });
  await table.getByText("Sum of AWS/ApplicationELB RequestCount {LoadBalancer=app/mysfits/laptop}").waitFor();
  // Waits for the end of the period and the next poll.
  await until(async () => (await likesIn(table)) >= 30);
  t.is(await likesIn(table), 30);
  await page.getByRole("region", { name: "What chaos mode did" }).getByText("WARN: chaos drew").first().waitFor();
  const failed = page.getByRole("region", { name: "Failed requests by route" });
  await failed.getByText("404").waitFor();
  t.true(await fits(failed), "all columns are visible");
  for (const heading of await page.locator(".dashboard .line header .muted").all()) {
    t.is(await heading.getAttribute("title"), await heading.textContent());
  }
  t.deepEqual(await axeViolations(page), []);

  await page.getByRole("button", { name: "3 h" }).click();
  t.true(page.url().endsWith("/dashboard?range=3+h"));
  await screenshot(page, "dashboard-table");
  t.deepEqual(complaints, []);
});

testInChromium("an unknown time range or lab in the address is reported by name", async (t) => {
  const { open, complaints } = await visit(t, { settings: loadSettings({ environment: "workshop" }) });
  const page = await open("/dashboard?range=2+weeks");
  await page.getByText("No time range is called 2 weeks: expected 15 min, 1 h, 3 h, 12 h, or 1 day.").waitFor();
  await page.getByRole("button", { name: "3 h" }).click();
  t.is(await page.getByText("No time range is called").count(), 0);
  await page.goto(new URL("/labs?lab=zzz", page.url()).href);
  await page.getByText("No lab is called zzz: expected metadata, logs, traces, or scaling.").waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("the slow likes fit a phone, and their traces are a click away", async (t) => {
  const { system, open, complaints } = await visit(t, { settings: loadSettings({ environment: "workshop" }) });
  const [time, id] = [new Date().toISOString(), "1-6a5f0c11-0123456789abcdef01234567"];
  const request = { path: "/mysfits/1/like", durationMs: 12_345.6, status: 200, requestId: randomUUID(), traceId: id };
  const line = { name: "like", level: 30, time, msg: "POST /mysfits/1/like 200", v: 0, ...request };
  system.observability.logs.add({ program: "like", task: "4f1ac0" }, readLine(JSON.stringify(line)));
  const page = await open("/dashboard", { viewport: { width: 390, height: 900 } });
  const slow = page.getByRole("region", { name: "Likes that took more than a second" });
  const link = slow.getByRole("link", { name: id });
  await link.waitFor();
  t.true(await fits(slow));
  await link.click();
  await page.getByRole("heading", { name: "Traces", level: 1 }).waitFor();
  t.deepEqual(
    complaints.filter((complaint) => !complaint.includes("404")),
    [],
    "the browser reports that no trace has the ID",
  );
});

/** True if an element does not scroll sideways. */
function fits(element: Locator): Promise<boolean> {
  return element.evaluate((box) => box.scrollWidth <= box.clientWidth);
}

/** Sum of the last column. */
async function likesIn(table: Locator): Promise<number> {
  const counts = await table.locator("table").first().locator("tbody td:last-child").allTextContents();
  return counts.map(Number).reduce((sum, count) => sum + count, 0);
}
