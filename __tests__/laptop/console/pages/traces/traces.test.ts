import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { ODD_LIKES } from "../../../../../model/monitoring/tracing.ts";
import { loadSettings } from "../../../../../settings/load.ts";
import { testInChromium } from "../../../../chromium.ts";
import { until } from "../../../../until.ts";
import { EVANGELINE } from "../../../running-system.ts";
import { like, sharedVisit } from "../../visitor.ts";

const visiting = sharedVisit(loadSettings({ environment: "workshop" }));

function rows(page: Page) {
  return page.getByRole("treegrid").locator(".row");
}

testInChromium("the filter expression of the lab matches only slow and failed likes", async (t) => {
  const { open, system, complaints } = await visiting();
  // Beyond five likes per second only one in ten is traced.
  const { traces } = system.observability;
  while (![...traces.newest()].some(({ segments }) => segments[0]?.http?.response?.status === 404)) {
    await Promise.all(Array.from({ length: 5 }, () => like(system)));
    await pause(500);
  }
  // Any like may be slow or failed, but this request is neither.
  await fetch(`${system.address}/mysfits`);
  const page = await open("/traces");
  await rows(page).filter({ hasText: "GET /mysfits" }).first().waitFor();
  const all = await rows(page).count();
  await page.getByRole("button", { name: "odd-likes" }).click();
  t.is(new URL(page.url()).searchParams.get("filter"), ODD_LIKES.filter);
  await until(async () => (await rows(page).count()) < all);
  const found = await rows(page).allTextContents();
  t.true(found.length > 0);
  for (const row of found) {
    t.true(/error 404/.test(row) || Number(/([\d.]+) s$/.exec(row)?.[1]) >= 1, row);
  }

  await page.getByLabel("Order").selectOption("slowest");
  await rows(page).filter({ hasText: "404" }).first().click();
  const part = page.getByRole("region", { name: "Details of like service" });
  await part.getByRole("link", { name: "deny" }).click();
  await until(async () => (await rows(page).allTextContents()).every((row) => row.includes("404")));
  t.is(new URL(page.url()).searchParams.get("filter"), 'annotation.chaos = "deny"');
  t.true((await rows(page).count()) > 0);
  t.deepEqual(complaints, []);
});

testInChromium("a syntax error in a filter is marked until it is fixed", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open(`/traces?filter=${encodeURIComponent('service("like service") { responsetime > }')}`);
  const alert = page.getByRole("alert");
  t.is(await alert.locator("pre").textContent(), `service("like service") { responsetime > }\n${" ".repeat(41)}^`);
  t.is(await alert.locator("p").textContent(), "found }: expected a number");
  await page.getByRole("searchbox").fill('service("like service")');
  await alert.waitFor({ state: "detached" });
  t.deepEqual(complaints, []);
});

testInChromium("the link to a trace that is not kept says why there is none", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/traces?id=1-00000000-000000000000000000000000");
  await page.getByText("No trace is kept for this request: it was not sampled, or newer").waitFor();
  t.is(await page.getByRole("alert").count(), 0);
  t.deepEqual(complaints, []);
});

testInChromium("a trace that no longer matches leaves the list without a reload", async (t) => {
  const { open, system, complaints } = await visiting();
  const now = Date.now() / 1000;
  const add = (id: string, more: object) =>
    system.observability.traces.add(
      JSON.stringify({
        trace_id: `1-${Math.floor(now).toString(16)}-000000000000000000000002`,
        ...{ id, name: "late service", start_time: now, end_time: now + 0.5, ...more },
      }),
    );
  const called = {
    parent_id: "00000000000000bb",
    http: { request: { method: "GET", url: "http://localhost/called" } },
  };
  add("00000000000000cc", called);
  const page = await open(`/traces?filter=${encodeURIComponent('service("late service") duration < 1')}`);
  await rows(page).filter({ hasText: "GET /called" }).waitFor();
  await page.getByText("1 trace", { exact: true }).waitFor();
  add("00000000000000aa", { end_time: now + 3 });
  await page.getByText("No trace matches").waitFor();
  t.is(await rows(page).count(), 0);
  await page.getByText("0 traces", { exact: true }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium(
  "a like without a response is neither ok nor failed, and the header of its trace is one row",
  async (t) => {
    const { open, system, complaints } = await visiting();
    const now = Date.now() / 1000;
    system.observability.traces.add(
      JSON.stringify({
        trace_id: `1-${Math.floor(now).toString(16)}-000000000000000000000003`,
        ...{ id: "00000000000000dd", name: "like service", start_time: now - 1, end_time: now },
        http: { request: { method: "POST", url: `http://localhost/mysfits/${EVANGELINE}/like` } },
      }),
    );
    const page = await open("/traces", { viewport: { width: 1440, height: 900 } });
    const row = rows(page).filter({ hasText: "client left before the response" });
    t.is(await row.locator(".health.healthy, .health.degraded, .health.failing").count(), 0);
    await row.click();
    const header = page.locator(".trace > header");
    await header.getByRole("link", { name: "Logs of this trace" }).waitFor();
    const [link, close] = await Promise.all([
      header.getByRole("link").boundingBox(),
      header.getByRole("button", { name: "Close" }).boundingBox(),
    ]);
    t.true(close !== null && link !== null && close.x > link.x && close.y < link.y + link.height);
    t.deepEqual(complaints, []);
  },
);

/** Number of shortened paths that are also cut off with an ellipsis. */
const CUT_OFF = `[...document.querySelectorAll(".request")].filter((path) => path.textContent.includes("…") &&
  path.scrollWidth > path.clientWidth && getComputedStyle(path).textOverflow === "ellipsis").length`;

testInChromium("a path has one ellipsis at most", async (t) => {
  const { open, system, complaints } = await visiting();
  await fetch(`${system.address}/mysfits/${EVANGELINE}`);
  for (const width of [390, 721, 760, 1201, 1280, 1440]) {
    const page = await open("/traces", { viewport: { width, height: 900 } });
    for (const isOpen of [false, true]) {
      const row = rows(page).filter({ hasText: "…" }).first();
      await row.waitFor();
      if (isOpen) {
        await row.click();
        await page.locator(".waterfall").waitFor();
      }
      t.is(await page.evaluate(CUT_OFF), 0, `${width} px, ${isOpen ? "a trace is open" : "no trace is open"}`);
    }
    await page.close();
  }
  t.deepEqual(complaints, []);
});

testInChromium("the exception of a failed call is shown with its stack", async (t) => {
  const { open, system, complaints } = await visiting();
  const { traces } = system.observability;
  const now = Date.now() / 1000;
  traces.add(
    JSON.stringify({
      trace_id: `1-${Math.floor(now).toString(16)}-000000000000000000000001`,
      id: "000000000000000a",
      name: "like service",
      start_time: now - 1,
      end_time: now,
      fault: true,
      http: { request: { method: "POST", url: "http://localhost/mysfits/x/like" }, response: { status: 502 } },
      metadata: { default: { attempt: 2 } },
      cause: {
        exceptions: [
          { id: "1", type: "TypeError", message: "other side closed", stack: [{ path: "a.ts", line: 7, label: "f" }] },
        ],
      },
    }),
  );
  const page = await open("/traces");
  await rows(page).filter({ hasText: "fault 502" }).click();
  await page.getByText("TypeError: other side closed").waitFor();
  await page.getByText("f a.ts:7").waitFor();
  await page.getByText('"attempt": 2').waitFor();
  t.deepEqual(complaints, []);
});
