import { join, relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { stopOnInterruption } from "../command-line/interruption.ts";
import { prepareForNpm } from "../command-line/npm.ts";
import { setOption } from "../command-line/set-option.ts";
import { MYSFITS } from "../model/mysfits.ts";
import type { ServiceName } from "../model/service-name.ts";
import { SERVICE_NAMES } from "../model/services.ts";
import { EnvironmentError, onOff, readEnvironment, serviceEnvironment } from "../service/shared/environment.ts";
import { loadSettings, overridesFromProcess } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { LabRecord } from "./console/pages/labs/lab-record.ts";
import type { Console } from "./console/server/console.ts";
import { isObserved } from "./console/server/page-server.ts";
import { type AutoScaler, DEFAULT_MINUTE } from "./scaling/auto-scaler.ts";
import type { EcsService } from "./system/ecs/ecs-service.ts";
import { SITE_PORT } from "./system/load-balancer/site-port.ts";
import { StartError } from "./system/start.ts";
import type { System, SystemOptions } from "./system.ts";

interface Options {
  readonly fresh: boolean;
  readonly freshLabs: boolean;
  readonly set: readonly string[];
  readonly data: string;
  readonly observability: boolean;
  readonly logSearch: boolean;
  readonly scaling?: number;
}

/** Environment variables that the runner reads. */
const runnerEnvironment = z.object({
  PORT: SITE_PORT,
  CONSOLE_PORT: serviceEnvironment.shape.PORT.unwrap().optional(),
  CHAOSMODE: onOff.optional(),
  LOGLEVEL: serviceEnvironment.shape.LOGLEVEL.unwrap().optional(),
});

const USUAL_CONSOLE_PORT = 9000;

/** True after the first Ctrl-C, perhaps during the start. */
let isStopping = false;

const program = new Command("npm start --")
  .description("Runs the system on this machine: the site, its services, and their table.")
  .option("--fresh", "start without likes and adoptions", false)
  .option("--fresh-labs", "start the labs from the beginning", false)
  .addOption(setOption("change a setting, as in --set services.like.chaosMode=off"))
  .option("--data <folder>", "folder for the table and the logs", parseFolder, join(import.meta.dirname, "../data"))
  .addOption(
    new Option(
      "--scaling [seconds]",
      "scale the like tasks with the load; a minute in AWS takes this many seconds here",
    )
      .preset(DEFAULT_MINUTE)
      .argParser(parseSeconds)
      .conflicts("observability"),
  )
  .option("--log-search", "run OpenSearch, and ship the services' log lines to it; needs Java", false)
  .option("--no-observability", "run without the console, its telemetry, and the sidecars")
  .addHelpText("after", "\nEnvironment variables: PORT, CONSOLE_PORT, CHAOSMODE, LOGLEVEL, and MYSFITS_ENV.");

const options = prepareForNpm(program).parse().opts<Options>();

try {
  const { PORT, CONSOLE_PORT, CHAOSMODE, LOGLEVEL } = readEnvironment(runnerEnvironment);
  const consolePort = CONSOLE_PORT ?? (PORT === 0 ? 0 : USUAL_CONSOLE_PORT);
  if (options.observability && PORT !== 0 && PORT === consolePort) {
    throw new EnvironmentError(
      `PORT is ${PORT}, and so is the port of the console: expected another PORT or CONSOLE_PORT`,
    );
  }
  const settings = loadSettings({
    overrides: [
      ...overridesFromProcess(),
      ...options.set,
      ...(CHAOSMODE ? [`services.like.chaosMode=${CHAOSMODE}`] : []),
      ...(LOGLEVEL ? SERVICE_NAMES.map((name) => `services.${name}.logLevel=${LOGLEVEL}`) : []),
    ],
  });
  const starting = start(
    {
      settings,
      port: PORT,
      folder: options.data,
      fresh: options.fresh,
      observability: options.observability,
      logSearch: options.logSearch,
      scalingMinute: options.scaling,
      print: console.log,
    },
    consolePort,
    options,
  );
  stopOnCtrlC(starting);
  const started = await starting;
  if (!isStopping) {
    console.log(welcome(started, settings));
  }
} catch (error) {
  console.error(isForThePerson(error) ? error.message : error);
  process.exitCode = 1;
}

/** Rejects an empty text, such as that of an unset variable. */
function parseFolder(text: string): string {
  if (text.trim() === "") {
    throw new InvalidArgumentError("expected a folder");
  }
  return text;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 60)) {
    throw new InvalidArgumentError("expected 1 to 60 seconds");
  }
  return seconds;
}

/** The system and, with observability, its console. If one cannot start, neither is left running. */
interface Started {
  readonly system: System;
  readonly webConsole: Console | undefined;
  stop(): Promise<void>;
}

async function start(
  systemOptions: SystemOptions,
  consolePort: number,
  { data, freshLabs }: Options,
): Promise<Started> {
  const record = new LabRecord(data);
  if (systemOptions.observability && !freshLabs) {
    // Reports an invalid file before anything starts.
    record.load();
  }
  // Imported only now, so that an invalid option is reported in half the time.
  const [{ startSystem }, { requireConsolePort, startConsole }] = await Promise.all([
    import("./system.ts"),
    import("./console/server/console.ts"),
  ]);
  if (systemOptions.observability) {
    await requireConsolePort(consolePort);
  }
  const system = await startSystem(systemOptions);
  try {
    // Not before the system has started: another runner may be using the folder.
    if (freshLabs) {
      record.clear();
    }
    const webConsole = isObserved(system) ? await startConsole(system, consolePort, record) : undefined;
    return {
      system,
      webConsole,
      async stop() {
        await webConsole?.stop();
        await system.stop();
      },
    };
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/**
 * Milliseconds in which the process ends by itself when everything has stopped. An exit that is forced right after the start, also
 * that of an uncaught error, can wait forever for a compilation in the background: https://github.com/nodejs/node/issues/54918.
 */
const END_LIMIT = 1_000;

/** Stops everything in order. */
function stopOnCtrlC(starting: Promise<Started>): void {
  stopOnInterruption(async () => {
    isStopping = true;
    console.log("Stopping. Press Ctrl-C again to end everything immediately.");
    const started = await starting.catch(() => undefined);
    await started?.stop();
    setTimeout(() => process.exit(), END_LIMIT).unref();
  });
}

function welcome({ system, webConsole }: Started, { environment, project, services }: Settings): string {
  const { address, dynamodb, tableName, observability, scaler, logSearch } = system;
  const [mysfit] = MYSFITS;
  const metadata = observability?.sidecar("like", "metadata-proxy")?.origin;
  const folder = relative(process.cwd(), options.data) || ".";
  return `
${webConsole ? `Console: ${webConsole.address}\n` : ""}\
${project.title}, ${environment}: ${address}

${SERVICE_NAMES.map((name) => serviceLine(system.services[name], services[name])).join("\n")}
  DynamoDB      ${dynamodb.origin}  table ${tableName}, kept in ${join(folder, "table")}
  logs          ${join(folder, "logs", "like.log")} and others
  metadata      ${metadata ? `${metadata}  for a task of the like service` : "off"}
  traces        ${observability ? `${observability.daemonAddress}  UDP, X-Ray segments` : "off"}
  log search    ${logSearch ? `${logSearch.origin}  OpenSearch ${logSearch.version}, indices cwl-*` : "off"}
  scaling       ${scaler?.running ? scalingLine(scaler) : "off"}

Try
  open ${address} and like ${mysfit?.name}, or use curl:
  curl -X POST ${address}/mysfits/${mysfit?.id}/like
  curl ${address}/mysfits/${mysfit?.id}
${metadata ? `  curl ${metadata}/v2/metadata\n  curl ${metadata}/v2/stats\n` : ""}\
${logSearch ? searches(logSearch.origin) : ""}\
  CHAOSMODE=off LOGLEVEL=DEBUG npm start      without chaos, with all log messages
  npm start -- --scaling                      more like tasks under load: npm run load
  npm start -- --log-search                   with OpenSearch, filled by the log shipper
  npm start -- --fresh                        without likes and adoptions
  npm start -- --fresh-labs                   without lab progress

Ctrl-C stops it.
`;
}

/** Searches for likes, failures, and effects of chaos mode. */
function searches(origin: string): string {
  return ["method:POST", "status:>=500 OR level:>=50", "chaos:*"]
    .map((query) => `  curl -G '${origin}/cwl-*/_search?pretty' --data-urlencode 'q=${query}'\n`)
    .join("");
}

function scalingLine({ options: { bounds, minute, service } }: AutoScaler): string {
  const { max } = service.definition.tasks;
  const cap = bounds.max < max ? `${bounds.max} tasks, the limit of this machine (${max} in AWS)` : `${max} tasks`;
  return `${bounds.min} to ${cap}; a minute in AWS takes ${minute} s here`;
}

function serviceLine({ name, tasks }: EcsService, settings: Settings["services"][ServiceName]): string {
  const origins = tasks.map(({ origin }) => origin).join(" ");
  const chaos = "chaosMode" in settings ? `chaos ${settings.chaosMode ? "on" : "off"}, ` : "";
  return `  ${name.padEnd(12)}  ${origins}  ${chaos}${settings.logLevel}`;
}

function isForThePerson(error: unknown): error is Error {
  return [EnvironmentError, SettingsError, StartError].some((kind) => error instanceof kind);
}
