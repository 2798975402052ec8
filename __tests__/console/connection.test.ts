import { startConsole } from "../../local/console/console.ts";
import { testInChromium } from "../chromium.ts";
import { settings } from "../local/running-system.ts";
import { until } from "../until.ts";
import { like, visit } from "./visitor.ts";

testInChromium("a page says that the runner is gone, and goes on by itself when it is back", async (t) => {
  const { system, webConsole, open, complaints } = await visit(t, { settings });
  await like(system);
  const page = await open("/overview");
  const lines = page.getByRole("treegrid").locator(".row");
  await page.getByRole("heading", { name: "Service map" }).waitFor();

  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.getByText("Runner gone").waitFor();
  await page.getByText("The runner is gone: what stands here is from before.").waitFor();
  await page.getByRole("alert").filter({ hasText: "the runner does not answer" }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("alert").waitFor({ state: "detached" });
  await lines.filter({ hasText: "fulfill-like" }).first().waitFor();

  // Another start, at the same address: what it counts and numbers begins anew, and so does the page.
  await page.evaluate("window.before = true");
  await webConsole.stop();
  await page.getByText("Runner gone").waitFor();
  const again = await startConsole(system, Number(new URL(webConsole.address).port));
  t.teardown(() => again.stop());
  await until(async () => (await page.evaluate("window.before").catch(() => true)) === undefined);
  await lines.filter({ hasText: "fulfill-like" }).first().waitFor();
  t.deepEqual(
    complaints.filter((complaint) => !complaint.includes("net::ERR_")),
    [],
    "but for the browser's own",
  );
});
