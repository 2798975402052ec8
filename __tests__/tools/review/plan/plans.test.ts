import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { INDEX_FILE } from "../../../../tools/review/plan/plans.ts";
import { type PlansIndex, readIndex } from "../../../../tools/review/plan/plans-index.ts";

const network = {
  name: "network",
  dependencies: [],
  outcome: "planned",
  plan: "network.json",
  mocked: [],
  outdated: [],
  constructs: { "aws_vpc.vpc_8F3A21": "network/vpc/vpc" },
} as const;

const platform = {
  name: "platform",
  dependencies: ["network"],
  outcome: "failed",
  error: "Error: no such bucket",
  constructs: {},
} as const;

test("an index is read as it was written", (t) => {
  const index: PlansIndex = {
    format: 3,
    environment: "workshop",
    stacks: [{ ...network, dependencies: [], mocked: [], outdated: [] }],
  };
  t.deepEqual(read(JSON.stringify(index)), index);
});

const WRONG: Readonly<Record<string, [text: string, complaint: RegExp]>> = {
  "another format": [index({ format: 2 }), /index\.json: format is 2: expected 3$/],
  "a plan outside the folder": [
    index({ stacks: [{ ...network, plan: "../secret.json" }] }),
    /stacks\.0\.plan is "\.\.\/secret\.json": expected a file next to/,
  ],
  "a failure that also has a plan": [
    index({ stacks: [{ ...platform, plan: "platform.json" }] }),
    /stacks\.0\.plan is "platform\.json": no such field in the index/,
  ],
  "an unknown outcome": [
    index({ stacks: [{ ...network, outcome: "fine" }] }),
    /stacks\.0\.outcome is "fine": expected planned, failed, or orphaned$/,
  ],
  "a truncated index": [index({}).slice(0, 20), /index\.json: expected the index that npm run plan writes/],
};

for (const [what, [text, complaint]] of Object.entries(WRONG)) {
  test(`rejects ${what}`, (t) => {
    t.throws(() => read(text), { message: complaint });
  });
}

test("a folder without an index is reported by name", (t) => {
  t.throws(() => readIndex("/nowhere"), { message: /\/nowhere: expected the plans/ });
});

function index(change: object): string {
  return JSON.stringify({ format: 3, environment: "workshop", stacks: [network, platform], ...change });
}

function read(text: string): PlansIndex {
  const folder = mkdtempSync(join(tmpdir(), "plans-"));
  try {
    writeFileSync(join(folder, INDEX_FILE), text);
    return readIndex(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
