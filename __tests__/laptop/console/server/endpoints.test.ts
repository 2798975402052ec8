import test from "ava";
import type { Dashboard } from "../../../../laptop/console/pages/dashboard/messages.ts";
import { startConsole } from "../../../../laptop/console/server/console.ts";
import { isObserved } from "../../../../laptop/console/server/page-server.ts";
import { startSystem } from "../../../../laptop/system.ts";
import { layOut } from "../../../../model/monitoring/dashboard.ts";
import { onCallDashboard } from "../../../../model/monitoring/on-call-dashboard.ts";
import { dataFolder, discardOutput, EVANGELINE, settings } from "../../running-system.ts";

test("the API returns the deployed dashboard, and starts and stops load and scaling", async (t) => {
  const labs = { ...settings.labs, metadataProxy: false } as const;
  const system = await startSystem({
    settings: { ...settings, labs },
    port: 0,
    folder: dataFolder(t),
    observability: true,
    print: discardOutput,
  });
  t.teardown(system.stop);
  if (!isObserved(system)) {
    return t.fail();
  }
  const { address, stop } = await startConsole(system, 0);
  t.teardown(stop);
  const ask = async (path: string, question?: object) => {
    const answer = await fetch(address + path, question && { method: "POST", body: JSON.stringify(question) });
    return { status: answer.status, body: (await answer.json()) as Partial<Dashboard> & { readonly error?: string } };
  };

  const deployed = layOut(onCallDashboard(system.observability.monitoring, 10));
  const { widgets = [], from = 0, to = 0 } = (await ask("/api/dashboard?seconds=900")).body;
  t.is(to - from, 900);
  t.deepEqual(
    widgets.map(({ content, ...place }) => ({ ...place, kind: content.kind })),
    deployed.map(({ widget, ...place }) => ({ ...place, kind: widget.kind })),
  );
  t.deepEqual(await ask("/api/dashboard?seconds=59"), {
    status: 400,
    body: { error: 'seconds is "59": expected 60 seconds or more' },
  });
  t.is((await ask("/api/dashboard?seconds=86401")).status, 400);

  const [task = t.fail()] = system.services.like.tasks;
  t.deepEqual(await ask(`/api/tasks/document?service=like&id=${task.id}&about=stats`), {
    status: 404,
    body: { error: `task ${task.id} has no metadata-proxy: it has not started yet, or labs.metadataProxy is "off"` },
  });

  t.deepEqual(await ask("/api/scaling/load", { rate: 501, durationSeconds: 60 }), {
    status: 400,
    body: { error: "rate is 501: expected 500 or less" },
  });
  t.is(
    (await ask("/api/scaling/load", { rate: 2.5, durationSeconds: 60 })).body.error,
    "rate is 2.5: expected a whole number",
  );
  t.is((await ask("/api/scaling/switch", {})).body.error, "on is missing: expected true or false");
  t.is((await ask("/api/scaling/load", { rate: 20, durationSeconds: 60 })).status, 200);
  t.is((await ask("/api/scaling/load", { rate: 20, durationSeconds: 60 })).status, 409);
  t.is((await ask("/api/scaling/load/stop", {})).status, 200);
  while ((await ask("/api/scaling/load", { rate: 1, durationSeconds: 2 })).status === 409) {}
  t.false(system.scaler?.running);
  await ask("/api/scaling/switch", { on: true });
  t.true(system.scaler?.running);
  await ask("/api/scaling/switch", { on: false });
  t.false(system.scaler?.running);
  t.is((await fetch(`${system.address}/mysfits/${EVANGELINE}`)).status, 200);
});
