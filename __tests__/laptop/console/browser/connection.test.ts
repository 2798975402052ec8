import { startConsole } from "../../../../laptop/console/server/console.ts";
import { testInChromium } from "../../../chromium.ts";
import { until } from "../../../until.ts";
import { settings } from "../../running-system.ts";
import { like, visit } from "../visitor.ts";

testInChromium("a page reports a lost connection and reconnects", async (t) => {
  const { system, webConsole, open, complaints } = await visit(t, { settings });
  await like(system);
  const page = await open("/overview");
  const lines = page.getByRole("treegrid").locator(".row");
  await page.getByRole("heading", { name: "Service map" }).waitFor();

  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.getByText("Disconnected").waitFor();
  await page.getByText("The runner does not respond, so this page is out of date.").waitFor();
  await page.getByRole("alert").filter({ hasText: "the runner does not respond" }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("alert").waitFor({ state: "detached" });
  await lines.filter({ hasText: "fulfill-like" }).first().waitFor();

  // A restarted runner at the same address numbers its lines and traces from the start, so the page reloads.
  await page.evaluate("window.before = true");
  await webConsole.stop();
  await page.getByText("Disconnected").waitFor();
  const again = await startConsole(system, Number(new URL(webConsole.address).port));
  t.teardown(() => again.stop());
  await until(async () => (await page.evaluate("window.before").catch(() => true)) === undefined);
  await lines.filter({ hasText: "fulfill-like" }).first().waitFor();
  t.deepEqual(
    complaints.filter((complaint) => !complaint.includes("net::ERR_")),
    [],
    "apart from the browser's own messages",
  );
});
