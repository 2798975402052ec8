import { loadSettings } from "../../../settings/load.ts";
import { axeViolations } from "../../axe.ts";
import { testInChromium } from "../../chromium.ts";
import { like, screenshot, sharedVisit } from "./visitor.ts";

/** Pages, each with text that shows that it has loaded. */
const PAGES = {
  overview: { path: "/overview", ready: "The table fails" },
  logs: { path: "/logs", ready: "Rule likes is matched" },
  insights: { path: "/logs?query=chaos-lines", ready: "lines match" },
  traces: { path: "/traces", ready: "POST" },
  nowhere: { path: "/nowhere", ready: "no page at this address" },
  dashboard: { path: "/dashboard", ready: "What else is wrong?" },
  tasks: { path: "/tasks", ready: "Events" },
  scaling: { path: "/scaling", ready: "Scaling is off." },
  runbook: { path: "/runbook?page=like-errors", ready: "errors-by-route" },
  record: { path: "/labs?record", ready: "steps done" },
  labs: { path: "/labs?lab=logs", ready: "Find the lines that explain it" },
} as const;

/** Pixels: a phone, and a desktop. */
const WIDTHS = [375, 1440] as const;
const HEIGHT = 900;

const visitOnce = sharedVisit(loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=DEBUG"] }));

/** Chaos makes most of these likes burn CPU, so they are sent only once. */
let firstLikes: Promise<unknown> | undefined;

for (const [name, { path, ready }] of Object.entries(PAGES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    testInChromium(`axe reports no violation: ${name}, ${colorScheme}`, async (t) => {
      const { open, complaints, system } = await visitOnce();
      firstLikes ??= Promise.all(Array.from({ length: 10 }, () => like(system)));
      await firstLikes;
      await like(system);
      const page = await open(path, { colorScheme, viewport: { width: WIDTHS[0], height: HEIGHT } });
      await page.getByText(ready).first().waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        t.deepEqual(await axeViolations(page), [], `${width} px`);
        t.true(
          await page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"),
          `the page does not scroll sideways at ${width} px`,
        );
        await screenshot(page, `${name}-${colorScheme}-${width}`);
      }
      await page.context().close();
      t.deepEqual(complaints, []);
    });
  }
}
