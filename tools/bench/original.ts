// Compares CPU time per request and resident memory of the services with Flask services of the same contract on gunicorn (2
// workers with 4 threads), with the same table and 16 connections. Needs Linux, Python 3, and access to PyPI.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import autocannon from "autocannon";
import { freePort } from "../../laptop/system/processes/free-port.ts";
import { LOCAL_CREDENTIALS } from "../../laptop/system/table/table.ts";
import { benchmark, inRounds, median, ratio } from "./benchmark.ts";
import { LIKE } from "./likes.ts";
import { cpuSeconds, processTree, residentMemory } from "./process-tree.ts";
import { SETTINGS, withSystem } from "./system.ts";

const ROOT = join(import.meta.dirname, "../..");
const FLASK = join(import.meta.dirname, "original");
const CONNECTIONS = 16;

/** Options of Node.js in the services' images. */
const [, ...entryPoint] = JSON.parse(
  /^ENTRYPOINT (.+)$/m.exec(readFileSync(join(ROOT, "service/Dockerfile"), "utf8"))?.[1] ?? "[]",
) as string[];
const NODE_OPTIONS = entryPoint.slice(0, -1);

type ServiceName = "monolith" | "like";

interface ServiceProcess {
  readonly origin: string;
  readonly process: ChildProcess;
}

/** The two services of one implementation. */
type Pair = Readonly<Record<ServiceName, ServiceProcess>>;

const { smoke, report } = benchmark(
  "bench:original",
  "Compares CPU time per request and memory with Flask services on gunicorn. Needs Linux and Python 3.",
);
const rounds = smoke ? 0 : 3;
const seconds = smoke ? 1 : 4;

const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
const processes: ChildProcess[] = [];
try {
  await withSystem({}, async (system) => {
    const environment = {
      PATH: process.env.PATH ?? "",
      HOST: "127.0.0.1",
      DDB_TABLE_NAME: system.tableName,
      AWS_REGION: SETTINGS.region,
      AWS_DEFAULT_REGION: SETTINGS.region,
      AWS_ENDPOINT_URL_DYNAMODB: system.dynamodb.origin,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    };
    const flask = await startPair(installFlask(), environment);
    const services = await startPair(node, environment);
    const list = ({ monolith, like }: Pair) => cpuPerRequest([monolith, like], monolith.origin, "GET", "/mysfits");
    const like = ({ monolith, like }: Pair) => cpuPerRequest([monolith, like], like.origin, "POST", LIKE);
    const measured = await inRounds(rounds, {
      flaskList: () => list(flask),
      list: () => list(services),
      flaskLike: () => like(flask),
      like: () => like(services),
    });
    report({
      "Flask list.milliseconds": median(measured.flaskList),
      "list.milliseconds": median(measured.list),
      "list ratio": ratio(measured.flaskList, measured.list),
      "Flask like.milliseconds": median(measured.flaskLike),
      "like.milliseconds": median(measured.like),
      "like ratio": ratio(measured.flaskLike, measured.like),
      "monolith.MiB": memory(services.monolith),
      "like service.MiB": memory(services.like),
    });
  });
} finally {
  await Promise.all(processes.map(stop));
  rmSync(folder, { recursive: true });
}

type Start = (service: ServiceName, port: number, environment: NodeJS.ProcessEnv) => ChildProcess;

async function startPair(start: Start, environment: NodeJS.ProcessEnv): Promise<Pair> {
  const monolith = await startService(start, "monolith", environment);
  const { host } = new URL(monolith.origin);
  return { monolith, like: await startService(start, "like", { ...environment, MONOLITH_URL: host }) };
}

async function startService(
  start: Start,
  service: ServiceName,
  environment: NodeJS.ProcessEnv,
): Promise<ServiceProcess> {
  const port = await freePort();
  const child = start(service, port, { ...environment, PORT: String(port) });
  processes.push(child);
  const origin = `http://127.0.0.1:${port}`;
  await untilItResponds(origin, child);
  return { origin, process: child };
}

/** Starts a service as its image does: its bundle, with the options of the image. */
function node(service: ServiceName, _port: number, env: NodeJS.ProcessEnv): ChildProcess {
  const bundle = join(folder, service);
  execFileSync(process.execPath, [join(ROOT, "service/bundle.ts"), service, bundle]);
  return spawn(process.execPath, [...NODE_OPTIONS, join(bundle, "main.js")], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Installs Flask and gunicorn into a temporary virtual environment. Returns a function that starts a service there. */
function installFlask() {
  const venv = join(folder, "venv");
  execFileSync("python3", ["-m", "venv", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  execFileSync(join(venv, "bin/python"), [...pip, "--requirement", join(FLASK, "requirements.txt")]);
  return (service: ServiceName, port: number, env: NodeJS.ProcessEnv): ChildProcess =>
    spawn(
      join(venv, "bin/gunicorn"),
      [
        "--bind",
        `127.0.0.1:${port}`,
        "--workers",
        "2",
        "--threads",
        "4",
        "--log-level",
        "error",
        `services:${service}()`,
      ],
      { cwd: FLASK, env: { ...env, PYTHONDONTWRITEBYTECODE: "1" }, stdio: ["ignore", "ignore", "inherit"] },
    );
}

async function untilItResponds(origin: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const response = await fetch(origin).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    await pause(100);
  }
  throw new Error(`a service ended with ${child.exitCode} before it responded`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

/** CPU milliseconds of the services per request. */
async function cpuPerRequest(
  services: readonly ServiceProcess[],
  origin: string,
  method: "GET" | "POST",
  path: string,
): Promise<number> {
  const pids = services.flatMap(({ process: { pid } }) => processTree(Number(pid)));
  const before = cpuSeconds(pids);
  const result = await autocannon({ url: origin + path, method, connections: CONNECTIONS, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${origin}: ${result.non2xx} responses other than 2xx and ${result.errors} errors`);
  }
  return ((cpuSeconds(pids) - before) * 1000) / result["2xx"];
}

/** Resident memory of a service and its descendants, in MiB. */
function memory({ process: { pid } }: ServiceProcess): number {
  return residentMemory(processTree(Number(pid)));
}
