import type { Page } from "playwright-core";
import type { Figures, Overview } from "../../../../../laptop/console/pages/overview/messages.ts";
import { MYSFITS } from "../../../../../model/mysfits.ts";
import { loadSettings } from "../../../../../settings/load.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { like, screenshot, sharedVisit } from "../../visitor.ts";

const visiting = sharedVisit(
  loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=INFO", "services.like.chaosMode=off"] }),
);

/** Milliseconds. An idle machine needs less than two seconds. */
const SOON = 15_000;

testInChromium("a like on the site shows in Overview, Logs, and Traces", async (t) => {
  const { open, system, complaints } = await visiting();
  const [overview, logs, traces] = await Promise.all(["/overview", "/logs", "/traces"].map((path) => open(path)));
  const rate = overview?.getByRole("row", { name: "router to like" }).getByRole("cell").first();
  await rate?.filter({ hasText: "no requests" }).waitFor({ state: "attached" });
  const [mysfit] = MYSFITS;
  const site = await open("/overview");
  await site.goto(system.address);
  await site.getByRole("button", { name: `Like ${mysfit?.name}` }).click();
  await site.getByText("Counted!").waitFor();
  const liked = performance.now();
  const path = `/mysfits/${mysfit?.id}/like`;
  await Promise.all([
    rate?.filter({ hasText: "/min" }).waitFor({ state: "attached", timeout: SOON }),
    logs?.getByText(`POST ${path} 200`).first().waitFor({ timeout: SOON }),
    traces?.locator(".row").filter({ hasText: "/like" }).first().waitFor({ timeout: SOON }),
  ]);
  t.log(`${Math.round(performance.now() - liked)} ms until it showed on all three pages`);
  t.deepEqual(complaints, []);
});

/** Parts of the map with their labels. */
function drawnOn(page: Page): Promise<{ what: string; words: string }[]> {
  return page.evaluate(`
    [...document.querySelectorAll(".map :is(.edge, .head, .task)")].map((part) => ({
      what: part.classList[0],
      words: [...part.querySelectorAll("text")].map((text) => text.textContent).join(" "),
    }))
  `);
}

const DURATION = String.raw`[\d.,]+ (µs|ms|s)`;
const ALL_FIGURES = [/[\d.,]+ \/(s|min)/, /[\d.]+%/, new RegExp(`${DURATION}.*${DURATION}`)];

testInChromium("all nodes, tasks, and connections of the map have rate, errors, p50, and p99", async (t) => {
  const { open, system, complaints } = await visiting();
  const page = await open("/overview");
  await page.locator(".map svg").waitFor({ state: "attached" });
  const incomplete = async () =>
    (await drawnOn(page)).filter(({ words }) => !ALL_FIGURES.every((figure) => figure.test(words)));
  const deadline = Date.now() + SOON;
  do {
    const visit = fetch(`${system.address}/mysfits`).then((answer) => answer.text());
    await Promise.all([like(system), like(system), visit]);
  } while ((await incomplete()).length > 0 && Date.now() < deadline);
  t.deepEqual(await incomplete(), []);
  const tasks = Object.values(system.services).flatMap((service) => service.tasks);
  t.deepEqual(
    Object.entries(Object.groupBy(await drawnOn(page), ({ what }) => what)).map(([what, all]) => [what, all?.length]),
    [
      ["edge", 5],
      ["head", 5],
      ["task", tasks.length],
    ],
  );
  t.deepEqual(complaints, []);
});

/** Figures with the longest labels. */
const LONGEST: Figures = {
  rate: 59.9 / 60,
  errors: 0.099,
  p50: 0.0999,
  p99: 0.0999,
  estimated: true,
  health: "failing",
};

/** State of a system with many like tasks and long figures. */
function crowded(likes: number): Overview {
  const tasks = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${(0xabcd + index).toString(16)}`,
      status: index % 5 === 4 ? "DEACTIVATING" : "RUNNING",
      figures: index % 5 === 4 ? ({ rate: 0, errors: 0, estimated: false, health: "idle" } as const) : LONGEST,
    }));
  const edge = { figures: LONGEST };
  return {
    map: {
      nodes: [
        { id: "browser", label: "browser", figures: LONGEST },
        { id: "router", label: "router", figures: LONGEST },
        { id: "like", label: "like", figures: LONGEST, tasks: tasks(likes), others: LONGEST },
        { id: "monolith", label: "monolith", figures: LONGEST, tasks: tasks(1) },
        { id: "table", label: "mysfits", figures: LONGEST },
      ],
      edges: [
        { ...edge, from: "browser", to: "router" },
        { ...edge, from: "router", to: "like" },
        { ...edge, from: "router", to: "monolith" },
        { ...edge, from: "like", to: "monolith" },
        { ...edge, from: "monolith", to: "table" },
      ],
    },
    services: [],
    alarms: [],
    storage: { lines: 0, traces: 0, rejectedPackets: 0, memory: 0, memoryLimit: 1 },
  };
}

/** Labels that overlap other labels or the edge of a box, or that are cut off. */
const UNREADABLE = `
  (() => {
    const map = document.querySelector(".map > svg");
    const place = (element) => element.getBoundingClientRect();
    const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const within = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const texts = [...map.querySelectorAll("text")];
    const boxes = [...map.querySelectorAll(".box")];
    const words = (text) => text.textContent + " in " + text.parentElement.getAttribute("class");
    return texts.flatMap((text, index) => [
      ...texts.slice(index + 1).filter((other) => over(place(text), place(other))).map(words),
      ...boxes.filter((box) => over(place(text), place(box)) && !within(place(text), place(box))).map(() => "an edge"),
      ...(within(place(text), place(map)) ? [] : ["the end of the drawing"]),
    ].map((other) => words(text) + " and " + other));
  })()
`;

/** Labels with an estimate that is not marked. */
const UNMARKED = String.raw`
  [...document.querySelectorAll(".map > svg text")]
    .map((text) => text.textContent)
    .filter((words) => /(?<![≈\d.])[\d.]+( ms| \/min|%)/.test(words))
`;

for (const likes of [1, 2, 12]) {
  for (const width of [375, 768, 1024, 1440]) {
    testInChromium(`all labels on the map are readable: ${likes} like tasks, ${width} px`, async (t) => {
      const { open, complaints } = await visiting();
      const page = await open("/nowhere", { viewport: { width, height: 900 } });
      await page.route("**/api/events?**", (route) =>
        route.fulfill({
          contentType: "text/event-stream",
          body: `retry: 600000\nevent: overview\ndata: ${JSON.stringify(crowded(likes))}\n\n`,
        }),
      );
      await page.getByRole("link", { name: "Overview", exact: true }).click();
      await page.locator(".map svg").waitFor();
      t.is(await page.locator(".map g.task").count(), likes + 2);
      t.deepEqual(await page.evaluate<string[]>(UNMARKED), []);
      t.deepEqual(await page.evaluate<string[]>(UNREADABLE), []);
      await screenshot(page, `map-${likes}-${width}`);
      await page.context().close();
      t.deepEqual(complaints, []);
    });
  }
}

testInChromium("each page opens with the keys in the list of shortcuts", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/labs");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("?");
  const listed = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  const keys: (readonly [title: string, keys: readonly string[]])[] = [];
  for (const title of ["Overview", "Dashboard", "Logs", "Traces", "Tasks", "Scaling", "Labs", "Runbook"]) {
    const item = listed.locator("dt", { has: page.locator(`xpath=following-sibling::dd[1][.="${title}"]`) });
    keys.push([title, await item.locator("kbd").allTextContents()]);
  }
  await page.keyboard.press("Escape");
  await until(() => page.evaluate<boolean>("document.activeElement === document.body"));
  for (const [title, [first = "", second = ""]] of keys) {
    await page.keyboard.press(first);
    await page.keyboard.press(second);
    await page.getByRole("heading", { name: title, level: 1, exact: true }).waitFor();
  }
  t.deepEqual(complaints, []);
});

testInChromium("a phone has the link to the site, and the list of shortcuts", async (t) => {
  const { open, system, complaints } = await visiting();
  const page = await open("/overview", { viewport: { width: 390, height: 844 } });
  const site = page.getByRole("link", { name: "Open the site" });
  await site.waitFor();
  t.is(await site.getAttribute("href"), system.address);
  await page.getByRole("button", { name: "Shortcuts ?" }).click();
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("a log line opens, and leads to its trace, with the keyboard alone", async (t) => {
  const { open, system, complaints } = await visiting();
  await like(system);
  const page = await open("/logs?q=fulfill-like");
  await page.getByRole("treegrid").getByText("fulfill-like 200").first().waitFor();
  await page.getByRole("treegrid").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Trace of this request" }).waitFor();
  await page.keyboard.press("Tab");
  t.is(await page.locator(":focus").textContent(), "Trace of this request");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Traces", level: 1 }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("pages open by keys, by links, and by going back; the theme persists", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/", { colorScheme: "light" });
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.keyboard.press("Tab");
  t.is(await page.locator(":focus").textContent(), "Skip to content");
  await page.keyboard.press("Enter");
  t.is(await page.locator(":focus").getAttribute("id"), "main");

  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.getByRole("heading", { name: "Logs", level: 1 }).waitFor();
  t.is(await page.title(), "Logs · Mythical Mysfits console");
  await page.keyboard.press("/");
  await page.keyboard.type("gt");
  t.is(new URL(page.url()).searchParams.get("q"), "gt", "keys typed into a field trigger no shortcut");
  await page.getByRole("link", { name: "Traces" }).click();
  await page.getByRole("heading", { name: "Traces", level: 1 }).waitFor();
  await page.goBack();
  t.is(await page.getByRole("searchbox").inputValue(), "gt");

  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Logs", level: 1 }).click();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Pause or resume the tail").waitFor();
  await page.keyboard.press("Escape");

  const background = () => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
  const light = await background();
  await page.getByRole("button", { name: "dark" }).click();
  t.not(await background(), light);
  await page.reload();
  t.not(await background(), light);
  await page.goto(`${new URL(page.url()).origin}/nowhere`);
  await page.getByText("no page at this address").waitFor();
  t.deepEqual(complaints, []);
});
