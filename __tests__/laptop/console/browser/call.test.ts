import test from "ava";
import { call } from "../../../../laptop/console/browser/call.ts";

/** Replaces fetch by one response. */
function answer(response: Response): void {
  globalThis.fetch = () => Promise.resolve(response);
}

const original = globalThis.fetch;
test.afterEach.always(() => {
  globalThis.fetch = original;
});

test.serial("a call that is aborted while its response arrives has no result", async (t) => {
  const gone = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      gone.signal.addEventListener("abort", () => controller.error(gone.signal.reason));
    },
  });
  answer(new Response(body));
  const calling = call("GET /api/traces", { filter: "", order: "newest" }, gone.signal);
  gone.abort();
  await t.throwsAsync(calling, { name: "AbortError" });
});

test.serial("a response that is not JSON is reported as a problem with its status", async (t) => {
  for (const status of [200, 502]) {
    answer(new Response("<html>", { status }));
    await t.throwsAsync(call("GET /api/traces", { filter: "", order: "newest" }), {
      name: "CallError",
      message: `the console responded with status ${status}, and not with JSON`,
    });
  }
});

test.serial("an error from the console is reported as a problem with its message", async (t) => {
  answer(Response.json({ error: "no such trace" }, { status: 404 }));
  await t.throwsAsync(call("GET /api/trace", { id: "1" }), { name: "CallError", message: "no such trace" });
});
