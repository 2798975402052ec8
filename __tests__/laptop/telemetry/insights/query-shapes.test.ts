import test from "ava";
import { readLine } from "../../../../laptop/system/processes/log-line.ts";
import { parseQuery } from "../../../../laptop/telemetry/insights/query.ts";
import { runQuery } from "../../../../laptop/telemetry/insights/run.ts";
import { naturalOrder } from "../../../../laptop/telemetry/insights/value.ts";
import { LogStore } from "../../../../laptop/telemetry/logs/log-store.ts";
import { QueryError } from "../../../../laptop/telemetry/syntax/tokens.ts";

// Shapes of queries from AWS's documentation and from public dashboards, with made-up data. Each returns the correct result or
// is rejected with the name of the unsupported feature.

/** Milliseconds since 1970; the lines are 20 s apart. */
const NOON = Date.UTC(2026, 0, 1, 12);

const LINES = [
  {
    ...{ msg: "order created", service: "checkout", status: 201, durationMs: 42, bytes: 1024, ok: true },
    ...{ user: { name: "ana", roles: ["admin", "ops"] }, id: "1234567890123456789", h: "0e12345" },
  },
  {
    ...{
      level: 50,
      msg: "Payment FAILED: card declined",
      service: "payments",
      status: "500",
      durationMs: 1250,
      bytes: 512,
    },
    ...{ ok: false, user: { name: "ben" }, id: "1234567890123456788", h: "0e99999", "http.route": "/pay", z: "" },
  },
  {
    ...{ msg: "cache miss key=session:77 took=7 ms", service: "cache", durationMs: 7, z: 0, "cache-node": "c1" },
    ...{ "@odd": "at", "@odd.name": 1 },
  },
  {
    level: 50,
    msg: "Timeout after 3000 ms",
    service: "payments",
    status: 500,
    durationMs: 3000,
    user: { name: "ana" },
  },
  { msg: "order created", service: "checkout", status: 201, durationMs: 58, bytes: 2048, host: "web-9", code: "007" },
  { level: 40, msg: "[WARN] disk 91% full", host: "web-10", pct: 91.5, when: "2026-01-01 12:00:05", code: "7" },
];

const STORE = new LogStore();
for (const [n, line] of LINES.entries()) {
  const time = new Date(NOON + 20_000 * n).toISOString();
  STORE.add({ program: "shop", task: "4f1a" }, readLine(JSON.stringify({ name: "shop", level: 30, time, n, ...line })));
}

async function ask(query: string) {
  const { columns, rows } = await runQuery(parseQuery(query), STORE.find({}));
  return { columns, rows };
}

/** Conditions of `filter`, and the numbers of the matching lines. */
const CONDITIONS: readonly (readonly [condition: string, lines: string])[] = [
  // Comparisons
  ["status = 201", "0 4"],
  ["status = 500", "1 3"],
  ['status = "500"', "1 3"],
  ["status != 201", "1 2 3 5"],
  ["status >= 500", "1 3"],
  ["status > 201 and durationMs > 2000", "3"],
  ["durationMs < 42", "2"],
  ["durationMs <= 42", "0 2"],
  ["durationMs > 1250.5", "3"],
  ["durationMs > .5 and durationMs < 50", "0 2"],
  ["durationMs >= 42 and durationMs <= 58", "0 4"],
  ["42 < durationMs", "1 3 4"],
  ["durationMs > bytes", "1"],
  ["pct = 91.5", "5"],
  ["pct > -1", "5"],
  ["service = 'checkout'", "0 4"],
  ['service != "checkout"', "1 2 3 5"],
  ['service > "checkout"', "1 3"],
  // Strings are not numbers
  ['id = "1234567890123456789"', "0"],
  ["id = 1234567890123456789", "0"],
  ['id != "1234567890123456789" and ispresent(id)', "1"],
  ["id > 1234567890123456788", "0"],
  ['h = "0e12345"', "0"],
  ['z = ""', "1"],
  ["z = 0", "2"],
  ['code = "7"', "5"],
  ["code = 7", "4 5"],
  ["code > 6", "4 5"],
  ["service > 5", ""],
  // Booleans
  ["ok = true", "0"],
  ['ok = "true"', "0"],
  ["ok = 1", "0"],
  ["ok = false", "1"],
  ["ok != true and ispresent(ok)", "1"],
  // Combination and precedence
  ["status = 201 or level = 50 and durationMs > 2000", "0 3 4"],
  ["(status = 201 or level = 50) and durationMs > 1000", "1 3"],
  ["not status = 201", "1 2 3 5"],
  ["not (status = 201 or level = 50)", "2 5"],
  ["not not status = 201", "0 4"],
  ["NOT level = 30 AND NOT level = 50", "5"],
  // Lists
  ["level in [40, 50]", "1 3 5"],
  ["service in ['cache', \"payments\"]", "1 2 3"],
  ["status in [500]", "1 3"],
  ['status in ["201", 500]', "0 1 3 4"],
  ["level not in [30]", "1 3 5"],
  ["z in [-1, 0]", "2"],
  ["pct - 92 in [-.5, .25]", "5"],
  // like, =~, and patterns
  ["msg like /created/", "0 4"],
  ['msg like "created"', "0 4"],
  ["msg =~ /created/", "0 4"],
  ['msg =~ "created"', "0 4"],
  ["msg not like /created/", "1 2 3 5"],
  ["@message like /FAILED/", "1"],
  ["@message like /(?i)failed/", "1"],
  ["@message like /(?i)TIMEOUT|declined/", "1 3"],
  ["msg like /^order/", "0 4"],
  ["msg like /ms$/", "2 3"],
  ["msg like /\\d{4} ms/", "3"],
  ["msg like /\\[WARN\\]/", "5"],
  ["msg like '[WARN]'", "5"],
  ["msg like /[^/]+: card/", "1"],
  ["`http.route` like /^\\/pay$/", "1"],
  ["`http.route` like /^[/]pay/", "1"],
  ["msg like /key=session\\:77/", "2"],
  ["msg like /(?<what>order|cache)/", "0 2 4"],
  ["msg like /(?P<what>order|cache)/", "0 2 4"],
  ["msg like /\\bdisk\\b/ and msg like /91%/", "5"],
  ["msg like /a\\-b|web\\-9/", ""],
  ["msg like /\\[WARN] disk/", "5"],
  ["msg like /[\\w-:]+=session/", "2"],
  ["msg like /[*+%]+/", "5"],
  ["msg like /card\\ declined/", "1"],
  ['@message like /{"name":"ana"}/', "3"],
  ['@message like /"name":"ana","roles":[[]"admin"/', "0"],
  ["host like /^[]w]eb-[^]9]/", "5"],
  ["missing like /.*/", ""],
  ["missing not like /x/", "0 1 2 3 4 5"],
  ["@message like 'web-1' or @message like 'web-9'", "4 5"],
  // Presence and functions
  ["ispresent(status)", "0 1 3 4"],
  ["not ispresent(status)", "2 5"],
  ["ispresent(user.name)", "0 1 3"],
  ["isempty(z)", "0 1 3 4 5"],
  ["isblank(z) and ispresent(z)", "1"],
  ['strcontains(msg, "order")', "0 4"],
  ['strcontains(msg, "order") = 1', "0 4"],
  ['strcontains(msg, "order") = 0', "1 2 3 5"],
  ['not strcontains(msg, "order")', "1 2 3 5"],
  ["strcontains(msg, missing)", ""],
  ["strcontains(msg, missing) = 0", "0 1 2 3 4 5"],
  ["startsWith(msg, missing) or endsWith(msg, missing)", ""],
  ["strlen(msg) > 25", "1 2"],
  ['tolower(msg) like "failed"', "1"],
  ['toupper(service) = "CACHE"', "2"],
  ["abs(pct - 100) < 10", "5"],
  ["durationMs % 2 = 1", "2"],
  ["durationMs / 1000 >= 3", "3"],
  ["durationMs * 2 + 1 = 85", "0"],
  ["durationMs - 8 < 0", "2"],
  ["2 ^ 3 = 8 and status = 500", "1 3"],
  ["(2 ^ 3) ^ 2 = 64 and (-2) ^ 2 = 4 and 2 ^ -1 = .5 and status = 500", "1 3"],
  ["greatest(durationMs, bytes) = 1024", "0"],
  ["coalesce(status, 0) = 0", "2 5"],
  ['not isempty(z) and z = ""', ""],
  // Negation by a sign, and conditions within conditions
  ["!ispresent(status)", "2 5"],
  ["!(status = 201) and ispresent(status)", "1 3"],
  ["(msg like /order/) = 1", "0 4"],
  ["strcontains(msg, 'order') != 1", "1 2 3 5"],
  ["startsWith(msg, 'order')", "0 4"],
  ["startsWith(msg, 'order') = 0", "1 2 3 5"],
  ["endsWith(msg, ' ms') = 1", "2 3"],
  ["endsWith(missing, 'x')", ""],
  ["(durationMs) > (40 + 2)", "1 3 4"],
  ["((status = 201))", "0 4"],
  ["if(status = 201, durationMs, 0) > 50", "4"],
  ["isValidIp('10.0.0.1') and isValidIpV4('10.0.0.1') and not isValidIpV6('10.0.0.1') and z = 0", "2"],
  ["isValidIp(host) or isValidIpV6(missing) or isValidIpV4('10.0.0.256')", ""],
  [
    "isPrivateIP(concat('172.31.0.', n)) and not isPrivateIP(concat('172.32.0.', n)) and not isPrivateIP('::1')",
    "0 1 2 3 4 5",
  ],
  ["isPrivateIP(host) or isPrivateIP(missing)", ""],
  ["isNumeric(code) and not isNumeric(host)", "4 5"],
  ["isNumeric(status) and not isNumeric(missing)", "0 1 3 4"],
  ["isIpv4InSubnet(concat('10.0.0.', n), '10.0.0.4/30') and isIpInSubnet(concat('10.0.0.', n), '10.0.0.5/32')", "5"],
  ["isIpv6InSubnet(concat('2001:db8::', n), '2001:db8::/126') = 1", "0 1 2 3"],
  ["isIpInSubnet('::ffff:10.0.0.1', '10.0.0.0/8') or isIpInSubnet(missing, '0.0.0.0/0')", ""],
  ["case(level = 50, 'bad', level = 40, 'odd', 'good') = 'odd'", "5"],
  // Flags after the start of the line
  ["service =~ /^(?i)CHECKOUT$/", "0 4"],
  ["service like /^(?is)check.ut/", "0 4"],
  ["msg like /(?i)(failed|WARN)/", "1 5"],
  // Nested fields, names with dots, quotes, and system fields
  ['user.name = "ana"', "0 3"],
  ['user.roles.0 = "admin"', "0"],
  ["ispresent(user.roles.length)", ""],
  ["ispresent(constructor)", ""],
  ["http.route = '/pay'", "1"],
  ["`cache-node` = 'c1'", "2"],
  ["@logStream = 'shop/4f1a'", "0 1 2 3 4 5"],
  // A field whose name begins with an at sign has a second one
  ["@@odd = 'at'", "2"],
  ["`@@odd` = 'at'", "2"],
  ["@`@odd` = 'at'", "2"],
  ["ispresent(@@odd.name)", "2"],
  ["ispresent(@odd)", ""],
  ["ispresent(@@timestamp)", ""],
  // Times
  [`@timestamp > ${NOON + 60_000}`, "4 5"],
  [`@timestamp >= ${NOON + 60_000}`, "3 4 5"],
  [`@timestamp < ${NOON + 20_000}`, "0"],
  ['@timestamp >= "2026-01-01 12:01:00"', "3 4 5"],
  ['@timestamp >= "2026-01-01 12:01:00.000" and @timestamp < "2026-01-01T12:01:20Z"', "3"],
  ['@timestamp < "2026-01-01T13:00:30+01:00"', "0 1"],
  ['@timestamp > "2025-12-31"', "0 1 2 3 4 5"],
  ['@timestamp > "2024-02-29"', "0 1 2 3 4 5"],
  [`toMillis(@timestamp) = ${NOON}`, "0"],
  [`@timestamp in [${NOON}, "2026-01-01 12:01:00"]`, "0 3"],
  [`@timestamp not in [${NOON}]`, "1 2 3 4 5"],
  ['bin(1m) = "2026-01-01 12:01:00"', "3 4 5"],
  ["@timestamp - bin(1m) > 30000", "2 5"],
  [`datefloor(fromMillis(${NOON} + n * 30000), 1m) >= "2026-01-01 12:01"`, "2 3 4 5"],
  ['dateceil(coalesce(@timestamp, missing), 1m) = "2026-01-01 12:01:00"', "1 2 3"],
  ["when < @timestamp", "5"],
  // Comments and blanks
  ["status = 201 # a comment\n", "0 4"],
  ["\n  status\n<=\n201 and ispresent(status)", "0 4"],
];

for (const [condition, lines] of CONDITIONS) {
  test(`filter ${condition}`, async (t) => {
    const { rows } = await ask(`filter ${condition}\n| fields n | sort n`);
    t.is(rows.flat().join(" "), lines);
  });
}

const iso = (second: number) => new Date(NOON + second * 1_000).toISOString();
const none = undefined;
const [, LINE_1, , LINE_3] = [...STORE.find({})].map(({ text }) => text).reverse();

/** Queries with their columns and rows. */
const QUERIES: readonly (readonly [query: string, columns: string, ...rows: (readonly unknown[])[]])[] = [
  // fields and display
  ["fields @timestamp, n | limit 2", "@timestamp,n", [iso(100), 5], [iso(80), 4]],
  ["fields n | fields service | filter n < 2", "n,service", [1, "payments"], [0, "checkout"]],
  ["fields n, service | display service | filter n = 2", "service", ["cache"]],
  ["display n | display service, n | filter n = 2", "service,n", ["cache", 2]],
  ["fields durationMs / 1000 as seconds | filter seconds > 1 | sort seconds", "seconds", [1.25], [3]],
  ["fields durationMs * 2 | filter n = 0", "durationMs * 2", [84]],
  ["fields n as number, n | filter number = 1", "number,n", [1, 1]],
  ["fields concat(service, '/', n) as name | filter n = 0", "name", ["checkout/0"]],
  [
    "fields strlen(service) as s, substr(service, 5) as rest, substr(service, 0, 5) as start | filter n = 0",
    "s,rest,start",
    [8, "out", "check"],
  ],
  [
    "fields trim(' a '), ltrim('xyZfooxyZ', 'xyZ') as l, rtrim('xyZfooxyZ', 'xyZ') as r | limit 1",
    "trim(' a '),l,r",
    ["a", "fooxyZ", "xyZfoo"],
  ],
  [
    "fields round(2.5) as a, round(-1.2) as b, round(1.25, 1) as c, toNumber('1.5e3') as d, toDouble('x') as e, toNumber('12345678901234567890') as f | limit 1",
    "a,b,c,d,e,f",
    [3, -1, 1.3, 1500, none, "12345678901234567890"],
  ],
  [
    "fields base64encode('größe') as a, base64decode('Z3LDtsOfZQ==') as b, base64decode('?') as c, messageSize('größe') as d | limit 1",
    "a,b,c,d",
    ["Z3LDtsOfZQ==", "größe", none, 7],
  ],
  [
    "fields hexToAscii('48656c6c6f') as a, hexToAscii('486') as b, hexToDec('0xff') as c, hexToDec('ffffffffffffffff') as d, hexToDec('x') as e | limit 1",
    "a,b,c,d,e",
    ["Hello", none, 255, "18446744073709551615", none],
  ],
  [
    "fields decToHex(255) as a, decToHex(-255.9) as b, decToHex(-0.5) as c, ipv4ToNumber('10.1.2.3') as d, ipv4ToNumber('10.1.2.256') as e | limit 1",
    "a,b,c,d,e",
    ["0xff", "-0xff", "0x0", 167_838_211, none],
  ],
  [
    "fields jsonArraySize(user.roles) as size, jsonArrayContains(user.roles, 'ops') as ops, jsonArrayContains(user, 'ops') as no | filter n = 0",
    "size,ops,no",
    [2, 1, 0],
  ],
  // Maps and lists
  [
    "fields concat('level=error msg=\"not \\\\\"found\\\\\"\" n=', n, ' odd path=/a=b') as line | parse line logfmt as lf | filter lf.n > 4 | fields lf.level, lf.msg, lf.path, lf.odd | display lf.level, lf.msg, lf.path, lf.odd",
    "lf.level,lf.msg,lf.path,lf.odd",
    ["error", 'not "found"', "/a=b", none],
  ],
  [
    "parse msg logfmt as lf | filter ispresent(lf) | display lf.key, lf.took, lf",
    "lf.key,lf.took,lf",
    ["session:77", "7", '{"key":"session:77","took":"7"}'],
  ],
  [
    `fields jsonParse('{"events":[{"name":"a","n":[1,2]},{"name":"b"}]}') as m | filter n = 0 | unnest m.events into e | display e.name, e.n[1], e`,
    "e.name,e.n.1,e",
    ["a", 2, '{"name":"a","n":[1,2]}'],
    ["b", none, '{"name":"b"}'],
  ],
  [
    "fields jsonParse(@message) as m | unnest m.user.roles into role | filter ispresent(role) and role != 'ops' | display n, role",
    "n,role",
    [0, "admin"],
  ],
  [
    "fields jsonParse('[[1,2],[3]]') as l | unnest l into row | unnest row into cell | stats sum(cell) as s, count(*) as c",
    "s,c",
    [36, 18],
  ],
  ["fields jsonParse('[]') as l | unnest l into x | stats count(*)", "count(*)"],
  [
    "fields jsonParse(@message) as m | unnest m.status into s | stats count(*) as c by s | sort c desc, s | limit 2",
    "s,c",
    [201, 2],
    [500, 2],
  ],
  ["parse logfmt as lf | stats count(*) as c by lf.key", "lf.key,c", [none, 5], ["session:77", 1]],
  [
    "fields jsonParse(@message) as m | filter m.level = 50 and ispresent(m) | sort m.durationMs desc | fields m.durationMs, m.user.name as who",
    "m,m.durationMs,who",
    [LINE_3, 3000, "ana"],
    [LINE_1, 1250, "ben"],
  ],
  [
    "fields jsonParse(@message) as m | filter m.user.roles[1] = 'ops' | fields m.user.roles[0] as role | display role",
    "role",
    ["admin"],
  ],
  [
    "fields jsonParse(@message) as m | filter m.`http.route` = '/pay' | display m.`cache-node`, n",
    "m.cache-node,n",
    [none, 1],
  ],
  [
    "fields jsonParse('[{\"a\":[1,2]},3]') as l | fields l[0].a[1] as x, l[1] as y, l[2] as z | limit 1 | display x, y, z",
    "x,y,z",
    [2, 3, none],
  ],
  [
    "fields jsonParse(@message) as @m | stats count(*) as c by @m.service | sort c desc, @m.service | limit 1",
    "@m.service,c",
    ["checkout", 2],
  ],
  [
    "fields jsonParse(concat('{\"a\":', @message, '}')) as e | fields jsonParse(e.a) as m | filter m.n = 2 | display m.service",
    "m.service",
    ["cache"],
  ],
  [
    "fields jsonParse(msg) as m, jsonParse('7') as s | fields m.a as a | display a, m, s | limit 1",
    "a,m,s",
    [none, none, none],
  ],
  [
    "fields jsonParse('{\"a\": 1}') as m | fields m as k | fields k.a as a, jsonStringify(k) as t | display a, t | limit 1",
    "a,t",
    [1, '{"a": 1}'],
  ],
  [
    "fields jsonParse('{\"id\":12345678901234567890}') as m | filter m.id = 12345678901234567890 | stats count(*)",
    "count(*)",
    [6],
  ],
  ["fields jsonArraySize(user) as a, jsonArraySize(missing) as b | filter n = 0", "a,b", [none, none]],
  [
    "fields `user`.name as a, `cache-node` as b, user.`roles`.0 as c | filter n in [0, 2] | sort n",
    "a,b,c",
    ["ana", none, "admin"],
    [none, "c1", none],
  ],
  ["fields replace('foo', 'o', '0') as f, toupper('a') as u, tolower('A') as d | limit 1", "f,u,d", ["f00", "A", "a"]],
  ["fields abs(-3) as a, ceil(1.2) as c, floor(-1.2) as f, sqrt(16) as s | limit 1", "a,c,f,s", [3, 2, -2, 4]],
  [
    "fields greatest(1, 3, 2) as g, least(3, 1) as l, 7 % 4 as m, 2 ^ 10 as p, 1 / 0 as x | limit 1",
    "g,l,m,p,x",
    [3, 1, 3, 1024, none],
  ],
  ["fields 2 + 3 * 4 as a, (2 + 3) * 4 as b, 10 - 4 - 3 as c, -2 + 5 as d | limit 1", "a,b,c,d", [14, 20, 3, 3]],
  ["fields ispresent(status) as has, isempty(z) as e | filter n = 2", "has,e", [0, 0]],
  ["fields coalesce(status, service, 'none') as c | filter n in [2, 5] | sort n", "c", ["cache"], ["none"]],
  [
    "fields bin(1m) as b, datefloor(@timestamp, 30s) as f, dateceil(@timestamp, 30s) as c | filter n = 4",
    "b,f,c",
    [iso(60), iso(60), iso(90)],
  ],
  [
    "fields @timestamp as t | filter t >= '2026-01-01 12:01:40' | fields datefloor(t, 1h) as h",
    "t,h",
    [iso(100), iso(0)],
  ],
  [
    "stats max(@timestamp) as last, min(@timestamp) as first | fields toMillis(last) - toMillis(first) as span",
    "span",
    [100_000],
  ],
  [
    "stats latest(@timestamp) as last by service | sort last desc | limit 1 | display dateceil(last, 1h) as h",
    "h",
    [iso(3600)],
  ],
  ["stats count(@timestamp) as c, count_distinct(@timestamp) as d", "c,d", [6, 6]],
  ["stats count(*) as c, count(*) as c", "c", [6]],
  ["fields substr(service, n - 1) as s | filter n < 2 | sort n", "s", [none], ["payments"]],
  [
    "fields fromMillis(99999999999999999999) as a, dateceil(fromMillis(8640000000000000), 7d) as b | limit 1",
    "a,b",
    [none, none],
  ],
  ["fields n, n, service as s | filter n = 0", "n,s", [0, "checkout"]],
  ["fields fromMillis(0) as t, toMillis(@timestamp) as m | filter n = 0", "t,m", ["1970-01-01T00:00:00.000Z", NOON]],
  [
    "fields user.name, `http.route`, `cache-node` | filter n = 1",
    "user.name,http.route,cache-node",
    ["ben", "/pay", none],
  ],
  ["fields user | filter n = 1", "user", ['{"name":"ben"}']],
  ["fields ok | filter ispresent(ok) | sort n", "ok", ["true"], ["false"]],
  // parse
  ["parse msg 'key=* took=* ms' as key, took | filter ispresent(key)", "@timestamp,@message", [iso(40), none]],
  ["parse msg 'key=* took=* ms' as key, took | filter took < 10 | fields key, took", "key,took", ["session:77", "7"]],
  ['parse msg "order *" as what | stats count(*) as c by what | sort c desc', "what,c", [none, 4], ["created", 2]],
  [
    "parse msg '*: card *' as head, tail | filter ispresent(tail) | fields head, tail",
    "head,tail",
    ["Payment FAILED", "declined"],
  ],
  ["parse msg '[*] *' as tag, text | filter ispresent(tag) | display tag, text", "tag,text", ["WARN", "disk 91% full"]],
  ['parse @message \'"service":"*"\' as s | fields s | filter n = 2', "s", ["cache"]],
  ["parse msg /after (?<ms>\\d+) ms/ | filter ms > 100 | fields ms", "ms", ["3000"]],
  ["parse msg /(?<a>\\w+) (?<b>\\w+)/ | filter n = 0 | fields a, b", "a,b", ["order", "created"]],
  ["parse host /web-(?<number>\\d+)/ | stats max(number) as most", "most", ["10"]],
  [
    "parse user.name /^(?<first>.)/ | stats count(*) by first | sort first",
    "first,count(*)",
    ["a", 2],
    ["b", 1],
    [none, 3],
  ],
  ["parse 'key=* took' as key | filter ispresent(key) | display key", "key", ["session:77"]],
  ["parse /took=(?<took>\\d+)/ | filter ispresent(took) | display took", "took", ["7"]],
  [
    "parse msg '* *' as @first, @rest | stats count(*) as c by @first | sort c desc, @first | limit 2",
    "@first,c",
    ["order", 2],
    ["Payment", 1],
  ],
  [
    "parse msg 'Timeout after * ms' as wait | parse wait /(?<thousands>\\d)000/ | filter ispresent(wait) | display thousands",
    "thousands",
    ["3"],
  ],
  // Conditions as values
  [
    "fields status >= 500 as bad, level = 50 and status < 500 as odd | sort n | display bad | limit 3",
    "bad",
    [0],
    [1],
    [0],
  ],
  ["fields msg like /order/ as order | filter order = 1 | sort n | display n", "n", [0], [4]],
  ["fields not ispresent(status) as none, if(level > 40, 'bad', 'good') as a | filter n = 2", "none,a", [1, "good"]],
  ["fields case(level = 50, 'bad', level = 40, 'odd') as c | sort n | display c | limit 2", "c", [none], ["bad"]],
  ["fields if(ispresent(status), status, 'none') as s | filter n in [2, 3] | sort n", "s", ["none"], [500]],
  [
    "stats sum(status >= 500) as bad, sum(status >= 200 and status < 300) as good, sum(strcontains(msg, 'order')) as orders",
    "bad,good,orders",
    [2, 2, 2],
  ],
  ["stats sum(status >= 500) / count() * 100 as share", "share", [(2 / 6) * 100]],
  ["stats sum(not ispresent(status)) as none by level = 30 as info | sort info", "info,none", [0, 1], [1, 1]],
  ["stats count(*) > 5 as many", "many", [1]],
  ["fields ispresent(status) as has | filter has and level = 30 | sort n | display n", "n", [0], [4]],
  ["fields ispresent(status) as has | filter level = 40 or not has | sort n | display n", "n", [2], [5]],
  ["fields ispresent(status) as has | stats count(*) as c by has | filter has = 1", "has,c", [1, 4]],
  ["fields ispresent(status) as has | stats count(has) as c, sum(has) as s", "c,s", [6, 4]],
  [
    "stats count(*) as c by service | parse service 'check*' as rest | filter ispresent(rest) | display rest, c",
    "rest,c",
    ["out", 2],
  ],
  ["stats if(count(*) > 5, 'many', 'few') as n, case(sum(bytes) > 9999, 'a') as b", "n,b", ["many", none]],
  ["fields ispresent(status) as has, n | fields if(has, 'a', 'b') as x | filter n = 2", "has,n,x", [0, 2, "b"]],
  ["stats count(*) as c by @timestamp | stats sum(c) as s by bin(1h) as t", "t,s", [iso(0), 6]],
  // Columns that use earlier ones
  [
    "stats max(durationMs) as most, min(durationMs) as least, most - least as range, range / 1000 as seconds",
    "most,least,range,seconds",
    [3000, 7, 2993, 2.993],
  ],
  ["stats count(*) as c, sum(status >= 500) as bad, bad / c * 100 as share", "c,bad,share", [6, 2, (2 / 6) * 100]],
  ["stats percentile(durationMs, 99) as p99, Percentile(durationMs, 50) as p50", "p99,p50", [3000, 58]],
  // where, several stats, and units
  ["where status >= 500 | sort n | fields n", "n", [1], [3]],
  [
    "stats count(*) as c by service | where c > 1 | sort service | display service",
    "service",
    ["checkout"],
    ["payments"],
  ],
  [
    "fields strlen(msg) as length | stats sum(length) as sum by bin(1m) as @t | stats max(sum) as most by dateceil(@t, 5m) as t | sort t",
    "t,most",
    [iso(0), 77],
    [iso(300), 54],
  ],
  [
    "stats max(@timestamp) as last by service | stats count(*) as c by dateceil(last, 1h) as hour",
    "hour,c",
    [iso(3600), 4],
  ],
  ["stats count(*) as c by bin(500ms) as t | sort t | limit 1", "t,c", [iso(0), 1]],
  ["stats count(*) as c by bin(2hrs) as t", "t,c", [iso(0), 6]],
  ["stats count(*) as c by bin(1minute) as t | sort t", "t,c", [iso(0), 3], [iso(60), 3]],
  ["stats count(*) as c by bin(60s) as t | sort t | limit 1", "t,c", [iso(0), 3]],
  ["stats count(*) as c by bin(1d) as t", "t,c", [iso(-12 * 3600), 6]],
  ["fields n | limit any 2", "n", [5], [4]],
  ["stats count(*) by service | filter `count(*)` > 1 | stats count(*) as services", "services", [2]],
  // Sorting by columns without a name
  ["stats count(*) by service | sort count(*) desc, service | limit 1 | display service", "service", ["checkout"]],
  [
    "stats max(durationMs) by bin(1m)|sort bin(1m) desc, max(durationMs)",
    "bin(1m),max(durationMs)",
    [iso(60), 3000],
    [iso(0), 1250],
  ],
  // stats
  ["stats count(*)", "count(*)", [6]],
  ["stats count()", "count()", [6]],
  ["stats count(status) as s, count(*) as c", "s,c", [4, 6]],
  ["filter ispresent(status) | stats count(*) as c by status | sort status", "status,c", [201, 2], [500, 2]],
  [
    "stats sum(durationMs), avg(durationMs), min(durationMs), max(durationMs)",
    "sum(durationMs),avg(durationMs),min(durationMs),max(durationMs)",
    [4357, 871.4, 7, 3000],
  ],
  ["stats sum(bytes) / 1024 as kib", "kib", [3.5]],
  ["stats max(durationMs) - min(durationMs) as range", "range", [2993]],
  [
    "stats sum(durationMs / 1000) as seconds by service | filter service = 'payments'",
    "service,seconds",
    ["payments", 4.25],
  ],
  ["stats floor(avg(durationMs)) as a", "a", [871]],
  ["stats count(*) * 100 / 6 as share by level | sort level desc | limit 1", "level,share", [50, 200 / 6]],
  [
    "stats pct(durationMs, 50) as p50, pct(durationMs, 99) as p99, pct(durationMs, 20) as p20",
    "p50,p99,p20",
    [58, 3000, 7],
  ],
  ["stats count_distinct(service) as services, count_distinct(status) as statuses", "services,statuses", [3, 2]],
  ["stats min(@timestamp) as first, max(@timestamp) as last", "first,last", [iso(0), iso(100)]],
  ["stats min(service), max(service)", "min(service),max(service)", ["cache", "payments"]],
  [
    "stats earliest(msg) as e, latest(msg) as l by service | filter service = 'payments'",
    "service,e,l",
    ["payments", "Payment FAILED: card declined", "Timeout after 3000 ms"],
  ],
  ["stats sortsFirst(host) as f, sortsLast(host) as l", "f,l", ["web-9", "web-10"]],
  ["stats count(*) as c by bin(1m) as minute | sort minute", "minute,c", [iso(0), 3], [iso(60), 3]],
  ["stats count(*) by bin(1m) | sort `bin(1m)` desc | limit 1", "bin(1m),count(*)", [iso(60), 3]],
  [
    "stats count(*) as c by bin(5m), level | sort level",
    "bin(5m),level,c",
    [iso(0), 30, 3],
    [iso(0), 40, 1],
    [iso(0), 50, 2],
  ],
  ["stats count(*) as c by bin(1h) as t | sort t", "t,c", [iso(0), 6]],
  ["stats count(*) as c by bin(30sec) as t | sort t | limit 1", "t,c", [iso(0), 2]],
  ["stats count(*) as c by strcontains(msg, 'order') as orders | sort orders", "orders,c", [0, 4], [1, 2]],
  [
    "stats count(*) as c by floor(durationMs / 1000) as s | filter ispresent(s) | sort s",
    "s,c",
    [0, 3],
    [1, 1],
    [3, 1],
  ],
  ["stats avg(durationMs) as a by service | filter a > 1000 | display service", "service", ["payments"]],
  ["stats count(*) as c by service, level | stats sum(c) as lines, count(*) as groups", "lines,groups", [6, 4]],
  ["filter status = 999 | stats count(*)", "count(*)"],
  [
    "fields durationMs / 1000 as s | stats max(s) as slowest by service | sort slowest desc | limit 1",
    "service,slowest",
    ["payments", 3],
  ],
  // dedup
  ["fields n | dedup service", "n", [5], [4], [3], [2]],
  ["fields n | sort n | dedup service, level | limit 3", "n", [0], [1], [2]],
  ["fields n | dedup z", "n", [5], [4], [3], [2], [1], [0]],
  ["filter toMillis(@timestamp) > now() * 1000 | stats count(*)", "count(*)"],
  ["filter toMillis(@timestamp) < now() * 1000 | stats count(*)", "count(*)", [6]],
  // sort and limit
  ["sort service, durationMs desc | fields n | filter ispresent(service)", "n", [2], [4], [0], [3], [1]],
  ["sort service desc, n asc | fields n | filter ispresent(service)", "n", [1], [3], [0], [4], [2]],
  ["filter ispresent(host) | sort host | fields host", "host", ["web-9"], ["web-10"]],
  ["filter ispresent(z) | sort z | fields z", "z", [""], [0]],
  ["sort @timestamp asc | limit 1 | fields n", "n", [0]],
  ["sort @timestamp | fields n | limit 2", "n", [0], [1]],
  ["sort bytes desc | fields bytes | limit 4", "bytes", [2048], [1024], [512], [none]],
  ["filter n = 0 | limit 10000 | fields n", "n", [0]],
  ["sort by durationMs desc | limit 2 | display durationMs", "durationMs", [3000], [1250]],
  ["sort by n | fields n | limit 1", "n", [0]],
  ["FIELDS n | SORT n DESC | LIMIT 1", "n", [5]],
];

for (const [query, columns, ...rows] of QUERIES) {
  test(query, async (t) => {
    const answer = await ask(query);
    t.is(answer.columns.join(","), columns);
    // The text of a whole line is not repeated here.
    t.deepEqual(
      answer.rows.map((row) => row.map((value, index) => (answer.columns[index] === "@message" ? none : value))),
      rows,
    );
  });
}

/** Queries that are rejected, with the message. */
const REJECTED: readonly (readonly [query: string, message: RegExp])[] = [
  // Commands
  ["dedup service | sort n", /^found sort: expected limit, the only command after dedup$/],
  ["dedup", /^the query ends: expected the name of a field$/],
  ["stats count(*) by service | dedup n", /^found n: expected a column of the stats command before/],
  ["fields now(1)", /^found 1: expected \)$/],
  ["pattern @message", /^the command pattern is not supported/],
  ["filter n = 1 | diff", /^the command diff is not supported/],
  ["SOURCE '/aws/lambda/x' | fields @message", /^the command SOURCE is not supported/],
  ["unnest user.roles into role", /^unnest of anything but a list from jsonParse is not supported/],
  ["fields jsonParse(msg) as j | unnest j.a", /^the query ends: expected into and a name$/],
  ["filterIndex status = 500", /^the command filterIndex is not supported/],
  ["anomaly", /^the command anomaly is not supported/],
  ["unmask @message", /^the command unmask is not supported/],
  ["join type=inner left=l right=r where l.a = r.b", /^the command join is not supported/],
  ["fields bytes | accum bytes as total", /^the command accum is not supported/],
  ["fields bytes | filldown host", /^the command filldown is not supported/],
  ["countFrequent method, status", /^the command countFrequent is not supported/],
  ["stats count(*) as c by bin(1m) | fillmissing", /^the command fillmissing is not supported/],
  ["relevantfields where durationMs > 400", /^the command relevantfields is not supported/],
  ["json field=payload 'user.name' as name", /^the command json is not supported/],
  ["fields n | outlier n", /^the command outlier is not supported/],
  ["fields @timestamp | autoregress n", /^the command autoregress is not supported/],
  ["filter id in (SOURCE 'auth' | fields id)", /^a subquery is not supported/],
  ["select * from x", /^found select: expected fields, display,/],
  // Fields
  ["fields @log, @message", /^the field @log is not supported/],
  ["fields @ingestionTime", /^the field @ingestionTime is not supported/],
  ["filter @`aws.tag.aws:cloudformation:stack-name` = 's'", /^the field @aws.tag.* is not supported/],
  ["filter @ptr = 'x'", /^the field @ptr is not supported/],
  ["fields @entity.KeyAttributes.Name", /^the field @entity.KeyAttributes.Name is not supported/],
  // Functions
  ["stats stddev(durationMs)", /^the function stddev is not supported/],
  ["filter isIpv4InSubnet(host, '10.0.0.0')", /^found 10.0.0.0: expected a subnet in CIDR notation for isIpv4InSubnet/],
  ["filter isIpv4InSubnet(host, '10.0.0.0/33')", /^found 10.0.0.0\/33: expected a subnet in CIDR notation/],
  ["filter isIpv4InSubnet(host, '2001:db8::/32')", /expected a subnet in CIDR notation/],
  ["filter isIpInSubnet(host, host)", /^found host: expected a subnet in quotes$/],
  ["filter jsonParse(msg) = 1", /^jsonParse anywhere but as a column of its own is not supported/],
  ["stats count(*) by jsonParse(msg)", /^jsonParse anywhere but as a column of its own is not supported/],
  ["stats count(jsonParse(msg))", /^jsonParse anywhere but as a column of its own is not supported/],
  ["fields jsonParse(msg) as j, j.a", /^the use of j.a in the command that assigns it is not supported/],
  ["fields jsonParse(msg) as j | filter j = 'a'", /^the map or list j as a value is not supported/],
  ["fields jsonParse(msg) as j | fields toupper(j)", /^the map or list j as a value is not supported/],
  ["fields jsonParse(msg) as j | sort j", /^the map or list j as a value is not supported/],
  ["fields jsonParse(msg) as j | dedup j", /^the map or list j as a value is not supported/],
  ["fields jsonParse(msg) as j | stats count(j)", /^the map or list j as a value is not supported/],
  ["fields jsonParse(msg) as j | stats count(*) by j", /^the map or list j as a value is not supported/],
  ["fields jsonStringify(msg)", /^found msg: expected a map or list from jsonParse$/],
  ["fields jsonParse(msg) as j | fields n as j | fields j[0]", /^an index in brackets, in place of/],
  ["stats count(*) as c by service | fields jsonParse(service) as j | fields x.a", /^found x.a: expected a column/],
  ["fields if(status = 200, 'a')", /^if has 2 arguments: expected 3$/],
  ["fields if(status, 'a', 'b')", /^if needs a condition before each value$/],
  ["fields case(status = 200)", /^case has 1 arguments: expected 2 to 21$/],
  ["fields case(status = 200, 'a', 'b', 'c')", /^case needs a condition before each value$/],
  ["fields formatDate(@timestamp, '%Y')", /^the function formatDate is not supported/],
  ["fields service + '/' + n", /^\+ with a constant that is not a number is not supported/],
  ["fields 2 * 'a'", /^\* with a constant that is not a number is not supported/],
  ["fields toInt(durationMs)", /^the function toInt is not supported/],
  ["fields items[0].sku", /^an index in brackets, in place of a number after a dot as in items.0, is not supported/],
  ["fields 1e3", /^unexpected 1e3$/],
  ["fields md5(msg)", /^the function md5 is not supported/],
  ["filter strcontains(msg, 'A', true)", /^a third argument of strcontains is not supported/],
  ["fields concat(@timestamp, msg)", /^concat of a time is not supported/],
  ["fields bin(5m) as t | filter strlen(t) = 24", /^strlen of a time is not supported/],
  ["filter strcontains(@timestamp, '12:01')", /^strcontains of a time is not supported/],
  ["filter @timestamp > ago(30m)", /^the function ago is not supported/],
  ["filter isPublicIP(host)", /^the function isPublicIP is not supported/],
  ["stats rate(bytes, 1m) by bin(5m)", /^the function rate is not supported/],
  ["stats count_over_time(msg) by bin(5m)", /^the function count_over_time is not supported/],
  ["stats count(*) by histogram(durationMs, 50)", /^the function histogram is not supported/],
  ["stats count(*) by bin(5m) offset 1h", /^offset is not supported/],
  ["stats count(status >= 500)", /^a condition in count is not supported/],
  ["stats avg(status >= 500)", /^a condition in avg is not supported/],
  ["fields count(*)", /^found count: expected an expression for each line/],
  ["filter max(status) > 1", /^found max: expected an expression for each line/],
  ["stats status by service", /^found status: expected an aggregate/],
  ["stats count_distinct()", /^found \): expected a number, a quoted string, or a field/],
  ["stats pct(durationMs)", /expected , and a percentage$/],
  ["stats pct(durationMs, 101)", /^found 101: expected a percentage above 0, up to 100$/],
  ["fields n * 2 as m, m + 1 as o", /^the use of m in the command that assigns it is not supported/],
  ["fields 2 ^ 3 ^ 2", /^\^ next to a sign or another \^ without parentheses is not supported/],
  ["fields -2 ^ 2", /^\^ next to a sign or another \^ without parentheses is not supported/],
  [
    "fields datefloor(when, 1h)",
    /^datefloor of anything but @timestamp or the result of a date function is not supported/,
  ],
  ["fields dateceil(durationMs, 1h)", /^dateceil of anything but @timestamp/],
  ["fields toMillis(when)", /^toMillis of anything but @timestamp/],
  ["fields toMillis(toMillis(@timestamp))", /^toMillis of anything but @timestamp/],
  ["fields n as @timestamp | fields datefloor(@timestamp, 1h)", /^datefloor of anything but @timestamp/],
  ["stats max(n) as last | fields datefloor(last, 1h)", /^datefloor of anything but @timestamp/],
  ["stats count(@timestamp) as c | fields toMillis(c)", /^toMillis of anything but @timestamp/],
  ["stats avg(@timestamp)", /^avg of a time is not supported/],
  ["stats sum(bin(1m))", /^sum of a time is not supported/],
  ["fields @timestamp as t | stats pct(t, 50)", /^pct of a time is not supported/],
  ["stats count(*) as c by service | stats latest(c)", /^found latest: expected a column of the stats command before/],
  ["stats max(@timestamp) as t by service | stats earliest(t)", /^found earliest: expected a column of the stats/],
  ["filter @timestamp like '12:01'", /^like with a time is not supported/],
  ["fields bin(5m) as t | filter t =~ /12:0/", /^=~ with a time is not supported/],
  ["filter @timestamp in ['noon']", /^found noon: expected a time, such as/],
  ["fields @timestamp as t | filter t < 'noon'", /expected a time, such as/],
  ["fields substr(msg, -3)", /^substr with anything but non-negative whole numbers is not supported/],
  ["fields substr(msg, 1.5)", /^substr with anything but non-negative whole numbers is not supported/],
  ["fields substr(msg, 0, 'a')", /^substr with anything but non-negative whole numbers is not supported/],
  ["filter @timestamp > '2026-02-30'", /^found 2026-02-30: expected a time/],
  ["filter @timestamp > '2026-02-29 12:00'", /^found 2026-02-29 12:00: expected a time/],
  ["filter status = null", /^null, in place of ispresent\(\), is not supported/],
  ["filter status != NULL", /^null, in place of ispresent\(\), is not supported/],
  ["filter status = 1 || level = 50", /^found \|\|: expected \| and another command, or the end$/],
  ["filter status in (201, 500)", /^found \(: expected \[$/],
  ["fields substr(msg)", /^substr has 1 arguments: expected 2 to 3$/],
  ["fields strlen()", /^strlen has 0 arguments: expected 1$/],
  ["filter strlen(msg)", /^the query ends: expected =, !=/],
  // Periods
  ["stats count(*) by bin(1w)", /^the period 1w is not supported/],
  ["stats count(*) by bin(1mo)", /^the period 1mo is not supported/],
  ["stats count(*) by bin(1q)", /^the period 1q is not supported/],
  ["stats count(*) by bin(300s)", /^found 300s: expected a larger unit: CloudWatch silently shortens it to 60s$/],
  ["stats count(*) by bin(90m)", /^found 90m: expected a larger unit: CloudWatch silently shortens it to 60m$/],
  ["fields datefloor(@timestamp, 48h)", /^found 48h: expected a larger unit: CloudWatch silently shortens it to 24h$/],
  [
    "stats count(*) by bin(1500ms)",
    /^found 1500ms: expected a larger unit: CloudWatch silently shortens it to 1000ms$/,
  ],
  ["stats count(*) by bin(5 minutes)", /^found 5: expected a period/],
  ["stats count(*) by bin(5hs)", /^the period 5hs is not supported/],
  ["stats count(*) by bin(5)", /^found 5: expected a period, such as 30s, 5m, or 1h$/],
  ["stats count(*) by bin(0m)", /^found 0m: expected a whole number of the unit, such as 30s or 2h$/],
  ["stats count(*) by bin(1.5h)", /^found 1\.5h: expected a whole number of the unit/],
  ["fields dateceil(@timestamp, 2.0m)", /^found 2\.0m: expected a whole number of the unit/],
  // parse
  ['parse msg "x*y"', /^the query ends: expected as and a name for each \*$/],
  ['parse msg "x*y" as a, b', /^the glob has 1 \* for 2 names$/],
  ['parse msg "xy" as a', /^a glob needs a \* for each name$/],
  ["parse msg '* *' as a, a", /^two parts of the glob have the name a$/],
  ["parse msg /user=(?<a>.*?),\n  x (?<b>.*)/", /^a line break in a pattern is not supported/],
  ["parse msg /no groups/", /^the pattern of parse needs a named group/],
  ["parse msg /(a)(b)/ as a, b", /^the pattern of parse needs a named group/],
  ["parse msg /(?<a>a)/ as b", /^as after a pattern between slashes is not supported/],
  ["parse msg logfmt", /^the query ends: expected as and a name$/],
  ["parse msg logfmt as lf | filter lf = 'a'", /^the map or list lf as a value is not supported/],
  ["parse msg xml '/a' as a", /^parse with xml is not supported/],
  ["parse msg csv as a, b", /^parse with csv is not supported/],
  ["parse msg /(?<n>\\d+)/ multi", /^multi after a pattern between slashes is not supported/],
  ["parse msg /(\\d+)/ as n multi", /^the pattern of parse needs a named group/],
  // Patterns that JavaScript reads differently
  ["filter msg like /[[:digit:]]+/", /^a POSIX class such as \[:digit:\] in a pattern is not supported/],
  ["filter msg like /\\Aorder\\z/", /^the escape \\A in a pattern is not supported/],
  ["filter msg like /[a-z&&[^b]]/", /^an intersection \(&&\) in a class in a pattern is not supported/],
  ["filter msg like /a++/", /^a possessive quantifier in a pattern is not supported/],
  ["filter msg like /a{,3}/", /^a quantifier without a minimum in a pattern is not supported/],
  ["filter msg like /[[:alpha:]_]/", /^a POSIX class/],
  ["filter msg like /\\Gorder/", /^the escape \\G in a pattern is not supported/],
  ["filter msg like /a+++/", /^a possessive quantifier/],
  ["filter msg like /order(?=)(?#comment)/", /^the pattern .* is not supported: Invalid group$/],
  ["filter msg like /(?i)a/i", /^found i: expected \| and another command/],
  ["filter msg like /(?x)a b/", /^the flag x in a pattern is not supported/],
  ["filter msg like /^(?m)a/", /^the flag m after \^ in a pattern is not supported/],
  ["filter msg like /a(?i)b/", /^the pattern .* is not supported: Invalid group$/],
  ["filter msg like /(/", /^the pattern .* is not supported: Unterminated group$/],
  ["filter msg like '\\d+'", /^\\d in a string is not supported on the laptop: write a regular expression/],
  // limit and sort
  ["limit -1", /^found -: expected a number of rows$/],
  ["limit 2.5", /^limit is 2.5: expected a whole number from 1 to 10000 on the laptop$/],
  ["limit 0", /^limit is 0: expected a whole number/],
  ["limit 10001", /^limit is 10001: expected a whole number/],
  [
    "stats count(*) as c by service | stats avg(c) by bin(5m)",
    /expected a column of the stats command before: c, service$/,
  ],
  [
    "stats count(*) as c by service, level | stats max(c) as c by service | filter c > 1 | stats count(*)",
    /^found stats: expected another command, because a query has at most two stats commands$/,
  ],
  ["stats count(*) by service | parse 'a*' as x", /^found a\*: expected a column of the stats command before/],
  ["sort desc", /^found desc: expected the name of a field$/],
  ["sort n, asc", /^found asc: expected the name of a field$/],
  ["limit any", /^the query ends: expected a number of rows$/],
  ["limit 100000", /^limit is 100000: expected a whole number from 1 to 10000 on the laptop$/],
  [
    "stats count(*) by service | sort count(n) desc",
    /expected a column of the stats command before: count\(\*\), service/,
  ],
  ["sort count(*) desc", /^a function in sort, which needs a name from as, is not supported on the laptop$/],
  [
    "stats count(*) as c by service | sort c | limit 3 | stats sum(c)",
    /^found stats: expected sort and limit after the last stats$/,
  ],
  ["stats count(*) as c by service | sort n", /^found n: expected a column of the stats command before: c, service$/],
  // Conditions
  ["filter status == 500", /^the operator == is not supported/],
  ["filter status >== 500", /^the operator >== is not supported/],
  ["fields n | limit 3 | sort n", /^found sort: expected fields or display after limit$/],
  ["fields jsonParse(msg) as j | limit 1 | unnest j into x", /^found unnest: expected fields or display after limit$/],
  ["limit 10 | filter n = 0", /^found filter: expected fields or display after limit$/],
  ["stats c - 1 as d, count(*) as c", /^found c: expected an aggregate/],
  ["fields ispresent(status) as has | fields n as has | filter has", /^the query ends: expected =, !=/],
  ["stats count(*) as c by bin(5m) | sort @timestamp desc", /^found @timestamp: expected a column of the stats/],
  ["filter status = 500 && level = 50", /^unexpected &$/],
  ["filter status and level", /^found and: expected =, !=/],
  ["fields not status", /^the query ends: expected =, !=/],
  ["filter status", /^the query ends: expected =, !=, <, <=, >, >=, like, or in$/],
  ["filter status in 500", /^found 500: expected \[$/],
  ["filter status in []", /^found \]: expected a number/],
  ["filter status not = 500", /^found =: expected like, or in$/],
  ["filter @timestamp > 'yesterday'", /^found >: expected a time|^found yesterday: expected a time, such as/],
  ["filter msg = 'open", /^a ' is opened here and not closed$/],
  ["filter (status = 1", /expected \)$/],
  ["filter status between 1 and 2", /^found between: expected =/],
  ["filter status is null", /^found is: expected =/],
  ["", /^the query ends: expected fields/],
  ["fields", /^the query ends: expected a number, a quoted string, or a field$/],
  ["fields a,, b", /^found ,: expected a number/],
  ["fields n as x, service as x", /^two columns have the name x$/],
  ["stats count(*) as status by status", /^two columns have the name status$/],
  ["stats count(*) as c, sum(n) as c", /^two columns have the name c$/],
  ["fields status, n as status", /^two columns have the name status$/],
  ["fields a b", /^found b: expected \| and another command/],
];

for (const [query, message] of REJECTED) {
  test(`rejects ${query || "an empty query"}`, (t) => {
    t.throws(() => parseQuery(query), { instanceOf: QueryError, message });
  });
}

test("strings sort before numbers, and by their runs of digits and other characters", (t) => {
  const ascending = [
    "#",
    "*%04",
    "0#",
    "5A",
    "111A",
    "2345_",
    "@",
    "@_",
    "A",
    "A9876b",
    "a12",
    "-1.5",
    "0",
    "02",
    "10",
  ];
  t.deepEqual(ascending.toReversed().sort(naturalOrder), ascending);
  t.deepEqual([10, "5A", 2, "10a"].sort(naturalOrder), ["5A", "10a", 2, 10]);
});

for (const [what, query] of Object.entries({
  parentheses: `filter ${"(".repeat(3_000)}n = 1${")".repeat(3_000)}`,
  negations: `filter ${"!".repeat(9_000)}n = 1`,
  signs: `fields ${"-".repeat(9_000)}n`,
  functions: `fields ${"abs(".repeat(1_500)}n${")".repeat(1_500)}`,
  "functions of aggregates": `stats ${"abs(".repeat(1_500)}max(n)${")".repeat(1_500)}`,
})) {
  test(`thousands of nested ${what} are rejected`, (t) => {
    const message = "expressions are nested more than 200 levels deep";
    t.throws(() => parseQuery(query), { instanceOf: QueryError, message });
  });
}

test("a hundred nested levels, and thousands of conditions in a row, are evaluated", async (t) => {
  t.is((await ask(`filter ${"(".repeat(100)}n = 1${")".repeat(100)}`)).rows.length, 1);
  t.is((await ask(`filter ${Array(1_600).fill("n=1").join(" or ")}`)).rows.length, 1);
  t.deepEqual((await ask(`fields ${Array(4_900).fill("1").join("+")} as x | limit 1`)).rows, [[4_900]]);
});

test("more than 300 shapes are covered", (t) => {
  t.true(CONDITIONS.length + QUERIES.length + REJECTED.length > 300);
});

test("every JSON object has fields, not only a log record", async (t) => {
  const store = new LogStore();
  for (const text of [
    '{"event":"started","port":{"tcp":80}}',
    '  {"level":"info","event":"ready","status":204}',
    '[{"event":"listed"}]',
    '{"event":"cut',
    "event=text",
  ]) {
    store.add({ program: "shop", task: undefined }, readLine(text));
  }
  const run = async (query: string) => (await runQuery(parseQuery(query), store.find({}))).rows;
  t.deepEqual(await run("filter ispresent(event) | sort event | fields event, port.tcp, status, level"), [
    ["ready", none, 204, "info"],
    ["started", 80, none, none],
  ]);
  t.deepEqual(await run("stats count(event) as c, count(*) as all"), [[2, 5]]);
});

test("rows without sort are the newest first by their own time, whenever they arrived", async (t) => {
  const store = new LogStore();
  for (const n of [0, 3, 1, 4, 2]) {
    const time = new Date(NOON + n).toISOString();
    store.add({ program: "shop", task: undefined }, readLine(JSON.stringify({ level: 30, time, msg: "m", n })));
  }
  const run = async (query: string) => (await runQuery(parseQuery(query), store.find({}))).rows.flat();
  t.deepEqual(await run("fields n"), [4, 3, 2, 1, 0]);
  t.deepEqual(await run("fields n | filter n < 4 | limit 2"), [3, 2]);
  t.deepEqual(await run("fields n | dedup level"), [4]);
});

test("of many rows, the newest are returned", async (t) => {
  const store = new LogStore();
  const lines = 12_000;
  for (let n = 0; n < lines; n += 1) {
    // Every tenth line arrives late.
    const time = new Date(NOON + (n % 10 === 0 ? lines - n : 2 * lines + n)).toISOString();
    store.add({ program: "shop", task: undefined }, readLine(JSON.stringify({ level: 30, time, msg: "m", n })));
  }
  const { rows } = await runQuery(parseQuery("fields n | filter n % 10 = 0 | limit 3"), store.find({}));
  t.deepEqual(rows.flat(), [0, 10, 20]);
});

test("stats counts every line, and a sort considers every line", async (t) => {
  const store = new LogStore();
  for (let n = 0; n < 12_000; n += 1) {
    const time = new Date(NOON + n).toISOString();
    store.add({ program: "shop", task: undefined }, readLine(JSON.stringify({ level: 30, time, msg: "m", n })));
  }
  const run = (query: string) => runQuery(parseQuery(query), store.find({}));
  t.deepEqual((await run("stats count(*) as c")).rows, [[12_000]]);
  t.deepEqual((await run("fields n | sort n | limit 2")).rows, [[0], [1]]);
  const all = await run("fields n");
  t.deepEqual([all.rows.length, all.matched, all.cut], [10_000, 12_000, true]);
  const limited = await run("fields n | limit 5");
  t.deepEqual([limited.rows.length, limited.matched, limited.cut], [5, 12_000, false]);
});
