import test from "ava";
import { loadSettings } from "../../settings/load.ts";
import { testInChromium } from "../chromium.ts";
import { complaintsOfAxe, like, picture, visit } from "./visitor.ts";

/** Pages, and what has to be there before one looks. */
const PAGES = {
  dashboard: { path: "/dashboard", there: "What else is not as it should be?" },
  tasks: { path: "/tasks", there: "What happened" },
  scaling: { path: "/scaling", there: "Nobody decides while scaling is off." },
  labs: { path: "/labs?lab=logs", there: "Find the lines that give it away" },
} as const;

const teardowns: (() => unknown)[] = [];
test.after.always(async () => {
  for (const end of teardowns.reverse()) {
    await end();
  }
});

let visiting: ReturnType<typeof visit> | undefined;

/** One system for all of them: they only look. */
function visitOnce() {
  const settings = loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=DEBUG"] });
  visiting ??= visit({ teardown: (end) => void teardowns.push(end) }, { settings }).then(async (visit) => {
    await Promise.all(Array.from({ length: 30 }, () => like(visit.system)));
    return visit;
  });
  return visiting;
}

for (const [name, { path, there }] of Object.entries(PAGES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [375, 1440]) {
      testInChromium(`axe finds nothing to complain about: ${name}, ${colorScheme}, ${width} px`, async (t) => {
        const { open, complaints } = await visitOnce();
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
