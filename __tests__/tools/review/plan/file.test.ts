import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import test from "ava";
import { readPlan } from "../../../../tools/review/plan/file.ts";
import type { PlanPart, ResourcePart } from "../../../../tools/review/plan/part.ts";
import { jsonOf, reviewOf } from "../plan-parts.ts";

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
    root_module: {
      resources: [{ address: QUEUE.address, expressions: { delay: { constant_value: 2 } } }],
      module_calls: {
        app: { module: { resources: [{ address: QUEUE.address, expressions: { name: { constant_value: "a" } } }] } },
      },
    },
  },
  applyable: true,
  errored: false,
};

const HEAD = { ...QUEUE, change: { ...CHANGE, before: null, after: null } };

const PARTS = [
  { kind: "drift", head: HEAD },
  { kind: "resource", head: HEAD },
  { kind: "output", name: "url", change: CHANGE },
  { kind: "configured", address: QUEUE.address, attributes: ["delay"], references: {} },
  { kind: "configured", address: `module.app.${QUEUE.address}`, attributes: ["name"], references: {} },
  { kind: "summary", summary: { isComplete: true, isErrored: false, unknown: new Map() } },
] as unknown as PlanPart[];

test("a plan is read in parts, without the sections that a review does not need", async (t) => {
  t.deepEqual((await read(JSON.stringify(PLAN))).map(withoutRead), PARTS);
});

test("provisioners are read with their constant commands", async (t) => {
  const provisioner = (type: string, expressions: object) => ({ type, expressions });
  const resources = [
    {
      address: QUEUE.address,
      provisioners: [
        provisioner("local-exec", { command: { constant_value: "make" }, environment: {} }),
        provisioner("remote-exec", { inline: { constant_value: ["a", "b"] } }),
        provisioner("remote-exec", { script: { references: ["var.script"] } }),
      ],
    },
  ];
  const parts = await read(JSON.stringify({ ...PLAN, configuration: { root_module: { resources } } }));
  const found = parts.find((part) => part.kind === "configured");
  t.deepEqual(found?.provisioners, [
    { type: "local-exec", commands: ["make"] },
    { type: "remote-exec", commands: ["a", "b"] },
    { type: "remote-exec", commands: [] },
  ]);
});

test("the values of resources are read from their place in the file", async (t) => {
  const changes = Array.from({ length: 3000 }, (_, index) => ({
    ...QUEUE,
    address: `aws_sqs_queue.a${index}`,
    change: { ...CHANGE, after: { text: `é "\\${"]}".repeat(index % 200)}` } },
  }));
  const text = `\ufeff${JSON.stringify({ ...PLAN, resource_changes: changes }, undefined, 1)}`;
  t.true(text.length > 500_000, "longer than a chunk of the file");
  await inFile(text.replace('"text": "é', '"id": 12345678901234567891, "text": "é'), async (file) => {
    const resources = resourcesIn(await partsOf(file));
    t.is(resources.length, 3001);
    for (const [index, { head, read }] of [...resources.entries()].reverse()) {
      t.is(head.address, index === 0 ? QUEUE.address : `aws_sqs_queue.a${index - 1}`);
      if (index > 1) {
        t.deepEqual(read(), changes[index - 1]);
      }
    }
    t.like(resources[1]?.read().change.after, { id: 12345678901234567891n });
  });
});

test("a file that changes during the review is reported by name", async (t) => {
  await inFile(JSON.stringify(PLAN), async (file) => {
    const [part] = resourcesIn(await partsOf(file));
    writeFileSync(file, JSON.stringify({ ...PLAN, format_version: "1.20" }).replace("sqs_queue.a", "sqs_queue.b"));
    const { message } = t.throws(() => part?.read());
    t.is(message, `${file}: the file changed during the review`);
  });
});

test("invalid JSON in a value is reported without quoting it, when the value is read", async (t) => {
  const invalid = JSON.stringify({ ...PLAN, output_changes: {} }).replaceAll('"delay":2', '"delay":hunter2');
  const complaint = "expected the output of terraform show -json for a plan: the JSON of aws_sqs_queue.a is invalid";
  await inFile(invalid, async (file) => {
    const [part] = resourcesIn(await partsOf(file));
    t.is(t.throws(() => part?.read()).message, `${file}: ${complaint}`);
  });
  const [part] = resourcesIn(await partsOf("a pipe", [Buffer.from(invalid)].values()));
  t.is(t.throws(() => part?.read()).message, `a pipe: ${complaint}`);
});

test("names inside of values are not taken for parts of the change", async (t) => {
  const values = { before: [{ after: '"}' }], change: { before: "]", actions: ["delete"] }, 'a"b\\': null };
  const change = {
    before_sensitive: {},
    before: values,
    note: { before: 1, after: 2 },
    after: { note: "}" },
    actions: ["read"],
  };
  for (const space of [undefined, 1]) {
    const text = JSON.stringify(
      { ...PLAN, resource_changes: [{ name: "change", change, ...QUEUE }] },
      undefined,
      space,
    );
    const part = resourcesIn(await read(text)).at(-1);
    t.deepEqual(part?.head, { name: "change", change: { ...change, before: null, after: null }, ...QUEUE });
  }
});

test("the parts do not depend on whitespace or on the chunks in which the file arrives", async (t) => {
  const bytes = Buffer.from(JSON.stringify({ ...PLAN, note: 'é "quoted\\" ]}' }, undefined, 2));
  for (const size of [1, 2, 3, 7, 64, 1000]) {
    const parts: PlanPart[] = [];
    const chunks = async function* () {
      for (let start = 0; start < bytes.length; start += size) {
        yield bytes.subarray(start, start + size);
      }
    };
    for await (const part of readPlan("plan.json", chunks())) {
      parts.push(part);
    }
    const unknown = new Map([["note", 1]]);
    t.deepEqual(parts.map(withoutRead), [
      ...PARTS.slice(0, -1),
      { kind: "summary", summary: { isComplete: true, isErrored: false, unknown } },
    ]);
  }
});

test("plans of Terraform 1.1 to 1.15 are read, with everything that is not a resource change", async (t) => {
  const invocation = { address: "action.aws_lambda_invoke.a", type: "aws_lambda_invoke", invoke_action_trigger: {} };
  const check = {
    address: { to_display: "check.up" },
    status: "fail",
    instances: [{ problems: [{ message: "503" }] }],
  };
  const parts = await read(
    JSON.stringify({
      format_version: "1.0",
      deferred_changes: [{ reason: "provider_config_unknown", resource_change: { ...QUEUE, change: CHANGE } }],
      action_invocations: [invocation],
      deferred_action_invocations: [{ reason: "absent_prereq", action_invocation: invocation }],
      checks: [check],
      condition_results: [{ address: "output.url", result: false, unknown: false, error_message: "503" }],
      complete: false,
      errored: true,
      resource_changes: [
        { ...QUEUE, mode: "actor", replica: 1, change: { ...CHANGE, actions: ["renew"], before_hint: 1 } },
      ],
    }),
  );
  t.deepEqual(
    parts.map(({ kind }) => kind),
    ["deferred", "invocation", "deferred invocation", "check", "check", "resource", "summary"],
  );
  t.deepEqual(parts[4], {
    kind: "check",
    check: {
      address: { to_display: "output.url" },
      status: "fail",
      instances: [{ status: "fail", problems: [{ message: "503" }] }],
    },
  });
  t.deepEqual(parts.at(-1), {
    kind: "summary",
    summary: {
      isComplete: false,
      isErrored: true,
      unknown: new Map([
        ["resource_changes.replica", 1],
        ["resource_changes.mode", 1],
        ["resource_changes.change.before_hint", 1],
        ["resource_changes.change.actions.renew", 1],
      ]),
    },
  });
});

test("an ephemeral resource, which OpenTofu 1.11 opens, is known and no change", async (t) => {
  const opened = { ...QUEUE, mode: "ephemeral", change: { actions: ["open"], before: null, after: null } };
  const parts = await read(JSON.stringify({ format_version: "1.2", resource_changes: [opened] }));
  t.deepEqual(parts.at(-1), {
    kind: "summary",
    summary: { isComplete: true, isErrored: false, unknown: new Map() },
  });
  t.deepEqual(jsonOf(await reviewOf({ platform: parts })).stacks[0]?.resources, []);
});

test("the state is read only if no resource is planned, with its modules", async (t) => {
  const sensitive_values = { id: true };
  const resource = (type: string) => ({ address: `${type}.it`, type, values: { id: "1" }, sensitive_values });
  const root_module = {
    resources: [resource("a")],
    child_modules: [{ resources: [resource("b")], child_modules: [{ resources: [resource("c")] }] }],
  };
  const plan = { format_version: "1.2", prior_state: { values: { root_module } } };
  const typesIn = (parts: readonly PlanPart[]) =>
    parts.flatMap((part) =>
      part.kind === "state" && isDeepStrictEqual(part.sensitive, sensitive_values) ? [part.type] : [],
    );
  t.deepEqual(typesIn(await read(JSON.stringify({ resource_drift: [], ...plan }))), ["a", "b", "c"]);
  t.deepEqual(typesIn(await read(JSON.stringify({ resource_changes: [], ...plan }))), []);
});

test("properties and reasons of a later Terraform are counted in every section", async (t) => {
  const invocation = { address: "action.a", type: "a", after: 1 };
  const parts = await read(
    JSON.stringify({
      format_version: "1.2",
      deferred_changes: [{ until: 1, resource_change: { ...QUEUE, change: { ...CHANGE, hint: 1 } } }],
      action_invocations: [invocation],
      deferred_action_invocations: [{ until: 1, action_invocation: invocation }],
      checks: [
        { address: { to_display: "check.up" }, status: "pass", until: 1 },
        { address: { to_display: "check.up" }, status: "skipped", instances: [{ status: "muted" }] },
      ],
      condition_results: [{ address: "output.url", result: true, unknown: false, until: 1 }],
      output_changes: { url: { ...CHANGE, actions: ["forward"], hint: 1 } },
      resource_changes: [
        { ...QUEUE, action_reason: "delete_because_unused", change: CHANGE },
        { ...QUEUE, action_reason: "replace_because_cannot_update", change: CHANGE },
        { ...QUEUE, action_reason: "forgot_because_lifecycle_destroy_in_config", change: CHANGE },
      ],
    }),
  );
  const summary = parts.at(-1);
  t.deepEqual(summary?.kind === "summary" && [...summary.summary.unknown.keys()], [
    "deferred_changes.until",
    "deferred_changes.resource_change.change.hint",
    "action_invocations.after",
    "deferred_action_invocations.until",
    "deferred_action_invocations.action_invocation.after",
    "checks.until",
    "checks.status.skipped",
    "checks.status.muted",
    "condition_results.until",
    "output_changes.hint",
    "output_changes.actions.forward",
    "resource_changes.action_reason.delete_because_unused",
  ]);
});

test("empty lines before the plan do not count", async (t) => {
  const kinds = async (text: string) => (await read(text)).map(({ kind }) => kind);
  t.deepEqual(await kinds(`\r\n\n \t${JSON.stringify(PLAN)}`), await kinds(JSON.stringify(PLAN)));
});

test("integers beyond 2^53 keep their digits, including in JSON strings", async (t) => {
  const text = JSON.stringify({ ...PLAN, resource_changes: [{ ...QUEUE, change: { ...CHANGE, after: "BIG" } }] });
  await inFile(text.replace('"BIG"', '{"id": 12345678901234567891, "small": 12}'), async (file) => {
    const [, part] = resourcesIn(await partsOf(file));
    t.deepEqual(part?.read().change.after, { id: 12345678901234567891n, small: 12 });
  });
});

const text = JSON.stringify(PLAN);
const WRONG: Readonly<Record<string, [content: string | Buffer, complaint: string]>> = {
  "an empty file": ["", "the input is empty"],
  "an empty line": ["\r\n", "the input is empty"],
  "a list": ["[]", "the input is not a JSON object"],
  "a plan cut off in a string": [text.slice(0, text.indexOf("sqs") + 2), "the JSON is cut off"],
  "a plan cut off between two values": [text.slice(0, text.indexOf("applyable") - 1), "the JSON is cut off"],
  "two plans in one file": [`${text}\n${text}`, "the input has more than one JSON document"],
  "invalid JSON": [text.replaceAll('"managed"', "managed"), "the JSON is invalid"],
  "a later format": [
    JSON.stringify({ ...PLAN, format_version: "2.0" }),
    'its format_version is "2.0", and this program reads 1.x (Terraform 1.1 and later)',
  ],
  "an earlier format": [
    JSON.stringify({ ...PLAN, format_version: "0.2" }),
    'its format_version is "0.2", and this program reads 1.x (Terraform 1.1 and later)',
  ],
  "a state": [
    JSON.stringify({ format_version: "1.0", terraform_version: "1.11.4", values: {} }),
    "this is a state, not a plan",
  ],
  "an empty state": ['{"format_version":"1.0"}', "this is an empty state, not a plan"],
  "an empty state of a later Terraform": [
    '{"format_version":"1.0","terraform_version":"1.11.4","checks":[]}',
    "this is an empty state, not a plan",
  ],
  "the log of a plan": [
    '{"@level":"info","type":"version"}\n{"@level":"info"}',
    "this is the log of terraform plan -json; use terraform show -json with a saved plan",
  ],
  "another JSON object": ["{}", 'it has no "format_version"'],
  "a resource without an address": [
    text.replaceAll('"address"', '"adress"'),
    "resource_drift.0.address: expected a string, received nothing",
  ],
  "the binary plan": [Buffer.from("PK\u0003\u0004"), "this is the binary plan, not its JSON"],
  "a state file": [
    '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"a","outputs":{},"resources":[]}',
    "this is a state file, not a plan",
  ],
  "another document of Terraform": [
    '{"format_version":"1.0","valid":true,"error_count":0,"diagnostics":[]}',
    "it has none of a plan's properties, such as resource_changes",
  ],
  "the text of a plan": [
    "Terraform used the selected providers to generate the following execution plan.",
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  "the text of a plan in color": [
    "\u001b[0m\u001b[1mTerraform will perform",
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  "the text of a plan of OpenTofu": [
    "OpenTofu used the selected providers to generate the following execution plan.",
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  "the progress of a plan before its JSON": [
    `module.app.aws_vpc.it["a"]: Refreshing state... [id=vpc-1]\n${text}`,
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  "other text before the JSON": [
    `time=2026-11-30 level=info\n${text}`,
    "the input begins with something other than JSON; write only the output of terraform show -json to it",
  ],
  "a plan inside a JSON string": [JSON.stringify(text), "the plan is inside a JSON string: it was encoded twice"],
  "a redacted plan": [
    '{"plan_format_version":"1.2","provider_format_version":"1.0","resource_changes":[],"provider_schemas":{}}',
    "this is the redacted plan of HCP Terraform; use the JSON of the whole plan",
  ],
  "a comma before a closing brace": [`${text.slice(0, -1)},}`, "the JSON is invalid"],
  "a comma before a closing bracket": [
    '{"format_version":"1.2","checks":[{"address":{"to_display":"a"},"status":"pass"},]}',
    "the JSON is invalid",
  ],
  "values nested too deeply": [
    JSON.stringify({ ...PLAN, resource_drift: undefined }).replace(
      '"delay":1',
      `"delay":${"[".repeat(5000)}${"]".repeat(5000)}`,
    ),
    "the JSON is nested too deeply",
  ],
  "a command of a workflow before the JSON": [
    `::group::show\n${text}`,
    "the first line is from the wrapper of hashicorp/setup-terraform; set terraform_wrapper: false, or call terraform-bin",
  ],
  "a compressed plan": [gzipSync(text), "the file is compressed with gzip; decompress it, for example with gunzip"],
  "UTF-16": [
    Buffer.from(`\ufeff${text}`, "utf16le"),
    "the file is UTF-16, as PowerShell's > writes it; write it as UTF-8",
  ],
  "the last lines of a wrapper": [
    `${text}\n\n::debug::Terraform exited with code 0.`,
    "text follows the JSON, as the wrapper of hashicorp/setup-terraform writes it; set terraform_wrapper: false, or call terraform-bin",
  ],
  "the first line of a wrapper": [
    `[command]/usr/bin/terraform show -json plan\n${text}`,
    "the first line is from the wrapper of hashicorp/setup-terraform; set terraform_wrapper: false, or call terraform-bin",
  ],
};

/** Parts of a plan with a wrong type. A review that skips one would call the plan harmless. */
const WRONG_PARTS: readonly [part: object, complaint: string][] = [
  ...["resource_changes", "resource_drift", "deferred_changes", "action_invocations", "checks"].flatMap((section) =>
    [["a string", "x"] as const, ["null", null] as const, ["an object", {}] as const, ["a number", 5] as const].map(
      ([received, value]): [object, string] => [
        { [section]: value },
        `${section}: expected a list, received ${received}`,
      ],
    ),
  ),
  [{ deferred_action_invocations: false }, "deferred_action_invocations: expected a list, received true or false"],
  [{ output_changes: [1] }, "output_changes: expected an object, received a list"],
  [{ output_changes: { url: 1 } }, "output_changes.url: expected an object, received a number"],
  [{ resource_changes: [5] }, "resource_changes.0: expected an object, received a number"],
  [{ errored: "yes" }, "errored: expected true or false, received a string"],
  [{ complete: 0 }, "complete: expected true or false, received a number"],
  [{ format_version: 1.2 }, "format_version: expected a string, received a number"],
  ...["before", "after"].flatMap((side) =>
    [["a number", 5] as const, ["a string", "}"] as const, ["a list", [{}]] as const].map(
      ([received, value]): [object, string] => [
        { resource_changes: [{ ...QUEUE, change: { ...CHANGE, actions: ["no-op"], [side]: value } }] },
        `resource_changes.0.change.${side}: expected an object, received ${received}`,
      ],
    ),
  ),
  [
    { resource_changes: [{ ...QUEUE, change: { ...CHANGE, after_sensitive: { delay: ["yes"] } } }] },
    "resource_changes.0.change.after_sensitive.delay.0: expected true or false, received a string",
  ],
  [
    { deferred_changes: [{ resource_change: { ...QUEUE, change: { ...CHANGE, after: 5 } } }] },
    "deferred_changes.0.resource_change.change.after: expected an object, received a number",
  ],
  [{ action_invocations: [null] }, "action_invocations.0: expected an object, received null"],
  [{ checks: [[]] }, "checks.0: expected an object, received a list"],
  [{ configuration: [] }, "configuration: expected an object, received a list"],
  [
    { configuration: { root_module: { module_calls: { app: 1 } } } },
    "configuration.root_module.module_calls.app: expected an object, received a number",
  ],
  [
    { configuration: { root_module: { module_calls: { app: { module: { resources: {} } } } } } },
    "configuration.root_module.module_calls.app.module.resources: expected a list, received an object",
  ],
];

for (const [part, complaint] of WRONG_PARTS) {
  test(`rejects a plan with ${JSON.stringify(part)}`, async (t) => {
    const { message } = await t.throwsAsync(read(JSON.stringify({ ...PLAN, resource_drift: undefined, ...part })));
    t.true(message.endsWith(`: expected the output of terraform show -json for a plan: ${complaint}`), message);
  });
}

for (const [what, [content, complaint]] of Object.entries(WRONG)) {
  test(`rejects ${what}`, async (t) => {
    const { message } = await t.throwsAsync(read(content));
    t.regex(message, /^\S+plan\.json: expected the output of terraform show -json for a plan: /);
    t.true(message.endsWith(complaint), message);
  });
}

test("UTF-8 with a byte order mark is read", async (t) => {
  t.deepEqual((await read(`\ufeff${text}`)).map(withoutRead), PARTS);
});

test("a folder next to other plans is reported by name", async (t) => {
  await t.throwsAsync(readPlan(tmpdir()).next(), {
    message: /: this is a folder, which must be the only argument$/,
  });
});

test("a missing file is reported by name", async (t) => {
  await t.throwsAsync(readPlan("/nowhere/plan.json").next(), { message: /^\/nowhere\/plan\.json: .*no such file/ });
});

function read(content: string | Buffer): Promise<PlanPart[]> {
  return inFile(content, (file) => partsOf(file));
}

async function inFile<T>(content: string | Buffer, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "plan-file-"));
  const file = join(folder, "plan.json");
  try {
    writeFileSync(file, content);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function partsOf(file: string, input?: Iterable<Buffer>): Promise<PlanPart[]> {
  const parts: PlanPart[] = [];
  for await (const part of readPlan(file, input)) {
    parts.push(part);
  }
  return parts;
}

function withoutRead(part: PlanPart): object {
  const { read: _, ...rest } = { read: undefined, ...part };
  return rest;
}

function resourcesIn(parts: readonly PlanPart[]): readonly ResourcePart[] {
  return parts.filter((part) => part.kind === "resource" || part.kind === "drift");
}
