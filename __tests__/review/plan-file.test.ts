import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { type PlanPart, readPlan } from "../../review/plan-file.ts";

const QUEUE = { address: "aws_sqs_queue.a", mode: "managed", type: "aws_sqs_queue" };
const CHANGE = { actions: ["update"], before: { delay: 1 }, after: { delay: 2 }, after_unknown: {} };

const PLAN = {
  format_version: "1.2",
  planned_values: { root_module: { resources: [QUEUE] } },
  resource_drift: [{ ...QUEUE, change: CHANGE }],
  resource_changes: [{ ...QUEUE, change: CHANGE }],
  output_changes: { url: CHANGE },
  prior_state: { values: { outputs: { resource_changes: [1] } } },
  configuration: {
    root_module: { resources: [{ address: QUEUE.address, expressions: { delay: { constant_value: 2 } } }] },
  },
  applyable: true,
  errored: false,
};

test("a plan comes in parts, and without what a review does not need", async (t) => {
  t.deepEqual(await read(JSON.stringify(PLAN)), [
    { kind: "drift", resource: { ...QUEUE, change: CHANGE } },
    { kind: "resource", resource: { ...QUEUE, change: CHANGE } },
    { kind: "output", name: "url", change: CHANGE },
    { kind: "configured", address: QUEUE.address, attributes: ["delay"], documents: {} },
  ] as unknown as PlanPart[]);
});

const text = JSON.stringify(PLAN);
const WRONG: Readonly<Record<string, [content: string | Buffer, complaint: string]>> = {
  "an empty file": ["", "it is empty, or something else"],
  "a list": ["[]", "it is empty, or something else"],
  "a plan cut off in a string": [text.slice(0, text.indexOf("sqs") + 2), "it is cut off"],
  "a plan cut off between two values": [text.slice(0, text.indexOf("applyable") - 1), "it is cut off"],
  "a later format": [
    JSON.stringify({ ...PLAN, format_version: "2.0" }),
    'its format_version is "2.0", this program reads 1.x',
  ],
  "a state": [
    JSON.stringify({ format_version: "1.0", terraform_version: "1.11.4", values: {} }),
    'it has no "applyable", which only plans have (Terraform 1.8 or later)',
  ],
  "a plan that broke off": [
    JSON.stringify({ ...PLAN, errored: true }),
    "Terraform broke this plan off with an error, so it is not whole",
  ],
  "an unknown action": [
    text.replaceAll('"update"', '"explode"'),
    'change.actions.0: Invalid option: expected one of "no-op"|"create"|"read"|"update"|"delete"|"forget"',
  ],
  "the plan file itself": [Buffer.from("PK\u0003\u0004"), "it is the plan itself, not its JSON"],
};

for (const [what, [content, complaint]] of Object.entries(WRONG)) {
  test(`refuses ${what}`, async (t) => {
    const { message } = await t.throwsAsync(read(content));
    t.regex(message, /^\S+plan\.json: expected what terraform show -json prints of a plan: /);
    t.true(message.endsWith(complaint), message);
  });
}

test("a missing file is named", async (t) => {
  await t.throwsAsync(readPlan("/nowhere/plan.json").next(), { message: /^\/nowhere\/plan\.json: .*no such file/ });
});

async function read(content: string | Buffer): Promise<PlanPart[]> {
  const folder = mkdtempSync(join(tmpdir(), "plan-file-"));
  const file = join(folder, "plan.json");
  try {
    writeFileSync(file, content);
    const parts: PlanPart[] = [];
    for await (const part of readPlan(file)) {
      parts.push(part);
    }
    return parts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
