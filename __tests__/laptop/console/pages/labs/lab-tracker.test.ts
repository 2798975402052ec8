import test from "ava";
import { LABS } from "../../../../../laptop/console/pages/labs/definitions.ts";
import type { Lab } from "../../../../../laptop/console/pages/labs/lab.ts";
import type { LabEvent } from "../../../../../laptop/console/pages/labs/lab-activity.ts";
import { LabRecord } from "../../../../../laptop/console/pages/labs/lab-record.ts";
import type { LabSystem } from "../../../../../laptop/console/pages/labs/lab-system.ts";
import { LabTracker } from "../../../../../laptop/console/pages/labs/lab-tracker.ts";
import { dataFolder } from "../../../running-system.ts";

/** A made-up system that a test changes. */
class MadeUpSystem implements LabSystem {
  sent = 0;
  failed = 0;
  documents = { like: { metadata: 0, stats: 0 }, monolith: { metadata: 0, stats: 0 } };
  running = 2;
  variables: Record<string, string> = { LOGLEVEL: "ERROR", CHAOSMODE: "on" };
  chaosLines = 0;
  on = false;
  busyAt = 0;
  decisions: { readonly time: number; readonly direction: "out" | "in" }[] = [];

  readonly likes = () => ({ sent: this.sent, failed: this.failed });

  readonly requested = (service: "like" | "monolith", document: "metadata" | "stats") =>
    this.documents[service][document];

  readonly tasks = () => this.running;

  readonly environment = () => this.variables;

  readonly watchChaosLines = () => {
    let seen = this.chaosLines;
    return () => {
      const more = this.chaosLines > seen;
      seen = this.chaosLines;
      return more;
    };
  };

  readonly scaling = () => ({
    on: this.on,
    busy: (since: number) => this.busyAt > since,
    changes: (since: number) => this.decisions.filter(({ time }) => time > since).map(({ direction }) => direction),
  });
}

function started(name: string, record = new LabRecord()) {
  const system = new MadeUpSystem();
  const lab = LABS.find((each) => each.name === name) as Lab;
  const tracker = new LabTracker(LABS, system, record);
  return {
    system,
    /** Lets a second pass, or an event happen, and returns the number of steps done. */
    after(event?: LabEvent): number {
      tracker.update();
      if (event) {
        tracker.update(event);
      }
      return tracker.stepsOf(lab).filter(({ doneAt }) => doneAt !== undefined).length;
    },
    steps: () => tracker.stepsOf(lab),
  };
}

const later = () => Date.now() + 1_000;
const search = (query: string, found = 1, chaos = 0): LabEvent => ({ kind: "log search", query, found, chaos });
const traces = (filter: string, complete = 0): LabEvent => ({ kind: "trace search", filter, found: 1, complete });
const opened = (...chaos: string[]): LabEvent => ({ kind: "trace", chaos });

test("metadata: each step is done only by its own activity", (t) => {
  const { system, after, steps } = started("metadata");
  t.true(steps()[0]?.current);
  system.sent = 9;
  t.is(after(), 0);
  system.sent = 10;
  t.is(after(), 1);
  system.documents.like.stats = 1;
  t.is(after(), 1);
  system.documents.like.metadata = 1;
  t.is(after(), 2);
  system.documents.monolith.stats = 1;
  system.sent += 1;
  t.is(after(), 2, "stats of like from before do not count");
  system.documents.like.stats = 2;
  t.is(after(), 3);
  t.is(after({ kind: "dashboard" }), 3);
  system.running = 3;
  t.is(after(), 3);
  t.is(after({ kind: "dashboard" }), 4);
});

test("metadata: stats without likes do not count", (t) => {
  const { system, after } = started("metadata");
  system.sent = 10;
  after();
  system.documents.like.metadata = 1;
  after();
  system.documents.like.stats = 1;
  system.documents.monolith.stats = 1;
  t.is(after(), 2);
  system.sent = 11;
  t.is(after(), 3);
});

test("logs: each step is done only by its own activity", (t) => {
  const { system, after } = started("logs");
  t.is(after(search("POST")), 0, "a search before a like has failed");
  system.failed = 1;
  t.is(after(search("")), 0, "the page's own search");
  t.is(after(search("program=like POST")), 1);
  system.variables = { LOGLEVEL: "INFO" };
  t.is(after(), 1);
  system.variables = { LOGLEVEL: "DEBUG" };
  t.is(after(), 2);
  t.is(after(), 2);
  system.chaosLines = 5;
  t.is(after(search("WARN:", 5, 5)), 4, "the lines arrive, and a search finds nothing else");
});

test("logs: a search with other lines, or without any, does not find chaos mode", (t) => {
  const { system, after } = started("logs");
  system.failed = 1;
  after(search("POST"));
  system.variables = { LOGLEVEL: "DEBUG" };
  after();
  system.chaosLines = 1;
  t.is(after(), 3);
  t.is(after(search("like", 100, 9)), 3);
  t.is(after(search("WARN:", 0, 0)), 3);
  t.is(after(search("WARN:", 9, 9)), 4);
});

test("traces: each step is done only by its own activity", (t) => {
  const { system, after } = started("traces");
  system.sent = 100;
  t.is(after(), 0, "likes alone");
  t.is(after(traces("", 1)), 0, "a trace from before");
  t.is(after(traces("", later())), 1);
  t.is(after(opened("deny")), 1, "the trace of a later step");
  t.is(after(traces("http.status = 404")), 1, "failed likes only");
  t.is(after(traces("responsetime > 1 OR error")), 2);
  t.is(after(opened("burn")), 2);
  t.is(after(opened("deny")), 3);
  t.is(after(opened("burn")), 4);
  system.variables = { CHAOSMODE: "off" };
  t.is(after(), 4);
  system.sent += 1;
  t.is(after(), 5);
});

test("traces: a like right after the fix counts, even before the next check", (t) => {
  const { system, after } = started("traces");
  after(traces("", later()));
  after(traces("responsetime > 1 OR error"));
  after(opened("deny"));
  system.sent = 100;
  t.is(after(opened("burn")), 4);
  system.sent = 200;
  t.is(after(), 4, "likes before the fix");
  system.variables = { CHAOSMODE: "off" };
  system.sent = 201;
  t.is(after(), 5);
});

test("scaling: each step is done only by its own activity", (t) => {
  const { system, after } = started("scaling");
  system.busyAt = 1;
  system.decisions.push({ time: 1, direction: "out" }, { time: 2, direction: "in" });
  t.is(after(), 0);
  system.on = true;
  t.is(after(), 1);
  t.is(after(), 1);
  system.busyAt = later();
  t.is(after(), 2);
  system.decisions.push({ time: later(), direction: "in" });
  t.is(after(), 2);
  system.decisions.push({ time: later(), direction: "out" });
  t.is(after(), 3);
});

test("a step stays done when its state is undone", (t) => {
  const { system, after, steps } = started("scaling");
  system.on = true;
  after();
  const [{ doneAt } = t.fail()] = steps();
  system.on = false;
  t.is(after(), 1);
  t.is(steps()[0]?.doneAt, doneAt);
});

test("any number of later searches keeps a step done", (t) => {
  const { system, after } = started("logs");
  system.failed = 1;
  after(search("POST"));
  for (let number = 0; number < 100; number += 1) {
    after(search(`${number}`));
  }
  t.is(after(), 1);
});

test("progress outlasts a restart, as long as the steps are the same", (t) => {
  const record = new LabRecord(dataFolder(t));
  const { system, after } = started("metadata", record);
  system.sent = 10;
  t.is(after(), 1);
  t.is(started("metadata", record).after(), 1);
  record.save({ metadata: [{ step: "A step of an older version", time: 1 }] });
  t.is(started("metadata", record).after(), 0);
});
