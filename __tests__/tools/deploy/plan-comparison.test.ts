import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { differences, hasChanges } from "../../../tools/deploy/plan-comparison.ts";
import { MOCK_ADDRESS, MOCK_MARK } from "../../../tools/review/plan/plans.ts";

const ARN = `arn:aws:sns:us-east-1:123456789012:${MOCK_MARK}`;
const REAL = "arn:aws:sns:us-east-1:123456789012:bell";

test("mock outputs may become any value, in text, in JSON, and in lists of any order", async (t) => {
  const before = {
    topic: ARN,
    policy: JSON.stringify({ Statement: [{ Action: "sns:Publish", Resource: ["arn:b", ARN] }] }),
    subnets: [`subnet-${MOCK_MARK}`],
    rules: [
      { port: 80, source: ARN },
      { port: 443, source: "sg-1" },
    ],
    size: 2,
  };
  const after = {
    topic: REAL,
    policy: JSON.stringify({ Statement: [{ Action: "sns:Publish", Resource: [REAL, "arn:b"] }] }),
    subnets: ["subnet-1", "subnet-2"],
    rules: [
      { port: 443, source: "sg-1" },
      { port: 80, source: REAL },
    ],
    size: 2,
  };
  t.deepEqual(await compared(t, { after: before }, { after }), []);
});

test("an unknown value may become known, but a known value may not change or become unknown", async (t) => {
  t.deepEqual(
    await compared(t, { after: { size: 1 }, after_unknown: { id: true } }, { after: { size: 1, id: "x" } }),
    [],
  );
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: { size: 2 } }), [differs("size")]);
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: {}, after_unknown: { size: true } }), [
    differs("size"),
  ]);
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: { size: 1, open: true } }), [differs("open")]);
});

test("the text around a mock output must stay the same", async (t) => {
  const url = (text: string) => ({ after: { url: text } });
  t.deepEqual(await compared(t, url(`see ${ARN} now`), url(`see ${REAL} now`)), []);
  t.deepEqual(await compared(t, url(`see ${ARN} now`), url(`ask ${REAL} now`)), [differs("url")]);
});

test("a mock address may become another address, but its range may not get wider", async (t) => {
  const from = (cidr_ipv4: string) => ({ after: { cidr_ipv4, to_port: 8080 } });
  const reviewed = from(`${MOCK_ADDRESS}7/32`);
  t.deepEqual(await compared(t, reviewed, from("52.1.2.3/32")), []);
  t.deepEqual(await compared(t, reviewed, from("0.0.0.0/0")), [differs("cidr_ipv4")]);
  t.deepEqual(await compared(t, from("10.0.0.0/16"), from("52.1.2.3/32")), [differs("cidr_ipv4")]);
});

test("an additional action in the JSON of a policy is found", async (t) => {
  const policy = (...actions: string[]) => ({
    after: { policy: JSON.stringify({ Statement: [{ Action: actions, Resource: ARN }] }) },
  });
  t.deepEqual(await compared(t, policy("sns:Publish"), policy("sns:Publish", "sns:DeleteTopic")), [
    differs("policy.Statement"),
  ]);
});

test("the differences contain no values, which may be secret", async (t) => {
  const [line] = await compared(t, { after: { password: "hunter2" } }, { after: { password: "hunter3" } });
  t.is(line, differs("password"));
});

test("a different, an additional, and a missing action are listed", async (t) => {
  const write = files(t);
  const reviewed = write("reviewed.json", [change("a", ["update"]), change("b", ["create"]), change("c", ["no-op"])]);
  const actual = write("actual.json", [change("a", ["delete", "create"]), change("c", ["delete"])]);
  t.deepEqual(await differences(reviewed, actual), [
    "a: the reviewed plan has update, the new one delete and create",
    "b: the reviewed plan has create, the new one no change",
    "c: the reviewed plan has no change, the new one delete",
  ]);
});

test("a plan of reads and no-ops has no changes; a changed output is a change, because other stacks read it", async (t) => {
  const write = files(t);
  t.false(await hasChanges(write("quiet.json", [change("a", ["no-op"]), change("b", ["read"])])));
  t.true(await hasChanges(write("loud.json", [change("a", ["no-op"]), change("b", ["update"])])));
  t.true(await hasChanges(write("outputs.json", [], { name: { actions: ["create"], after: "x" } })));
});

async function compared(t: ExecutionContext, reviewed: object, actual: object): Promise<readonly string[]> {
  const write = files(t);
  return differences(
    write("reviewed.json", [change("aws_thing.thing", ["create"], reviewed)]),
    write("actual.json", [change("aws_thing.thing", ["create"], actual)]),
  );
}

function differs(path: string): string {
  return `aws_thing.thing: ${path} differs from the reviewed plan`;
}

function change(address: string, actions: readonly string[], values: object = {}): object {
  return { address, mode: "managed", type: "aws_thing", change: { actions, before: null, after: null, ...values } };
}

function files(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), "plans-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return (name: string, resource_changes: readonly object[], output_changes: object = {}): string => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ format_version: "1.2", resource_changes, output_changes, applyable: true }));
    return file;
  };
}
