import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { MYSFITS } from "../../specs/mysfits.ts";
import { testNeeding } from "../needs.ts";
import { likesInTable, run } from "./running-system.ts";

const chromiumPath = findChromium();
const testInChromium = testNeeding(chromiumPath ? undefined : "no Chromium here; set CHROMIUM to its path");

testInChromium("a visitor clicks Like, sees that it counted, and the table has it", async (t) => {
  const [mysfit] = MYSFITS.filter(({ name }) => name === "Nessi");
  const system = await run(t);
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "chromium",
    args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(system.address);
  await page.getByRole("button", { name: "Like Nessi" }).click();
  await page.getByText("Counted! Nessi is flattered.").waitFor();
  t.is(await likesInTable(system, mysfit?.id ?? ""), 1);

  await page.getByRole("link", { name: "Nessi" }).click();
  const profile = page.getByRole("dialog", { name: "Nessi" });
  await profile.waitFor();
  t.is(await profile.getByText("Likes", { exact: true }).locator("xpath=following-sibling::dd[1]").textContent(), "1");
  t.deepEqual(complaints, []);
});

function findChromium(): string | undefined {
  const candidates = [process.env.CHROMIUM, "/usr/bin/chromium"];
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "chromium"));
  return [...candidates, ...onPath].find((path) => path && existsSync(path));
}
