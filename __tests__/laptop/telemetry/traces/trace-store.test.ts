import test from "ava";
import fc from "fast-check";
import { z } from "zod";
import { boundsOf, waterfallRows } from "../../../../laptop/console/pages/traces/waterfall-rows.ts";
import { duration } from "../../../../laptop/console/parts/format.ts";
import {
  annotationsOf,
  durationOf,
  isComplete,
  rootOf,
  type Segment,
} from "../../../../laptop/telemetry/traces/trace.ts";
import { TraceStore } from "../../../../laptop/telemetry/traces/trace-store.ts";

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

test("assembles a trace from documents in any order", (t) => {
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
  t.is(remote?.subsegments?.[0]?.name, "service 4", "a subsegment that arrived separately");
  t.is(remote?.subsegments?.[0]?.subsegments?.[0]?.name, "service 5", "and a subsegment of it");
  t.is(store.get(traceId(3)), undefined);
});

test("a complete segment replaces the one in progress", (t) => {
  const { end_time, ...begun } = segment(1, 1);
  const store = storeOf([{ ...begun, in_progress: true }, segment(1, 1, { fault: true })]);
  const { segments } = store.get(traceId(1)) ?? t.fail();
  t.is(segments.length, 1);
  t.true(segments[0]?.fault);
  t.is(segments[0]?.end_time, end_time);
});

test("a late document in progress does not replace the complete one", (t) => {
  const { end_time, ...begun } = segment(1, 1);
  const store = storeOf([segment(1, 1), { ...begun, in_progress: true }]);
  t.is(store.get(traceId(1))?.segments[0]?.end_time, end_time);
  t.is(store.get(traceId(1))?.segments[0]?.in_progress, undefined);
});

for (const order of ["caller first", "callee first"]) {
  test(`the root is the segment without a parent, regardless of start times, ${order}`, (t) => {
    const like = segment(1, 1, { start_time: 100, subsegments: [{ ...segment(1, 2), namespace: "remote" }] });
    for (const start_time of [100, 99.995]) {
      const callee = segment(1, 3, { start_time, parent_id: id(2) });
      const trace = storeOf(order === "caller first" ? [like, callee] : [callee, like]).get(traceId(1)) ?? t.fail();
      t.is(rootOf(trace)?.id, id(1));
      t.deepEqual(trace.roots, [id(1)]);
    }
  });
}

test("a segment whose parent is outside the trace is a root, after one without a parent", (t) => {
  const foreign = storeOf([segment(1, 1, { parent_id: id(9) })]).get(traceId(1)) ?? t.fail();
  t.is(rootOf(foreign)?.id, id(1));
  const both = storeOf([segment(1, 1, { parent_id: id(9) }), segment(1, 2)]).get(traceId(1)) ?? t.fail();
  t.deepEqual(both.roots, [id(2), id(1)]);
});

test("segments in a cycle of parents appear once each, next to all other segments", (t) => {
  const store = storeOf([segment(1, 1, { parent_id: id(2) }), segment(1, 2, { parent_id: id(1) }), segment(1, 3)]);
  const trace = store.get(traceId(1)) ?? t.fail();
  t.deepEqual(trace.roots, [id(3), id(1)]);
  t.is(trace.segments.length, 3);
  const alone = storeOf([segment(1, 1, { parent_id: id(2) }), segment(1, 2, { parent_id: id(1) })]).get(traceId(1));
  t.deepEqual(alone?.roots, [id(1)]);
});

test("orphaned and cyclic subsegments are counted and hide nothing else", (t) => {
  const lone = (number: number, parent: number) => segment(1, number, { type: "subsegment", parent_id: id(parent) });
  const store = storeOf([lone(11, 12), lone(12, 11), lone(13, 99), segment(1, 1), lone(14, 1)]);
  const trace = store.get(traceId(1)) ?? t.fail();
  t.is(trace.orphans, 3);
  t.deepEqual(
    trace.segments.map(({ subsegments = [] }) => subsegments.map(({ name }) => name)),
    [["service 14"]],
  );
  t.throws(() => store.add(JSON.stringify(lone(15, 15))), { message: /cannot be its own parent/ });
  t.throws(() => store.add(JSON.stringify({ ...segment(1, 16), type: "subsegment" })), {
    message: /needs a parent_id/,
  });
  t.deepEqual([store.get(traceId(1))?.orphans, store.get(traceId(1))?.segments.length], [3, 1]);
});

test("a chain of thousands of subsegments is cut off without an error", (t) => {
  const chain = Array.from({ length: 2_500 }, (_, number) =>
    segment(1, number + 2, { type: "subsegment", parent_id: id(number + 1) }),
  );
  const trace = storeOf([segment(1, 1), ...chain]).get(traceId(1)) ?? t.fail();
  t.is(trace.segments.length, 1);
  t.true(trace.orphans > 0);
  t.deepEqual(annotationsOf(trace.segments[0] as Segment, "chaos"), []);
  t.notThrows(() => JSON.stringify(trace));
});

test("a subsegment that arrives twice appears once, and the complete one wins", (t) => {
  const complete = { ...segment(1, 2), fault: true };
  const { end_time, ...inProgress } = { ...segment(1, 2), in_progress: true };
  const separate = (part: object) => ({ ...part, type: "subsegment", parent_id: id(1) });
  for (const documents of [
    [separate(inProgress), segment(1, 1, { subsegments: [complete] })],
    [segment(1, 1, { subsegments: [complete] }), separate(inProgress)],
    [segment(1, 1, { subsegments: [inProgress] }), separate(complete)],
    [separate(complete), separate(inProgress), segment(1, 1)],
    [separate(inProgress), separate(complete), segment(1, 1)],
  ]) {
    const trace = storeOf(documents).get(traceId(1)) ?? t.fail();
    const [found, ...more] = trace.segments[0]?.subsegments ?? [];
    t.deepEqual([found?.end_time, found?.fault, more.length, trace.orphans], [end_time, true, 0, 0]);
  }
});

test("a subsegment with the ID of a segment does not replace it", (t) => {
  for (const documents of [
    [segment(1, 1), segment(1, 1, { type: "subsegment", parent_id: id(9) })],
    [segment(1, 1, { type: "subsegment", parent_id: id(9) }), segment(1, 1)],
  ]) {
    const trace = storeOf(documents).get(traceId(1)) ?? t.fail();
    t.deepEqual([trace.segments.length, trace.orphans, rootOf(trace)?.parent_id], [1, 1, undefined]);
  }
});

test("no set of documents breaks a trace or hides a segment", (t) => {
  const number = fc.integer({ min: 1, max: 6 });
  const part = fc.record({ own: number, parent: fc.option(number), isSubsegment: fc.boolean(), isOpen: fc.boolean() });
  const document = fc.record({ part, inner: fc.uniqueArray(number, { maxLength: 3 }) }).map(({ part, inner }) => {
    const { own, parent, isSubsegment, isOpen } = part;
    return {
      ...segment(1, own),
      ...(parent !== null && { parent_id: id(parent) }),
      ...(isSubsegment && { type: "subsegment" }),
      ...(isOpen && { in_progress: true, end_time: undefined }),
      subsegments: inner.map((child) => ({ ...segment(1, child), namespace: "remote" })),
    };
  });
  fc.assert(
    fc.property(fc.array(document, { maxLength: 12 }), (documents) => {
      const store = new TraceStore();
      const taken = documents.filter((each) => {
        try {
          store.add(JSON.stringify(each));
          return true;
        } catch (error) {
          return !(error instanceof z.ZodError);
        }
      });
      const own = new Set(taken.flatMap((each) => ("type" in each ? [] : each.id)));
      const trace = store.get(traceId(1));
      const rows = trace ? waterfallRows(trace) : [];
      const shown = rows.filter((row) => row.own).map(({ segment }) => segment.id);
      t.deepEqual(shown.toSorted(), [...own].toSorted());
      t.deepEqual(store.summary(traceId(1))?.roots, trace?.roots);
      t.notThrows(() => JSON.stringify(trace));
    }),
    { numRuns: 300 },
  );
});

test("a chain of thousands of segments has a row for each", (t) => {
  const chain = Array.from({ length: 2_500 }, (_, number) =>
    segment(1, number + 1, number === 0 ? {} : { parent_id: id(number) }),
  );
  const rows = waterfallRows(storeOf(chain).get(traceId(1)) ?? t.fail());
  t.deepEqual([rows.length, rows.at(-1)?.depth], [2_500, 2_499]);
});

test("a document with hundreds of levels of subsegments is accepted", (t) => {
  let inner: object = segment(1, 800);
  for (let level = 799; level > 1; level -= 1) {
    inner = { ...segment(1, level), subsegments: [inner] };
  }
  const trace = storeOf([segment(1, 1, { subsegments: [inner] })]).get(traceId(1)) ?? t.fail();
  t.is(waterfallRows(trace).length, 800);
});

for (const [what, more] of Object.entries({
  "all symbols that X-Ray allows in a name": { name: "a_.:/%&#=+\\-@ ä中9" },
  "a subsegment with any name": { subsegments: [{ ...segment(1, 2), name: "## Model.save(<x>)" }] },
  "precursor IDs": { subsegments: [{ ...segment(1, 2), precursor_ids: [id(9), "?"] }] },
  "a cause that is an exception's ID": { fault: true, cause: id(7) },
  "fields that no SDK sends": { inferred: true, links: [], http: { request: { traced: true, x_forwarded_for: "?" } } },
  "an end before the start": { end_time: 1 },
  "a negative content length": { http: { response: { status: 200, content_length: -1 } } },
  "a time with nanoseconds": { start_time: 1.4782933612712345e9 },
})) {
  test(`accepts a document with ${what}`, (t) => {
    const store = storeOf([segment(1, 1, more)]);
    t.deepEqual(store.get(traceId(1))?.segments, [segment(1, 1, more)] as Segment[]);
  });
}

test("a segment with neither an end nor a mark of progress is incomplete", (t) => {
  const { end_time, ...begun } = segment(1, 1);
  const { segments } = storeOf([begun]).get(traceId(1)) ?? t.fail();
  t.deepEqual(segments.map(isComplete), [false]);
  t.is(storeOf([segment(1, 1), begun]).get(traceId(1))?.segments[0]?.end_time, end_time, "the complete one wins");
});

test("a segment whose parent is one of its own subsegments is a root", (t) => {
  const odd = segment(1, 1, { parent_id: id(2), subsegments: [segment(1, 2)] });
  t.deepEqual(storeOf([odd]).get(traceId(1))?.roots, [id(1)]);
  t.deepEqual(storeOf([odd, segment(1, 3)]).get(traceId(1))?.roots, [id(3), id(1)]);
});

test("returns a trace as it was at an earlier revision", (t) => {
  const { end_time, ...begun } = segment(1, 1);
  const store = storeOf([segment(2, 9), { ...begun, in_progress: true }]);
  const { revision } = store;
  store.add(JSON.stringify(segment(1, 1)));
  store.add(JSON.stringify(segment(3, 3)));
  t.is(store.summary(traceId(1))?.segments[0]?.end_time, end_time);
  t.deepEqual(store.summaryAt(traceId(1), revision)?.segments.map(isComplete), [false]);
  t.is(store.summaryAt(traceId(1), revision + 1)?.segments[0]?.end_time, end_time);
  t.is(store.summaryAt(traceId(1), store.revision), store.summary(traceId(1)));
  t.is(store.summaryAt(traceId(1), revision - 1), undefined);
  t.is(store.summaryAt(traceId(3), revision), undefined);
  t.is(store.summaryAt(traceId(7), revision), undefined);
});

for (const [what, more] of Object.entries({
  "ends when it starts": { end_time: 1_465_510_281 },
  "ends before it starts": { end_time: 1 },
  "is in progress": { end_time: undefined, in_progress: true },
})) {
  test(`the list and the waterfall agree that a trace that ${what} has no duration`, (t) => {
    const trace = storeOf([segment(1, 1, more)]).get(traceId(1)) ?? t.fail();
    const { start, end } = boundsOf(trace);
    t.is(duration(durationOf(trace)), "0 ms");
    t.is(duration(end - start), "0 ms");
  });
}

test("IDs may have uppercase hexadecimal digits", (t) => {
  const trace_id = `1-5759E988-${"AB".repeat(12)}`;
  t.is(storeOf([{ ...segment(1, 1), trace_id, id: "ABCDEFABCDEFABCD" }]).get(trace_id)?.segments.length, 1);
});

test("keeps unknown fields, and yields the newest trace first", (t) => {
  const store = storeOf([segment(1, 1, { user: "pauly" }), segment(2, 2), segment(1, 3)]);
  t.deepEqual(
    [...store.newest()].map((trace) => trace.id),
    [traceId(2), traceId(1)],
  );
  t.is(store.get(traceId(1))?.segments[0]?.user, "pauly");
});

for (const [what, document] of Object.entries({
  "no trace": { ...segment(1, 1), trace_id: undefined },
  "a malformed trace ID": { ...segment(1, 1), trace_id: "1-2-3" },
  "a malformed ID": { ...segment(1, 1), id: "1" },
  "an invalid start time": { ...segment(1, 1), start_time: "soon" },
  "a start time that no date can hold": { ...segment(1, 1), start_time: 1e300 },
  "a negative end time": { ...segment(1, 1), end_time: -1 },
  "two subsegments with one ID": { ...segment(1, 1), subsegments: [segment(1, 2), segment(1, 2)] },
  "a subsegment with the segment's ID": { ...segment(1, 1), subsegments: [segment(1, 1)] },
  "an unknown type": { ...segment(1, 1), type: "segment" },
  "a flag as text": { ...segment(1, 1), fault: "true" },
  "a status as text": { ...segment(1, 1), http: { response: { status: "200" } } },
  "no ID": { ...segment(1, 1), id: undefined },
  "an empty parent": { ...segment(1, 1), parent_id: "" },
  "an object as an annotation": { ...segment(1, 1), annotations: { chaos: {} } },
  "a subsegment without a name": { ...segment(1, 1), subsegments: [{ id: id(2), start_time: 1 }] },
  "an empty name": { ...segment(1, 1), name: "" },
  "a name of 201 characters": { ...segment(1, 1), name: "n".repeat(201) },
  "a name with a character that X-Ray forbids": { ...segment(1, 1), name: "service <1>" },
  "a name with a line break": { ...segment(1, 1), name: "service\n1" },
  "a subsegment with an empty name": { ...segment(1, 1), subsegments: [{ ...segment(1, 2), name: "" }] },
  "a start time in milliseconds": { ...segment(1, 1), start_time: 1_465_510_280_500 },
  "a start time as text": { ...segment(1, 1), start_time: "1465510280" },
  "no start time": { ...segment(1, 1), start_time: undefined },
  "a user as a number": { ...segment(1, 1), user: 12 },
  "a mark of progress as text": { ...segment(1, 1), in_progress: "true" },
  "an ID of 17 digits": { ...segment(1, 1), id: `${id(1)}0` },
  "an ID that is not hexadecimal": { ...segment(1, 1), id: "000000000000000g" },
  "a parent that is not hexadecimal": { ...segment(1, 1), parent_id: "000000000000000g" },
  "a number as an ID": { ...segment(1, 1), id: 1234567890123456 },
  "a trace ID without hyphens": { ...segment(1, 1), trace_id: "15759e988bd862e3fe1be46a994272793" },
  "version 2 of trace IDs": { ...segment(1, 1), trace_id: traceId(1).replace("1-", "2-") },
  "a list as an annotation": { ...segment(1, 1), annotations: { chaos: ["burn"] } },
  "annotations as a list": { ...segment(1, 1), annotations: ["burn"] },
  "a text as subsegments": { ...segment(1, 1), subsegments: "none" },
  "a null among the subsegments": { ...segment(1, 1), subsegments: [null] },
  "a response as text": { ...segment(1, 1), http: { response: "200" } },
  "a list": [],
  nothing: null,
})) {
  test(`rejects a document: ${what}`, (t) => {
    const store = new TraceStore();
    t.throws(() => store.add(JSON.stringify(document)));
    t.deepEqual([store.size, store.bytes], [0, 0]);
  });
}

test("stays within its limits by dropping the oldest traces", (t) => {
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

test("a trace is limited to X-Ray's maximum size", (t) => {
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

test("reports a document that arrives repeatedly as complete once", (t) => {
  const store = new TraceStore();
  const reported: (boolean | undefined)[] = [];
  store.on("document", ({ in_progress }) => reported.push(in_progress));
  const { end_time, ...begun } = segment(1, 1);
  const inProgress = { ...begun, in_progress: true };
  for (const document of [inProgress, segment(1, 1), segment(1, 1), inProgress]) {
    store.add(JSON.stringify(document));
  }
  t.is(store.get(traceId(1))?.segments.length, 1);
  t.deepEqual(reported, [true, undefined]);
});

test("reports new documents, and the traces changed since a revision", (t) => {
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

test("100,000 traces in a small store leave only complete ones", (t) => {
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
