import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { changesAnything, deviations } from "../../deploy/fulfilment.ts";
import { PLACEHOLDER_ADDRESS, PLACEHOLDER_MARK } from "../../review/plans.ts";

const ARN = `arn:aws:sns:us-east-1:123456789012:${PLACEHOLDER_MARK}`;
const REAL = "arn:aws:sns:us-east-1:123456789012:bell";

test("placeholders may become anything, wherever they stood: in text, in JSON, in lists of any order", async (t) => {
  const before = {
    topic: ARN,
    policy: JSON.stringify({ Statement: [{ Action: "sns:Publish", Resource: ["arn:b", ARN] }] }),
    subnets: [`subnet-${PLACEHOLDER_MARK}`],
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

test("what was unknown may become known, and what was known may not change or vanish", async (t) => {
  t.deepEqual(
    await compared(t, { after: { size: 1 }, after_unknown: { id: true } }, { after: { size: 1, id: "x" } }),
    [],
  );
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: { size: 2 } }), [otherwise("size")]);
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: {}, after_unknown: { size: true } }), [
    otherwise("size"),
  ]);
  t.deepEqual(await compared(t, { after: { size: 1 } }, { after: { size: 1, open: true } }), [otherwise("open")]);
});

test("the text around a placeholder stays as it was reviewed", async (t) => {
  const url = (text: string) => ({ after: { url: text } });
  t.deepEqual(await compared(t, url(`see ${ARN} now`), url(`see ${REAL} now`)), []);
  t.deepEqual(await compared(t, url(`see ${ARN} now`), url(`ask ${REAL} now`)), [otherwise("url")]);
});

test("an address that stood in may become another one, and its range stays as narrow as it was reviewed", async (t) => {
  const from = (cidr_ipv4: string) => ({ after: { cidr_ipv4, to_port: 8080 } });
  const reviewed = from(`${PLACEHOLDER_ADDRESS}7/32`);
  t.deepEqual(await compared(t, reviewed, from("52.1.2.3/32")), []);
  t.deepEqual(await compared(t, reviewed, from("0.0.0.0/0")), [otherwise("cidr_ipv4")]);
  t.deepEqual(await compared(t, from("10.0.0.0/16"), from("52.1.2.3/32")), [otherwise("cidr_ipv4")]);
});

test("a policy that says more than the reviewed one is found inside its JSON", async (t) => {
  const policy = (...actions: string[]) => ({
    after: { policy: JSON.stringify({ Statement: [{ Action: actions, Resource: ARN }] }) },
  });
  t.deepEqual(await compared(t, policy("sns:Publish"), policy("sns:Publish", "sns:DeleteTopic")), [
    otherwise("policy.Statement"),
  ]);
});

test("secret values stay out of what is said", async (t) => {
  const [line] = await compared(t, { after: { password: "hunter2" } }, { after: { password: "hunter3" } });
  t.is(line, otherwise("password"));
});

test("another action, one more and one less are named", async (t) => {
  const write = files(t);
  const reviewed = write("reviewed.json", [change("a", ["update"]), change("b", ["create"]), change("c", ["no-op"])]);
  const actual = write("actual.json", [change("a", ["delete", "create"]), change("c", ["delete"])]);
  t.deepEqual(await deviations(reviewed, actual), [
    "a: reviewed was update, planned is now delete and create",
    "b: reviewed was create, planned is now no change",
    "c: reviewed was no change, planned is now delete",
  ]);
});

test("a plan of reads and no-ops changes nothing; an output is a change, because others read it", async (t) => {
  const write = files(t);
  t.false(await changesAnything(write("quiet.json", [change("a", ["no-op"]), change("b", ["read"])])));
  t.true(await changesAnything(write("loud.json", [change("a", ["no-op"]), change("b", ["update"])])));
  t.true(await changesAnything(write("outputs.json", [], { name: { actions: ["create"], after: "x" } })));
});

async function compared(t: ExecutionContext, reviewed: object, actual: object): Promise<readonly string[]> {
  const write = files(t);
  return deviations(
    write("reviewed.json", [change("aws_thing.thing", ["create"], reviewed)]),
    write("actual.json", [change("aws_thing.thing", ["create"], actual)]),
  );
}

function otherwise(path: string): string {
  return `aws_thing.thing: ${path} is planned otherwise than it was reviewed`;
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
