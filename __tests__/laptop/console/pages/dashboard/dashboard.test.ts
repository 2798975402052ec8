import type { Locator } from "playwright-core";
import { loadSettings } from "../../../../../settings/load.ts";
import { complaintsOfAxe } from "../../../../axe.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { like, picture, visit } from "../../visitor.ts";

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
  await page.getByRole("region", { name: "Failed requests by route" }).getByText("404").waitFor();
  t.deepEqual(await complaintsOfAxe(page), []);

  await page.getByRole("button", { name: "3 h" }).click();
  t.true(page.url().endsWith("/dashboard?range=3+h"));
  await picture(page, "dashboard-table");
  t.deepEqual(complaints, []);
});

/** Sum of the last column. */
async function likesIn(table: Locator): Promise<number> {
  const counts = await table.locator("table").first().locator("tbody td:last-child").allTextContents();
  return counts.map(Number).reduce((sum, count) => sum + count, 0);
}
