import { testInChromium } from "../../../../chromium.ts";
import { settings } from "../../../running-system.ts";
import { sharedVisit } from "../../visitor.ts";

const visiting = sharedVisit(settings);

testInChromium("an alarm leads to its runbook page, and that to its saved query, by keyboard", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/overview");
  await page.getByRole("link", { name: "Likes fail" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /^like-errors/ }).waitFor();
  await page.getByRole("link", { name: "errors-by-route" }).first().focus();
  await page.keyboard.press("Enter");
  const query = page.getByLabel("Saved query");
  await query.getByText("errors-by-route").waitFor({ state: "attached" });
  t.is(await query.inputValue(), "errors-by-route");
  t.deepEqual(complaints, []);
});

testInChromium("links between runbook pages stay in the console", async (t) => {
  const { open, complaints } = await visiting();
  const page = await open("/runbook");
  await page.getByRole("link", { name: "like-latency" }).first().click();
  await page.getByRole("heading", { level: 1, name: /^like-latency/ }).waitFor();
  t.is(new URL(page.url()).search, "?page=like-latency");
  await page.getByRole("link", { name: "All pages" }).click();
  await page.getByRole("heading", { level: 1, name: "Runbook" }).waitFor();
  t.deepEqual(complaints, []);
});

testInChromium("a runbook page that does not exist is reported", async (t) => {
  const { open } = await visiting();
  const page = await open("/runbook?page=nothing");
  await page.getByText("the runbook has no page nothing").waitFor();
  t.pass();
});
