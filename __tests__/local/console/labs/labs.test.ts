import test from "ava";
import type { Evidence, ServiceEvidence } from "../../../../local/console/labs/evidence.ts";
import { LABS } from "../../../../local/console/labs/labs.ts";

const service: ServiceEvidence = {
  asked: new Set(),
  running: 2,
  most: 2,
  first: 2,
  environment: { LOGLEVEL: "ERROR", CHAOSMODE: "on" },
};

/** The workshop just after its start: nobody has done anything. */
const START: Evidence = {
  likes: { sent: 0, failed: 0 },
  services: { like: service, monolith: service },
  chaosLine: false,
  wholeTrace: false,
  searches: [],
  filters: [],
  openedChaos: new Set(),
  scaling: { on: false, crowded: false, changes: [] },
};

const like = (changes: Partial<ServiceEvidence>) => ({
  services: { like: { ...service, ...changes }, monolith: service },
});

const stats = { ...service, asked: new Set(["stats"] as const) };

/** Of each step what does not do yet, and what does. */
const CASES: Readonly<
  Record<string, Readonly<Record<string, { notYet: Partial<Evidence>[]; done: Partial<Evidence>[] }>>>
> = {
  metadata: {
    "Feel what the visitors feel": {
      notYet: [{ likes: { sent: 9, failed: 9 } }],
      done: [{ likes: { sent: 10, failed: 0 } }],
    },
    "Ask a task of the like service who it is": {
      notYet: [
        like({ asked: new Set(["stats"]) }),
        { services: { like: service, monolith: { ...service, asked: new Set(["metadata"]) } } },
      ],
      done: [like({ asked: new Set(["metadata"]) })],
    },
    "Compare what the tasks use": {
      notYet: [{ services: { like: stats, monolith: service } }, { services: { like: service, monolith: stats } }],
      done: [{ services: { like: stats, monolith: stats } }],
    },
    "See the number of tasks follow": {
      notYet: [like({ running: 1 }), { services: { like: service, monolith: { ...service, most: 3 } } }],
      done: [like({ most: 3 })],
    },
  },
  logs: {
    "Look for the likes in the logs": {
      notYet: [
        { likes: { sent: 30, failed: 0 }, searches: [{ found: 0, chaos: 0 }] },
        { likes: { sent: 3, failed: 1 } },
      ],
      done: [{ likes: { sent: 3, failed: 1 }, searches: [{ found: 0, chaos: 0 }] }],
    },
    "Make the like service say more": {
      notYet: [
        like({ environment: { LOGLEVEL: "INFO" } }),
        { services: { like: service, monolith: { ...service, environment: { LOGLEVEL: "DEBUG" } } } },
      ],
      done: [like({ environment: { LOGLEVEL: "DEBUG" } })],
    },
    "Send likes to the new tasks": { notYet: [{ likes: { sent: 30, failed: 3 } }], done: [{ chaosLine: true }] },
    "Find the lines that give it away": {
      notYet: [{ chaosLine: true, searches: [{ found: 100, chaos: 9 }] }, { searches: [{ found: 0, chaos: 0 }] }],
      done: [
        {
          searches: [
            { found: 100, chaos: 9 },
            { found: 9, chaos: 9 },
          ],
        },
      ],
    },
  },
  traces: {
    "Get likes traced": { notYet: [{ likes: { sent: 30, failed: 3 } }], done: [{ wholeTrace: true }] },
    "Leave only the odd likes": {
      notYet: [{ filters: [{ found: 40, odd: 12 }] }, { filters: [{ found: 0, odd: 0 }] }],
      done: [
        {
          filters: [
            { found: 40, odd: 12 },
            { found: 12, odd: 12 },
          ],
        },
      ],
    },
    "Open one that failed": {
      notYet: [{ openedChaos: new Set(["burn", "none"]) }],
      done: [{ openedChaos: new Set(["deny"]) }],
    },
    "Open one that took its time": {
      notYet: [{ openedChaos: new Set(["deny"]) }],
      done: [{ openedChaos: new Set(["burn"]) }],
    },
    "End it": { notYet: [like({ environment: {} })], done: [like({ environment: { CHAOSMODE: "off" } })] },
  },
  scaling: {
    "Have the scaling watch": {
      notYet: [{ scaling: { on: false, crowded: true, changes: [] } }],
      done: [{ scaling: { on: true, crowded: false, changes: [] } }],
    },
    "Bring the crowd": {
      notYet: [{ scaling: { on: true, crowded: false, changes: [] } }],
      done: [{ scaling: { on: true, crowded: true, changes: [] } }],
    },
    "Watch tasks being added": {
      notYet: [{ scaling: { on: true, crowded: true, changes: ["in"] } }],
      done: [{ scaling: { on: true, crowded: true, changes: ["in", "out"] } }],
    },
    "Let the crowd go home": {
      notYet: [
        { scaling: { on: true, crowded: true, changes: ["out"] } },
        { scaling: { on: true, crowded: true, changes: ["in"] } },
        { scaling: { on: true, crowded: true, changes: ["in", "out"] } },
      ],
      done: [{ scaling: { on: true, crowded: true, changes: ["out", "out", "in"] } }],
    },
  },
};

test("there are cases for every step", (t) => {
  t.deepEqual(
    LABS.map(({ name, steps }) => [name, steps.map(({ title }) => title)]),
    Object.entries(CASES).map(([name, steps]) => [name, Object.keys(steps)]),
  );
});

for (const { name, steps } of LABS) {
  for (const { title, done } of steps) {
    test(`${name}: "${title}" is not done until it is`, (t) => {
      const cases = CASES[name]?.[title] ?? t.fail();
      t.false(done(START));
      for (const seen of cases.notYet) {
        t.false(done({ ...START, ...seen }), JSON.stringify(seen));
      }
      for (const seen of cases.done) {
        t.true(done({ ...START, ...seen }), JSON.stringify(seen));
      }
    });
  }
}
