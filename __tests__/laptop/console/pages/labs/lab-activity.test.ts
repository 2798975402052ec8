import test from "ava";
import { LabActivity, type LabEvent } from "../../../../../laptop/console/pages/labs/lab-activity.ts";
import type { TraceRow } from "../../../../../laptop/console/pages/traces/messages.ts";

const line = (message: string) => ({ message });
const CHAOS = "WARN: chaos drew 70: responds that the mysfit does not exist";

/** An activity and the events that it reports. */
function recorded(): { readonly activity: LabActivity; readonly events: LabEvent[] } {
  const activity = new LabActivity();
  const events: LabEvent[] = [];
  activity.on("event", (event) => events.push(event));
  return { activity, events };
}

test("a log search reports how many of its results are chaos mode's lines", (t) => {
  const { activity, events } = recorded();
  const lines = [line(CHAOS), line("POST /mysfits/1/like 404"), line("a WARN: chaos somewhere else")];
  activity.searched({ search: "" }, lines);
  activity.searched({ search: "absent" }, []);
  t.deepEqual(events, [
    { kind: "log search", query: "", found: 3, chaos: 1 },
    { kind: "log search", query: "absent", found: 0, chaos: 0 },
  ]);
});

test("lines that arrive later are added to the results of their search", (t) => {
  const { activity, events } = recorded();
  activity.searched({ search: "" }, [line("POST /mysfits/1/like 404")]);
  activity.searched({ search: "", after: 7 }, [line(CHAOS)]);
  t.like(events.at(-1), { found: 2, chaos: 1 });
  activity.searched({ search: "WARN:" }, []);
  activity.searched({ search: "WARN:", after: 7 }, [line(CHAOS)]);
  t.like(events.at(-1), { found: 1, chaos: 1 });
  activity.searched({ search: "" }, [line(CHAOS), line("else")]);
  t.like(events.at(-1), { found: 2, chaos: 1 }, "a repeated search starts over");
});

test("a query's rows count as chaos mode's by its field or its prefix", (t) => {
  const { activity, events } = recorded();
  activity.queried("fields @timestamp, chaos", {
    columns: ["@timestamp", "chaos"],
    rows: [
      ["12:00", "burn"],
      ["12:01", null],
    ],
    matched: 2,
    cut: false,
  });
  activity.queried("fields @message", {
    columns: ["@message"],
    rows: [[`{"msg":"${CHAOS}"}`], ["else"]],
    matched: 2,
    cut: false,
  });
  activity.queried("stats count(*)", { columns: ["status", "responses"], rows: [[404, 12]], matched: 12, cut: false });
  t.deepEqual(
    events.map((event) => "chaos" in event && event.chaos),
    [1, 1, 0],
  );
});

test("a trace search reports the newest trace with segments of both services", (t) => {
  const row = (start: number, services: readonly string[]): TraceRow => ({
    id: "1-a-b",
    start,
    duration: 0.1,
    method: "POST",
    services,
    kind: "ok",
  });
  const { activity, events } = recorded();
  activity.filtered({ filter: "ok", order: "newest" }, [
    row(300, ["like service"]),
    row(200, ["like service", "monolith service"]),
    row(100, ["monolith service", "like service"]),
  ]);
  activity.filtered({ filter: "", order: "newest" }, []);
  t.deepEqual(events, [
    { kind: "trace search", filter: "ok", found: 3, complete: 200 },
    { kind: "trace search", filter: "", found: 0, complete: 0 },
  ]);
});

test("an opened trace reports what chaos mode did", (t) => {
  const { activity, events } = recorded();
  const segment = { trace_id: "1-a-b", id: "0", name: "like service", start_time: 0 };
  activity.opened({ segments: [{ ...segment, annotations: { chaos: "deny" } }, segment] });
  t.deepEqual(events, [{ kind: "trace", chaos: ["deny"] }]);
});
