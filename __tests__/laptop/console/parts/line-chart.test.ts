import type { Page } from "playwright-core";
import type { Dashboard } from "../../../../laptop/console/pages/dashboard/messages.ts";
import { testInChromium } from "../../../chromium.ts";
import { settings } from "../../running-system.ts";
import { sharedVisit } from "../visitor.ts";

const visiting = sharedVisit(settings);

/** A dashboard with one chart, which has a value in every third minute only. */
function sparse(minutes: number): Dashboard {
  const to = Math.floor(Date.now() / 60_000) * 60;
  const values = Array.from({ length: minutes }, (_, minute) => (minute % 3 === 1 ? 50 : null));
  const from = to - minutes * 60;
  return {
    from,
    to,
    widgets: [
      {
        x: 0,
        y: 0,
        width: 12,
        height: 6,
        content: {
          kind: "line",
          title: "Failed likes",
          unit: "%",
          limit: 5,
          period: 60,
          start: from,
          series: [{ label: "4xx and 5xx", expression: "m1", values }],
          metrics: [
            { id: "m1", namespace: "N", name: "M", dimensions: {}, statistic: "Sum", period: 60, measured: true },
          ],
        },
      },
    ],
  };
}

/** Number of canvas columns that contain the color of the first series. */
function coloredColumns(page: Page): Promise<number> {
  return page.evaluate<number>(`
    (() => {
      const canvas = document.querySelector(".line-chart canvas");
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const probe = document.createElement("i");
      probe.style.color = "var(--series-1)";
      document.body.append(probe);
      const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
      const columns = new Set();
      for (let index = 0; index < data.length; index += 4) {
        if (data[index + 3] > 200 && wanted.every((value, part) => Math.abs(data[index + part] - value) < 24)) {
          columns.add((index / 4) % width);
        }
      }
      return columns.size;
    })()
  `);
}

for (const [range, minutes, width] of [
  ["15 min", 15, 1440],
  ["1 h", 60, 1440],
  ["1 h", 60, 390],
  ["3 h", 180, 1440],
] as const) {
  testInChromium(`a chart draws values between gaps: ${range}, ${width} px`, async (t) => {
    const { open, complaints } = await visiting();
    const page = await open("/nowhere", { viewport: { width, height: 900 } });
    await page.route("**/api/dashboard?**", (route) => route.fulfill({ json: sparse(minutes) }));
    await page.getByRole("link", { name: "Dashboard" }).click();
    await page.getByRole("button", { name: range, exact: true }).click();
    await page.locator(".line-chart canvas").waitFor();
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    const columns = await coloredColumns(page);
    t.true(columns >= minutes / 3, `${columns} columns for ${minutes / 3} values`);
    await page.context().close();
    t.deepEqual(complaints, []);
  });
}
