// Compares likes per second with X-Ray's default sampling (one request per second and 5% of the rest) and without
// tracing: on the whole path, and at the like service alone in front of a monolith that answers at once.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { devNull } from "node:os";
import type { EcsTask } from "../../laptop/system/ecs/ecs-task.ts";
import type { Program } from "../../laptop/system/processes/program.ts";
import { LOCAL_CREDENTIALS } from "../../laptop/system/table/table.ts";
import { benchmark, inRounds, median, ratio } from "./benchmark.ts";
import { LIKE, type Load, sendLikes } from "./likes.ts";
import { SETTINGS, startProgram, withSystem } from "./system.ts";

const { smoke, report } = benchmark(
  "bench:tracing",
  "Compares likes with tracing on and off; chaos off, log level INFO.",
);
const rounds = smoke ? 0 : 5;
const load: Load = smoke ? { connections: 2, seconds: 1 } : { connections: 50, seconds: 2.5 };

const daemon = await startDaemon();
const programs: Program[] = [];
try {
  await withSystem({}, async (system) => {
    const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
    const tracedMonolith = await start("service/monolith/main.ts", {
      DDB_TABLE_NAME: system.tableName,
      AWS_REGION: SETTINGS.region,
      AWS_ENDPOINT_URL_DYNAMODB: system.dynamodb.origin,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      ...tracing,
    });
    const bareMonolith = await start("tools/bench/programs/bare-monolith.ts", {});
    const pathOff = (system.services.like.tasks as [EcsTask])[0];
    const pathOn = await startLike(tracedMonolith, tracing);
    const serviceOff = await startLike(bareMonolith, {});
    const serviceOn = await startLike(bareMonolith, tracing);
    const perSecond = async ({ origin }: { readonly origin: string }) =>
      (await sendLikes(origin + LIKE, load)).perSecond;
    const measured = await inRounds(rounds, {
      pathOff: () => perSecond(pathOff),
      pathOn: () => perSecond(pathOn),
      serviceOff: () => perSecond(serviceOff),
      serviceOn: () => perSecond(serviceOn),
    });
    report({
      "path off.perSecond": median(measured.pathOff),
      "path on.perSecond": median(measured.pathOn),
      "path ratio": ratio(measured.pathOn, measured.pathOff),
      "service off.perSecond": median(measured.serviceOff),
      "service on.perSecond": median(measured.serviceOn),
      "service ratio": ratio(measured.serviceOn, measured.serviceOff),
      segments: daemon.segments,
    });
  });
} finally {
  await Promise.all(programs.map((program) => program.stop()));
  daemon.stop();
}

function startLike(monolith: Program, environment: Readonly<Record<string, string>>): Promise<Program> {
  return start("service/like/main.ts", { MONOLITH_URL: `127.0.0.1:${monolith.port}`, ...environment });
}

async function start(file: string, environment: Readonly<Record<string, string>>): Promise<Program> {
  const program = await startProgram(file, environment);
  programs.push(program);
  return program;
}

/** Starts a daemon that serves X-Ray's default rule and counts segments. */
async function startDaemon() {
  // First the port for TCP, which thousands of connections of the load may use; few sockets use UDP.
  const server = createServer(serveSamplingRules).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let segments = 0;
  const socket = createSocket("udp4").on("message", () => {
    segments += 1;
  });
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
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

function serveSamplingRules({ url }: IncomingMessage, response: ServerResponse): void {
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
