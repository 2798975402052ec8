import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { CALLS } from "./iam-calls.ts";
import { pathOf, resources, synthesize } from "./synth.ts";

const ROOT = join(import.meta.dirname, "..");

interface Grant {
  readonly action: string;
  readonly resource: string;
}

const stacks = Object.entries(
  synthesize(
    "workshop",
    "labs.metadataProxy=on",
    "delivery.rollbackOnAlarms=on",
    "load.generator=on",
    "services.like.secrets={API_TOKEN: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-AbCdEf:token::', FLAG: /shop/flag}",
    "services.like.secretKeys=['arn:aws:kms:us-west-2:123456789012:key/1234abcd']",
  ),
);

/** Grants of every role, by the path of the policy document. */
const granted: ReadonlyMap<string, readonly Grant[]> = new Map(
  stacks.flatMap(([, stack]) => {
    const inRoles = resources(stack, "aws_iam_role_policy").map(({ policy }) => String(policy));
    return Object.entries(stack.data.aws_iam_policy_document ?? {})
      .filter(([name]) => inRoles.includes(`\${data.aws_iam_policy_document.${name}.json}`))
      .map(([, document]): [string, readonly Grant[]] => [
        pathOf(document),
        (document.statement as { actions: string[]; resources: string[] }[]).flatMap((statement) =>
          statement.actions.flatMap((action) => statement.resources.map((resource) => ({ action, resource }))),
        ),
      ]);
  }),
);

test("every role has declared calls", (t) => {
  t.true(granted.size > 15);
  t.deepEqual([...granted.keys()].sort(), Object.keys(CALLS).sort());
});

for (const [path, callers] of Object.entries(CALLS)) {
  const calls = callers.flatMap((caller) => caller.calls);

  test(`${path} allows every call of its role`, (t) => {
    const denied = calls.filter((call) => !granted.get(path)?.some((grant) => covers(grant, call)));
    t.deepEqual(denied, []);
  });

  test(`${path} grants nothing that its role does not call`, (t) => {
    const unused = (granted.get(path) ?? []).filter((grant) => !calls.some((call) => covers(grant, call)));
    t.deepEqual(unused, []);
  });
}

test("every file that makes calls exists and makes them", (t) => {
  const files = Object.values(CALLS)
    .flat()
    .filter(({ by }) => by.includes("/"));
  t.true(files.length > 5);
  for (const { by, calls } of files) {
    const path = join(ROOT, by);
    t.true(existsSync(path), by);
    const text = readFileSync(path, "utf8").toLowerCase().replaceAll("-", "");
    for (const call of calls.filter((one) => !one.startsWith("es:"))) {
      const [, name = ""] = /:(\w+) /.exec(call) ?? [];
      t.true(text.includes(name.toLowerCase()) || CLI[name]?.some((word) => text.includes(word)), `${by}: ${call}`);
    }
  }
});

/** Spellings of an action in the AWS CLI and the document client. */
const CLI: Readonly<Record<string, readonly string[]>> = {
  PutObject: ["s3 cp"],
  GetItem: ["getcommand"],
  UpdateItem: ["updatecommand"],
};

/** @param call action and part of a resource, separated by a space */
function covers({ action, resource }: Grant, call: string): boolean {
  const [name, part = ""] = call.split(" ");
  if (action !== name || part === "*") {
    return action === name && resource === "*";
  }
  return part.endsWith("$") ? resource.endsWith(part.slice(0, -1)) : resource.includes(part);
}
