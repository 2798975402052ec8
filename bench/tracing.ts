// npm run bench:tracing: likes per second with tracing at X-Ray's default sampling, one request a second and 5 % of the
// rest, against tracing off: on the whole path, and at the like service alone before a monolith that answers at once.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { Command, InvalidArgumentError } from "commander";
import type { EcsTask } from "../local/ecs/ecs-task.ts";
import { TargetGroup } from "../local/load-balancer/target-group.ts";
import { freePort } from "../local/processes/free-port.ts";
import { Program } from "../local/processes/program.ts";
import { startSystem } from "../local/system.ts";
import { LOCAL_CREDENTIALS } from "../local/table/table.ts";
import { loadSettings } from "../settings/load.ts";
import { MYSFITS } from "../specs/mysfits.ts";

const CONNECTIONS = 50;
const ROUNDS = 5;
const LIKE = `/mysfits/${MYSFITS[0]?.id}/like`;

/** The same likes with and without tracing, and how many a second came through in each round. */
type Address = Pick<Program, "origin">;

interface Comparison {
  readonly name: string;
  readonly off: Address;
  readonly on: Address;
  readonly rounds: { readonly off: number; readonly on: number }[];
}

const { seconds } = new Command("npm run bench:tracing --")
  .description("Compares likes with tracing on and off; chaos off, log level INFO.")
  .option("--seconds <seconds>", "how long to measure, about", parseSeconds, 60)
  .parse()
  .opts<{ seconds: number }>();

const daemon = await startDaemon();
const settings = loadSettings({ environment: "production", overrides: ["labs.tracing=off"] });
const folder = mkdtempSync(join(tmpdir(), "mysfits-bench-"));
const system = await startSystem({ settings, port: 0, folder, print: () => {} });
const programs: Program[] = [];
try {
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const tracedMonolith = await start("service/monolith/main.ts", {
    DDB_TABLE_NAME: system.tableName,
    AWS_REGION: settings.region,
    AWS_ENDPOINT_URL_DYNAMODB: system.dynamodb.origin,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...tracing,
  });
  const bareMonolith = await start("bench/bare-monolith.ts", {});
  const likeBefore = (monolith: Program, environment = {}) =>
    start("service/like/main.ts", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, ...environment });
  const comparisons: Comparison[] = [
    {
      name: "like, monolith, table",
      off: (system.services.like.tasks as [EcsTask])[0],
      on: await likeBefore(tracedMonolith, tracing),
      rounds: [],
    },
    {
      name: "like service alone",
      off: await likeBefore(bareMonolith),
      on: await likeBefore(bareMonolith, tracing),
      rounds: [],
    },
  ];
  // One more round for warming up, which counts for nobody.
  const duration = seconds / (2 * comparisons.length * (ROUNDS + 1));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { off, on, rounds } of comparisons) {
      // Each goes first in every other round, so that a busy moment of the machine hits both.
      const measured = { off: 0, on: 0 };
      for (const way of round % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const)) {
        measured[way] = await measure({ off, on }[way], duration);
      }
      if (round > 0) {
        rounds.push(measured);
      }
    }
  }
  report(comparisons);
} finally {
  await Promise.all(programs.map((program) => program.stop()));
  await system.stop();
  daemon.stop();
  rmSync(folder, { recursive: true });
}

async function start(file: string, environment: Readonly<Record<string, string>>): Promise<Program> {
  const program = new Program({ name: file, file, environment, port: await freePort(), drainSeconds: 2 });
  const group = new TargetGroup({ path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 });
  program.on("up", () => group.register(program.origin)).on("down", () => group.deregister(program.origin));
  program.start();
  programs.push(program);
  await group.whenHealthy();
  return program;
}

/** A daemon that knows X-Ray's default rule, and takes segments only to count them. */
async function startDaemon() {
  let segments = 0;
  const socket = createSocket("udp4").on("message", () => {
    segments += 1;
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  const server = createServer(answerQuestion).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${port}`,
    get segments() {
      return segments;
    },
    stop() {
      socket.close();
      server.close();
    },
  };
}

function answerQuestion({ url }: IncomingMessage, response: ServerResponse): void {
  const any = { Host: "*", HTTPMethod: "*", URLPath: "*", ServiceName: "*", ServiceType: "*", ResourceARN: "*" };
  const rule = { RuleName: "Default", Priority: 10_000, FixedRate: 0.05, ReservoirSize: 1, Version: 1, Attributes: {} };
  response.end(
    JSON.stringify(
      url === "/GetSamplingRules"
        ? { SamplingRuleRecords: [{ SamplingRule: { ...rule, ...any } }] }
        : { LastRuleModification: 0, SamplingTargetDocuments: [], UnprocessedStatistics: [] },
    ),
  );
}

/** Likes per second. */
async function measure({ origin }: Address, duration: number): Promise<number> {
  const result = await autocannon({ url: origin + LIKE, method: "POST", connections: CONNECTIONS, duration });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${origin}: ${result.non2xx} answers other than 2xx, ${result.errors} errors: the figures would mean nothing`,
    );
  }
  return result["2xx"] / result.duration;
}

function report(comparisons: readonly Comparison[]): void {
  const line = (name: string, ...values: string[]) =>
    name.padEnd(24) + values.map((value) => value.padStart(12)).join("");
  console.log(line("likes/s", "off", "on", "ratio"));
  for (const { name, rounds } of comparisons) {
    const [off, on] = [median(rounds.map((round) => round.off)), median(rounds.map((round) => round.on))];
    const ratio = median(rounds.map((round) => round.on / round.off));
    console.log(line(name, off.toFixed(0), on.toFixed(0), ratio.toFixed(2)));
  }
  console.log(
    `${CONNECTIONS} connections; medians of ${ROUNDS} rounds, each ratio taken within its round; ${daemon.segments} segments.`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function parseSeconds(text: string): number {
  const number = Number(text);
  if (!(number >= 24 && number <= 600)) {
    throw new InvalidArgumentError("expected 24 to 600");
  }
  return number;
}
