import test from "ava";
import { TraceStore } from "../../../local/traces/trace-store.ts";

const id = (number: number) => number.toString(16).padStart(16, "0");
const traceId = (number: number) => `1-5759e988-${number.toString(16).padStart(24, "0")}`;
const segment = (trace: number, number: number, more: object = {}) => ({
  trace_id: traceId(trace),
  id: id(number),
  name: `service ${number}`,
  start_time: 1_465_510_280 + number,
  end_time: 1_465_510_290,
  ...more,
});

function storeOf(documents: readonly object[], bounds?: { traces: number; bytes: number }): TraceStore {
  const store = new TraceStore(bounds);
  for (const document of documents) {
    store.add(JSON.stringify(document));
  }
  return store;
}

test("puts a trace together from documents that come in any order", (t) => {
  const store = storeOf([
    segment(1, 3, { parent_id: id(2) }),
    segment(2, 9),
    segment(1, 1, { subsegments: [{ ...segment(1, 2), annotations: { chaos: "burn" }, namespace: "remote" }] }),
    segment(1, 5, { type: "subsegment", parent_id: id(4) }),
    segment(1, 4, { type: "subsegment", parent_id: id(2) }),
  ]);
  t.is(store.size, 2);
  const { segments } = store.get(traceId(1)) ?? t.fail();
  t.deepEqual(
    segments.map(({ name }) => name),
    ["service 1", "service 3"],
  );
  const [remote] = segments[0]?.subsegments ?? [];
  t.deepEqual(remote?.annotations, { chaos: "burn" });
  t.is(remote?.subsegments?.[0]?.name, "service 4", "a subsegment that came by itself");
  t.is(remote?.subsegments?.[0]?.subsegments?.[0]?.name, "service 5", "and one of that one");
  t.is(store.get(traceId(3)), undefined);
});

test("a segment that was in progress is replaced by its end", (t) => {
  const { end_time, ...begun } = segment(1, 1);
  const store = storeOf([{ ...begun, in_progress: true }, segment(1, 1, { fault: true })]);
  const { segments } = store.get(traceId(1)) ?? t.fail();
  t.is(segments.length, 1);
  t.true(segments[0]?.fault);
  t.is(segments[0]?.end_time, end_time);
});

test("keeps what it does not know, and gives the newest trace first", (t) => {
  const store = storeOf([segment(1, 1, { user: "pauly" }), segment(2, 2), segment(1, 3)]);
  t.deepEqual(
    [...store.newest()].map((trace) => trace.id),
    [traceId(2), traceId(1)],
  );
  t.is(store.get(traceId(1))?.segments[0]?.user, "pauly");
});

for (const [what, document] of Object.entries({
  "no trace": { ...segment(1, 1), trace_id: undefined },
  "a careless trace id": { ...segment(1, 1), trace_id: "1-2-3" },
  "a careless id": { ...segment(1, 1), id: "1" },
  "no start": { ...segment(1, 1), start_time: "soon" },
  "an annotation of many parts": { ...segment(1, 1), annotations: { chaos: {} } },
  "a subsegment without a name": { ...segment(1, 1), subsegments: [{ id: id(2), start_time: 1 }] },
  "a list": [],
  nothing: null,
})) {
  test(`takes no document with ${what}`, (t) => {
    const store = new TraceStore();
    t.throws(() => store.add(JSON.stringify(document)));
    t.deepEqual([store.size, store.bytes], [0, 0]);
  });
}

test("holds its bounds, and the oldest goes first", (t) => {
  const documents = Array.from({ length: 100 }, (_, number) => segment(number, number));
  const fewest = storeOf(documents, { traces: 7, bytes: 1e9 });
  t.deepEqual(
    [...fewest.newest()].map((trace) => trace.id),
    [99, 98, 97, 96, 95, 94, 93].map(traceId),
  );
  const smallest = storeOf(documents, { traces: 1e9, bytes: 1_000 });
  t.true(smallest.bytes <= 1_000 && smallest.bytes > 700, String(smallest.bytes));
  t.is(
    smallest.bytes,
    [...smallest.newest()].reduce((sum, { segments }) => sum + JSON.stringify(segments[0]).length, 0),
  );
  t.is([...smallest.newest()][0]?.id, traceId(99));
});

test("one trace takes no more than X-Ray lets it", (t) => {
  const store = new TraceStore();
  const text = "x".repeat(60_000);
  const add = (number: number) => store.add(JSON.stringify(segment(1, number, { metadata: { default: { text } } })));
  for (let number = 0; number < 8; number += 1) {
    add(number);
  }
  t.throws(() => add(8), { message: `trace ${traceId(1)} is too large: expected 512000 bytes at most` });
  store.add(JSON.stringify(segment(2, 1)));
  t.is(store.get(traceId(1))?.segments.length, 8);
});

test("tells of what comes, and what has changed since", (t) => {
  const store = new TraceStore();
  const names: string[] = [];
  store.on("document", ({ name }) => names.push(name));
  for (const document of [segment(1, 1), segment(2, 2), segment(3, 3)]) {
    store.add(JSON.stringify(document));
  }
  t.deepEqual(names, ["service 1", "service 2", "service 3"]);
  const { revision } = store;
  t.deepEqual(store.changedSince(revision), []);
  store.add(JSON.stringify(segment(1, 4)));
  t.deepEqual(store.changedSince(revision), [traceId(1)]);
  t.deepEqual(store.changedSince(0), [traceId(3), traceId(2), traceId(1)]);
});

test("100,000 traces in little room leave whole ones", (t) => {
  const store = new TraceStore({ traces: 100_000, bytes: 1024 ** 2 });
  for (let number = 0; number < 100_000; number += 1) {
    store.add(JSON.stringify(segment(number, number)));
    store.add(JSON.stringify(segment(number, number + 1)));
  }
  t.true(store.size > 2_000 && store.bytes <= 1024 ** 2, `${store.size} traces, ${store.bytes} bytes`);
  for (const { segments } of store.newest()) {
    t.is(segments.length, 2);
  }
});
