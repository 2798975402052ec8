import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import test from "ava";
import { readLine, shortLine } from "../../../../laptop/system/processes/log-line.ts";
import { LogFile } from "../../../../laptop/telemetry/logs/log-file.ts";
import { LogStore } from "../../../../laptop/telemetry/logs/log-store.ts";

const RECORD = {
  name: "like",
  level: 40,
  time: "2026-05-01T10:20:30.456Z",
  msg: "POST /mysfits/x/like 200",
  method: "POST",
  path: "/mysfits/x/like",
  durationMs: 12.3,
};

test("a log file is rotated at its size limit without losing a line", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "logs/like.log");
  const log = new LogFile(path, 40);
  for (let number = 10; number < 30; number += 1) {
    log.append(`line ${number}`);
  }
  log.close();
  t.deepEqual(readdirSync(join(folder, "logs")).sort(), ["like.log", "like.log.1"]);
  t.is(readFileSync(`${path}.1`, "utf8"), "line 20\nline 21\nline 22\nline 23\nline 24\n");
  t.is(readFileSync(path, "utf8"), "line 25\nline 26\nline 27\nline 28\nline 29\n");
});

test("lines are in the file before the next event", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "like.log");
  const log = new LogFile(path);
  log.append("first");
  log.append("second");
  await null;
  t.is(readFileSync(path, "utf8"), "first\nsecond\n");
  log.append("last");
  log.close();
  await null;
  t.is(readFileSync(path, "utf8"), "first\nsecond\nlast\n");
});

test("a new run appends to the existing log file", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "like.log");
  for (const line of ["yesterday", "today"]) {
    const log = new LogFile(path);
    log.append(line);
    log.close();
  }
  t.is(readFileSync(path, "utf8"), "yesterday\ntoday\n");
});

test("a record is formatted as one short line", (t) => {
  t.is(
    stripVTControlCharacters(shortLine("like", readLine(JSON.stringify(RECORD)), "4f1ac05d")),
    "like 4f1a     10:20:30.456 WARN  POST /mysfits/x/like 200 12.3 ms",
  );
});

// Lines of common loggers, each written at 12:00:00.123 or 12:00:00.
for (const [logger, line, level] of [
  ["pino", { level: 30, time: 1767268800123, pid: 1, hostname: "h", msg: "m" }, "INFO"],
  ["winston", { level: "error", message: "m", timestamp: "2026-01-01T12:00:00.123Z" }, "ERROR"],
  ["winston with syslog's levels", { level: "notice", message: "m", timestamp: "2026-01-01T12:00:00.123Z" }, "INFO"],
  ["structlog", { event: "m", level: "debug", timestamp: "2026-01-01T12:00:00.123Z" }, "DEBUG"],
  ["zap", { level: "debug", ts: 1767268800.123, caller: "main.go:1", msg: "m" }, "DEBUG"],
  ["zerolog", { level: "info", time: 1767268800, message: "m" }, "INFO"],
  ["zerolog in microseconds", { level: "info", time: 1767268800123456, message: "m" }, "INFO"],
  ["zerolog in nanoseconds", '{"level":"info","time":1767268800123456789,"message":"m"}', "INFO"],
  ["slog", { time: "2026-01-01T12:00:00.123456789Z", level: "WARN", msg: "m" }, "WARN"],
  ["Powertools", { level: "INFO", message: "m", timestamp: "2026-01-01 12:00:00,123+0000" }, "INFO"],
  ["Python", { asctime: "2026-01-01 12:00:00,123Z", levelname: "CRITICAL", message: "m" }, "FATAL"],
  ["Google", { severity: "WARNING", message: "m", time: "2026-01-01T12:00:00.123Z" }, "WARN"],
  ["ecs-logging", { "@timestamp": "2026-01-01T12:00:00.123Z", "log.level": "info", message: "m" }, "INFO"],
  ["log4j", { timeMillis: 1767268800123, thread: "main", level: "INFO", message: "m" }, "INFO"],
  ["logback", { "@timestamp": "2026-01-01T12:00:00.123Z", message: "m", level: "ERROR", level_value: 40000 }, "ERROR"],
] as const) {
  test(`a record of ${logger} has its level, time, and message`, (t) => {
    const read = readLine(typeof line === "string" ? line : JSON.stringify(line));
    t.regex(stripVTControlCharacters(shortLine("x", read)), new RegExp(`^x {13}12:00:00\\.(?:123|000) ${level} *m$`));
    t.is(read.trouble, ["WARN", "ERROR", "FATAL"].includes(level));
    const store = new LogStore();
    store.add({ program: "x", task: undefined }, read);
    t.is(Math.floor((store.get(0)?.time ?? 0) / 1000), 1767268800);
  });
}

test("a record without a time has that of its arrival", (t) => {
  const store = new LogStore();
  const before = Date.now();
  store.add({ program: "x", task: undefined }, readLine('{"level":"info","message":"m","time":"noon"}'));
  t.like(store.get(0), { level: 30 });
  t.true((store.get(0)?.time ?? 0) >= before);
});

for (const line of ["Error: no such thing", "    at main.ts:1:1", "{", "null", "42", '{"level":"high"}']) {
  test(`a line that is not a record is unchanged: ${line}`, (t) => {
    t.is(stripVTControlCharacters(shortLine("monolith", readLine(line))), `monolith      ${line}`);
    t.like(readLine(line), { text: line, record: undefined, healthCheck: false });
  });
}

test("distinguishes health checks from visits", (t) => {
  const isHealthCheck = (more: object) => readLine(JSON.stringify({ ...RECORD, ...more })).healthCheck;
  t.true(isHealthCheck({ method: "GET", path: "/" }));
  t.true(isHealthCheck({ method: "GET", path: "/ready" }));
  t.false(isHealthCheck({ method: "GET" }));
  t.false(isHealthCheck({ path: "/" }));
});
