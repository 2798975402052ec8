import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { openSearchProblem } from "../../laptop/log-search/opensearch.ts";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";
import { BARE_ENVIRONMENT } from "../bare-environment.ts";
import { testNeeding } from "../needs.ts";
import { until } from "../until.ts";
import { isRunning } from "./is-running.ts";
import { beginLike, dataFolder } from "./running-system.ts";

const MAIN = join(import.meta.dirname, "../../laptop/main.ts");

test.serial(
  "prints all addresses, passes CHAOSMODE and LOGLEVEL to the services, and stops cleanly on Ctrl-C",
  async (t) => {
    const runner = await start(t, { CHAOSMODE: "off", LOGLEVEL: "DEBUG" });
    t.regex(runner.said(), /like {10}http:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+ {2}chaos off, DEBUG/);
    t.regex(runner.said(), /monolith {6}http:\/\/127\.0\.0\.1:\d+ {2}DEBUG/);
    const [, curl = ""] = /^ {2}curl -X POST (\S+)$/m.exec(runner.said()) ?? [];
    t.is(await (await fetch(curl, { method: "POST" })).text(), '{"Update":"Success"}');
    await until(() => /like .* POST \/mysfits\/.*\/like 200/.test(runner.said()));
    t.notRegex(runner.said(), /GET \/ 200/);
    const [, metadata = ""] = /^ {2}curl (\S+\/v2\/metadata)$/m.exec(runner.said()) ?? [];
    t.like(await (await fetch(metadata)).json(), { Family: "mysfits-like" });
    t.regex(runner.said(), /traces {8}127\.0\.0\.1:\d+ /);

    const children = childrenOf(runner.process);
    t.is(children.length, 7, "table, monolith, two tasks of the like service, and a metadata proxy in each task");
    runner.process.kill("SIGINT");
    t.deepEqual(await runner.ended, [0, null]);
    t.deepEqual(children.filter(isRunning), []);
  },
);

test.serial(
  "--fresh-labs drops the lab progress once the system has started, and never another runner's",
  async (t) => {
    const data = dataFolder(t);
    const record = join(data, "labs.json");
    writeFileSync(record, JSON.stringify({ metadata: [{ step: "See what visitors see", time: 1 }] }));
    const args = ["--data", data, "--no-observability"];
    const first = await start(t, {}, args);
    const second = spawnRunner(t, { PORT: "0" }, [...args, "--fresh-labs"]);
    const [complaint, [code]] = await Promise.all([text(second.stderr), once(second, "exit")]);
    t.is(code, 1);
    t.regex(complaint, /another runner/);
    t.true(existsSync(record));
    first.process.kill("SIGINT");
    await first.ended;

    const third = await start(t, {}, [...args, "--fresh-labs"]);
    t.false(existsSync(record));
    third.process.kill("SIGINT");
    t.deepEqual(await third.ended, [0, null]);
  },
);

test.serial("an invalid record of the labs is reported before anything starts", async (t) => {
  const data = dataFolder(t);
  writeFileSync(join(data, "labs.json"), "{");
  const runner = spawnRunner(t, { PORT: "0" }, ["--data", data]);
  const [said, complaint, [code]] = await Promise.all([text(runner.stdout), text(runner.stderr), once(runner, "exit")]);
  t.is(code, 1);
  t.is(complaint, `${join(data, "labs.json")} is not valid: delete it, or use npm start -- --fresh-labs\n`);
  t.is(said, "");
  t.false(existsSync(join(data, "table")));
});

for (const [part, message] of [
  [
    "site",
    "--data is DATA: expected a folder that can be written to: Cannot overwrite non-directory DATA/site with directory WEB",
  ],
  ["logs", "--data is DATA: expected a folder that can be written to: EEXIST: file already exists, mkdir 'DATA/logs'"],
  ["labs.json", "DATA/labs.json cannot be read: EISDIR: illegal operation on a directory, read"],
] as const) {
  test.serial(`${part} of the wrong kind in the data folder is reported before anything starts`, async (t) => {
    const data = dataFolder(t);
    if (part === "labs.json") {
      mkdirSync(join(data, part));
    } else {
      writeFileSync(join(data, part), "");
    }
    const runner = spawnRunner(t, { PORT: "0" }, ["--data", data, "--set", "project.title=Pets"]);
    const [said, complaint, [code]] = await Promise.all([
      text(runner.stdout),
      text(runner.stderr),
      once(runner, "exit"),
    ]);
    t.is(code, 1);
    t.is(complaint, `${message.replaceAll("DATA", data).replace("WEB", join(process.cwd(), "web"))}\n`);
    t.is(said, "");
  });
}

test.serial("a port of the console that is taken is reported before anything starts", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  const data = dataFolder(t);
  const runner = spawnRunner(t, { PORT: "0", CONSOLE_PORT: String(port) }, ["--data", data]);
  const [complaint, [code]] = await Promise.all([text(runner.stderr), once(runner, "exit")]);
  t.is(code, 1);
  t.is(complaint, `port ${port} of the console is already in use: choose another, as in CONSOLE_PORT=9001 npm start\n`);
  t.false(existsSync(join(data, "table")));
});

test.serial("runs without observability on request", async (t) => {
  const runner = await start(t, { CHAOSMODE: "off" }, ["--no-observability"]);
  t.is(childrenOf(runner.process).length, 4, "no sidecars");
  t.regex(runner.said(), /metadata {6}off\n {2}traces {8}off\n/);
  t.notRegex(runner.said(), /v2\/metadata/);
  runner.process.kill("SIGINT");
  t.deepEqual(await runner.ended, [0, null]);
});

testNeeding(openSearchProblem(OPENSEARCH[2]))(
  "runs the log search on request, and its three searches find a like",
  async (t) => {
    t.timeout(10 * 60 * 1_000, "starts Java, and downloads OpenSearch the first time");
    const runner = await start(t, { CHAOSMODE: "off", LOGLEVEL: "INFO" }, ["--log-search", "--no-observability"]);
    const [, origin = ""] =
      /^ {2}log search {4}(\S+) {2}OpenSearch 2\.19\.6, indices cwl-\*$/m.exec(runner.said()) ?? [];
    const [, like = ""] = /^ {2}curl -X POST (\S+)$/m.exec(runner.said()) ?? [];
    await fetch(like, { method: "POST" });
    await fetch(like.replace(/[^/]+\/like$/, "nobody/like"), { method: "POST" });

    const commands = [...runner.said().matchAll(/^ {2}(curl -G .*)$/gm)].map(([, command = ""]) => command);
    t.is(commands.length, 3);
    const hits = async (command: string) => {
      const { stdout } = await promisify(execFile)("bash", ["-c", `${command.replace("curl", "curl -s")}`]);
      // No hits while a new index has no shard yet.
      return JSON.parse(stdout).hits?.hits as { _source: Record<string, unknown> }[] | undefined;
    };
    const found = await until(async () => {
      const lines = await hits(commands[0] ?? "");
      return lines?.find(({ _source }) => _source["@log_group"] === "/mysfits/like");
    });
    t.like(found._source, { name: "like", method: "POST" });
    for (const command of commands) {
      t.true(Array.isArray(await hits(command)), command);
    }

    runner.process.kill("SIGINT");
    t.deepEqual(await runner.ended, [0, null]);
    await t.throwsAsync(fetch(origin), undefined, "OpenSearch stops with the runner");
  },
);

test("a log search reports what it lacks", (t) => {
  const release = { ...OPENSEARCH[2], version: "9.9.9", java: { from: 98, before: 100 } };
  t.is(openSearchProblem(release), "OpenSearch 9.9.9 needs Java 98 to 99, in JAVA_HOME or in /usr/lib/jvm");
});

test.serial("a second Ctrl-C does not wait, and leaves no process behind", async (t) => {
  const runner = await start(t, { CHAOSMODE: "off" });
  const children = childrenOf(runner.process);
  const socket = connect(runner.port, "127.0.0.1").on("error", () => {});
  await beginLike(socket);
  runner.process.kill("SIGINT");
  await until(() => runner.said().includes("Stopping"));
  runner.process.kill("SIGINT"); // npm's copy of the first Ctrl-C
  await pause(600);
  t.is(runner.process.exitCode, null);
  runner.process.kill("SIGINT");
  t.deepEqual(await runner.ended, [null, "SIGINT"]);
  await until(() => !children.some(isRunning));
});

test.serial("SIGTERM during the start stops everything started so far", async (t) => {
  const runner = spawnRunner(t, { PORT: "0" });
  await until(() => childrenOf(runner).length > 0);
  runner.kill("SIGTERM");
  const [said, ended] = await Promise.all([text(runner.stdout), once(runner, "exit")]);
  t.deepEqual(ended, [0, null]);
  t.notRegex(said, /Ctrl-C stops it/);
});

/** Other programs of the machine may use the default ports. */
const FREE_PORTS = { PORT: "0", CONSOLE_PORT: "0" };

for (const [environment, args, message] of [
  [{ CHAOSMODE: "maybe" }, [], 'CHAOSMODE is "maybe": expected on or off'],
  [{ LOGLEVEL: "loud" }, [], 'LOGLEVEL is "loud": expected DEBUG, INFO, WARN, or ERROR'],
  [{ PORT: "80 80" }, [], 'PORT is "80 80": expected an integer from 0 to 65535'],
  [FREE_PORTS, ["--set", "services.like.chaosMode=maybe"], 'services.like.chaosMode is "maybe": expected on or off'],
  [{ MYSFITS_ENV: "moon" }, [], 'MYSFITS_ENV is "moon": expected one of the environments in settings/: '],
  [
    FREE_PORTS,
    ["--scaling", "0"],
    "error: option '--scaling [seconds]' argument '0' is invalid. expected 1 to 60 seconds",
  ],
  [
    FREE_PORTS,
    ["--scaling", "--no-observability"],
    "error: option '--scaling [seconds]' cannot be used with option '--no-obs",
  ],
  [
    FREE_PORTS,
    ["--data", "README.md/data"],
    "--data is README.md/data: expected a folder that can be written to: ENOTDIR",
  ],
  [
    FREE_PORTS,
    ["--data", "/proc/mysfits/data"],
    "--data is /proc/mysfits/data: expected a folder that can be written to: ",
  ],
  [FREE_PORTS, ["--data", " "], "error: option '--data <folder>' argument ' ' is invalid. expected a folder"],
  [{ PORT: "9000" }, [], "PORT is 9000, and so is the port of the console: expected another PORT or CONSOLE_PORT"],
  [{ PORT: "8082", CONSOLE_PORT: "8082" }, [], "PORT is 8082, and so is the port of the console: "],
  [
    FREE_PORTS,
    ["--log-search", "--set", "labs.logSearch=off"],
    'labs.logSearch is "off": expected on, for a log search',
  ],
  [
    FREE_PORTS,
    ["--log-search", "--set", "logSearch.engine=Elasticsearch_7.10"],
    'logSearch.engine is "Elasticsearch_7.10": expected OpenSearch, as in --set logSearch.engine=OpenSearch_2.19',
  ],
  [FREE_PORTS, ["--quick"], "error: unknown option '--quick'"],
] as const) {
  test(`rejects ${JSON.stringify(environment)} ${args.join(" ")}`, async (t) => {
    const runner = spawnRunner(t, environment, args);
    const [complaint, [code]] = await Promise.all([text(runner.stderr), once(runner, "exit")]);
    t.is(code, 1);
    t.true(complaint.startsWith(message), complaint);
  });
}

async function start(t: ExecutionContext, environment: Record<string, string>, args: readonly string[] = []) {
  const runner = spawnRunner(t, { ...environment, PORT: "0" }, args);
  const ended = once(runner, "exit");
  let said = "";
  runner.stdout.setEncoding("utf8").on("data", (chunk) => {
    said += chunk;
  });
  await until(() => said.includes("Ctrl-C stops it.") || runner.exitCode !== null);
  const [, port] = /^Mythical Mysfits, \w+: http:\/\/localhost:(\d+)$/m.exec(said) ?? [];
  return { process: runner, port: Number(port), ended, said: () => said };
}

function spawnRunner(t: ExecutionContext, environment: Record<string, string>, args: readonly string[] = []) {
  const runner = spawn(process.execPath, [MAIN, "--data", dataFolder(t), ...args], {
    env: { ...BARE_ENVIRONMENT, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.teardown(() => runner.kill("SIGKILL"));
  return runner;
}

function childrenOf({ pid }: ChildProcess): number[] {
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
}
