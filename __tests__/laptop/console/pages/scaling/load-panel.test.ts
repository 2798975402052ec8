import { testInChromium } from "../../../../chromium.ts";
import { settings } from "../../../running-system.ts";
import { sharedVisit } from "../../visitor.ts";

const visiting = sharedVisit(settings);

testInChromium("the likes per minute are shown for a valid rate only, and the browser warns of nothing", async (t) => {
  const { open } = await visiting();
  const page = await open("/scaling");
  const warnings: string[] = [];
  page.on("console", (message) => warnings.push(message.text()));
  const rate = page.getByLabel("Likes per second");
  const perMinute = page.getByRole("region", { name: "Load test" }).getByText(/per minute$/);
  t.is(await perMinute.textContent(), "1,500 per minute");
  for (const typed of ["e", "-5", "0", "1.5", "1000000000", ""]) {
    await rate.fill("10");
    await page.getByText("600 per minute", { exact: true }).waitFor();
    await rate.clear();
    await rate.pressSequentially(typed);
    await perMinute.waitFor({ state: "detached", timeout: 5_000 });
  }
  await page.getByLabel("Minutes").clear();
  await page.getByLabel("Minutes").pressSequentially("e");
  await rate.fill("500");
  await page.getByText("30,000 per minute", { exact: true }).waitFor();
  t.deepEqual(warnings, []);
});
