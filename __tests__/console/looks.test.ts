import { loadSettings } from "../../settings/load.ts";
import { complaintsOfAxe } from "../axe.ts";
import { testInChromium } from "../chromium.ts";
import { like, picture, sharedVisit } from "./visitor.ts";

/** Pages, and what has to be there before one looks. */
const PAGES = {
  overview: { path: "/overview", there: "The table fails" },
  logs: { path: "/logs", there: "UDP message sent" },
  insights: { path: "/logs?ask=chaos-lines", there: "lines fit" },
  traces: { path: "/traces", there: "POST" },
  nowhere: { path: "/nowhere", there: "no page at this address" },
  dashboard: { path: "/dashboard", there: "What else is not as it should be?" },
  tasks: { path: "/tasks", there: "What happened" },
  scaling: { path: "/scaling", there: "Nobody decides while scaling is off." },
  labs: { path: "/labs?lab=logs", there: "Find the lines that give it away" },
} as const;

const visitOnce = sharedVisit(loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=DEBUG"] }));

for (const [name, { path, there }] of Object.entries(PAGES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440]) {
      testInChromium(`axe finds nothing to complain about: ${name}, ${colorScheme}, ${width} px`, async (t) => {
        const { open, complaints, system } = await visitOnce();
        await Promise.all(Array.from({ length: 10 }, () => like(system)));
        const page = await open(path, { colorScheme, viewport: { width, height: 900 } });
        await page.getByText(there).first().waitFor();
        t.deepEqual(await complaintsOfAxe(page), []);
        t.true(
          await page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"),
          "nothing sticks out",
        );
        await picture(page, `${name}-${colorScheme}-${width}`);
        await page.context().close();
        t.deepEqual(complaints, []);
      });
    }
  }
}
