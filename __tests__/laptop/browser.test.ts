import { MYSFITS } from "../../model/mysfits.ts";
import { launchChromium, testInChromium } from "../chromium.ts";
import { likesInTable, run } from "./running-system.ts";

testInChromium("a visitor clicks Like, sees that it counted, and the table has it", async (t) => {
  const [mysfit] = MYSFITS.filter(({ name }) => name === "Nessi");
  const system = await run(t);
  const browser = await launchChromium();
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
