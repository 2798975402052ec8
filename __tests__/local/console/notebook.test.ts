import test from "ava";
import type { TraceRow } from "../../../console/messages/traces.ts";
import { Notebook } from "../../../local/console/notebook.ts";

const line = (message: string) => ({ message });
const CHAOS = "WARN: chaos drew 70: denies that the mysfit exists";

test("notes of a search how much of what it found were chaos mode's lines", (t) => {
  const notebook = new Notebook();
  const lines = [line(CHAOS), line("POST /mysfits/1/like 404"), line("a WARN: chaos somewhere else")];
  notebook.searched({ search: "" }, lines);
  notebook.searched({ search: "nobody" }, []);
  t.deepEqual(notebook.searches, [
    { found: 3, chaos: 1 },
    { found: 0, chaos: 0 },
  ]);
});

test("what comes in while a search is followed does not stand for what it found", (t) => {
  const notebook = new Notebook();
  notebook.searched({ search: "" }, [line("POST /mysfits/1/like 404")]);
  notebook.searched({ search: "", after: 7 }, [line(CHAOS)]);
  notebook.searched({ search: "WARN:" }, []);
  notebook.searched({ search: "WARN:", after: 7 }, [line(CHAOS)]);
  t.deepEqual(notebook.searches, [
    { found: 2, chaos: 1 },
    { found: 1, chaos: 1 },
  ]);
  notebook.searched({ search: "" }, [line(CHAOS)]);
  t.deepEqual(notebook.searches.at(-1), { found: 1, chaos: 1 }, "asked anew, it has found something else");
});

test("knows chaos mode's lines in an answer by their field or by their words", (t) => {
  const notebook = new Notebook();
  notebook.asked("fields @timestamp, chaos", {
    columns: ["@timestamp", "chaos"],
    rows: [
      ["12:00", "burn"],
      ["12:01", null],
    ],
    matched: 2,
    cut: false,
  });
  notebook.asked("fields @message", {
    columns: ["@message"],
    rows: [[`{"msg":"${CHAOS}"}`], ["else"]],
    matched: 2,
    cut: false,
  });
  notebook.asked("stats count(*)", { columns: ["status", "answers"], rows: [[404, 12]], matched: 12, cut: false });
  t.deepEqual(
    notebook.searches.map(({ chaos }) => chaos),
    [1, 1, 0],
  );
});

test("notes of a filter how much of what it found were likes that failed or were slow", (t) => {
  const row = (changes: Partial<TraceRow>): TraceRow => ({
    id: "1-a-b",
    start: 0,
    duration: 0.1,
    method: "POST",
    services: ["like service"],
    kind: "ok",
    ...changes,
  });
  const notebook = new Notebook();
  const order = "newest";
  notebook.filtered({ filter: "ok", order }, [row({}), row({ duration: 1.1 })]);
  notebook.filtered({ filter: "ok", order, after: 7 }, [row({ kind: "error" }), row({ kind: "fault" })]);
  notebook.filtered({ filter: "error", order }, [
    row({ method: "GET", duration: 3 }),
    row({ services: ["monolith service"], kind: "error" }),
  ]);
  t.deepEqual(notebook.filters, [
    { found: 4, odd: 3 },
    { found: 2, odd: 0 },
  ]);
});

test("remembers what chaos did to the likes whose traces were opened", (t) => {
  const notebook = new Notebook();
  const segment = { id: "0", name: "like service", start_time: 0 };
  notebook.opened({ id: "1-a-b", segments: [{ ...segment, annotations: { chaos: "deny" } }, segment] });
  t.deepEqual([...notebook.openedChaos], ["deny"]);
});

test("keeps the newest findings, and not all of a day", (t) => {
  const notebook = new Notebook();
  for (let number = 0; number < 1_000; number += 1) {
    notebook.searched(
      { search: `${number}` },
      Array.from({ length: number }, () => line("")),
    );
  }
  t.is(notebook.searches.length, 50);
  t.is(notebook.searches.at(-1)?.found, 999);
});
