import { loadSettings } from "../../settings/load.ts";
import { MYSFITS } from "../../specs/mysfits.ts";
import { testInChromium } from "../chromium.ts";
import { sharedVisit } from "./visitor.ts";

const visiting = sharedVisit(
  loadSettings({ environment: "workshop", overrides: ["services.like.logLevel=INFO", "services.like.chaosMode=off"] }),
);

/** Milliseconds; on an idle machine it is there within two seconds. */
const SOON = 15_000;

testInChromium("a like on the site is seen in the overview, the logs and the traces", async (t) => {
  const { open, system, complaints } = await visiting();
  const [overview, logs, traces] = await Promise.all(["/overview", "/logs", "/traces"].map((path) => open(path)));
  const rate = overview?.getByRole("row", { name: "router to like" }).getByRole("cell").first();
  await rate?.filter({ hasText: "0 /s" }).waitFor({ state: "attached" });
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
  t.log(`${Math.round(performance.now() - liked)} ms until it was seen on all three`);
  t.deepEqual(complaints, []);
});

testInChromium("pages are reached by keys, by links, and back; the theme stays", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/", { colorScheme: "light" });
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.keyboard.press("Tab");
  t.is(await page.locator(":focus").textContent(), "Skip to the page");
  await page.keyboard.press("Enter");
  t.is(await page.locator(":focus").getAttribute("id"), "main");

  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.getByRole("heading", { name: "Logs", level: 1 }).waitFor();
  t.is(await page.title(), "Logs · Mysfits console");
  await page.keyboard.press("/");
  await page.keyboard.type("gt");
  t.is(new URL(page.url()).searchParams.get("q"), "gt", "keys typed into a field are the field's");
  await page.getByRole("link", { name: "Traces" }).click();
  await page.getByRole("heading", { name: "Traces", level: 1 }).waitFor();
  await page.goBack();
  t.is(await page.getByRole("searchbox").inputValue(), "gt");

  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Logs", level: 1 }).click();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Pause the tail, or go on").waitFor();
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
