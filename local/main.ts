import { join, relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { EnvironmentError, onOff, readEnvironment, serviceEnvironment } from "../service/shared/environment.ts";
import { loadSettings, overridesFromProcess, SettingsError } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { MYSFITS } from "../specs/mysfits.ts";
import { type Console, startConsole } from "./console/console.ts";
import { isObserved } from "./console/page.ts";
import { onCtrlC } from "./ctrl-c.ts";
import { type AutoScaler, USUAL_MINUTE } from "./ecs/auto-scaler.ts";
import type { EcsService } from "./ecs/ecs-service.ts";
import { SITE_PORT } from "./site-port.ts";
import { StartError } from "./start.ts";
import { type System, type SystemOptions, startSystem } from "./system.ts";
import { TableFolderError } from "./table/table.ts";

interface Options {
  readonly fresh: boolean;
  readonly set: readonly string[];
  readonly data: string;
  readonly observability: boolean;
  readonly scaling?: number;
}

/** What the person's own environment may say to the runner. */
const runnerEnvironment = z.object({
  PORT: SITE_PORT,
  CONSOLE_PORT: serviceEnvironment.shape.PORT.unwrap().optional(),
  CHAOSMODE: onOff.optional(),
  LOGLEVEL: serviceEnvironment.shape.LOGLEVEL.unwrap().optional(),
});

const USUAL_CONSOLE_PORT = 9000;

const options = new Command("npm start --")
  .description("Runs the Mythical Mysfits on this machine: the site, both services and their table.")
  .option("--fresh", "begin with nobody liked and nobody adopted", false)
  .option("--set <setting=value>", "change a setting, as in --set services.like.chaosMode=off", collect, [])
  .option("--data <folder>", "keep the table and the logs there", join(import.meta.dirname, "../data"))
  .addOption(
    new Option(
      "--scaling [seconds]",
      "let the number of like tasks follow the likes; a minute of AWS takes so long here",
    )
      .preset(USUAL_MINUTE)
      .argParser(parseSeconds)
      .conflicts("observability"),
  )
  .option("--no-observability", "keep no traces, logs or metrics for looking at, and start no sidecars")
  .addHelpText(
    "after",
    "\nPORT, CONSOLE_PORT, CHAOSMODE and LOGLEVEL are taken from the environment, and so is MYSFITS_ENV.",
  )
  .parse()
  .opts<Options>();

try {
  const { PORT, CONSOLE_PORT, CHAOSMODE, LOGLEVEL } = readEnvironment(runnerEnvironment);
  const settings = loadSettings({
    overrides: [
      ...overridesFromProcess(),
      ...options.set,
      ...(CHAOSMODE ? [`services.like.chaosMode=${CHAOSMODE}`] : []),
      ...(LOGLEVEL ? [`services.like.logLevel=${LOGLEVEL}`, `services.monolith.logLevel=${LOGLEVEL}`] : []),
    ],
  });
  const starting = start(
    {
      settings,
      port: PORT,
      folder: options.data,
      fresh: options.fresh,
      observability: options.observability,
      scalingMinute: options.scaling,
      print: console.log,
    },
    CONSOLE_PORT ?? (PORT === 0 ? 0 : USUAL_CONSOLE_PORT),
  );
  stopOnCtrlC(starting);
  console.log(welcome(await starting, settings));
} catch (error) {
  if (!isForThePerson(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 60)) {
    throw new InvalidArgumentError("expected 1 to 60 seconds");
  }
  return seconds;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** The system and, if it is observed, its console; neither is left running when the other cannot start. */
interface Started {
  readonly system: System;
  readonly webConsole: Console | undefined;
  stop(): Promise<void>;
}

async function start(systemOptions: SystemOptions, consolePort: number): Promise<Started> {
  const system = await startSystem(systemOptions);
  try {
    const webConsole = isObserved(system) ? await startConsole(system, consolePort) : undefined;
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

/** Stops everything in order. */
function stopOnCtrlC(starting: Promise<Started>): void {
  onCtrlC(async () => {
    console.log("Stopping; Ctrl-C again ends everything at once.");
    const started = await starting.catch(() => undefined);
    await started?.stop();
    process.exit();
  });
}

function welcome({ system, webConsole }: Started, { environment, services }: Settings): string {
  const { address, dynamodb, tableName, observability, scaler } = system;
  const { like, monolith } = system.services;
  const [mysfit] = MYSFITS;
  const metadata = observability?.sidecar("like", "metadata-proxy")?.origin;
  const folder = relative(process.cwd(), options.data) || ".";
  return `
${webConsole ? `Console, to see what it does: ${webConsole.address}\n` : ""}\
Mythical Mysfits, ${environment}: ${address}

  like service  ${originsOf(like)}  chaos ${services.like.chaosMode}, ${services.like.logLevel}
  monolith      ${originsOf(monolith)}  ${services.monolith.logLevel}
  DynamoDB      ${dynamodb.origin}  table ${tableName}, kept in ${join(folder, "table")}
  logs          ${join(folder, "logs", "like.log")} and its neighbours
  metadata      ${metadata ? `${metadata}  of a task of the like service` : "off"}
  traces        ${observability ? `${observability.daemonAddress}  UDP, X-Ray segments` : "off"}
  scaling       ${scaler?.running ? scalingLine(scaler) : "off"}

Try
  open ${address} and like ${mysfit?.name}, or do it from here:
  curl -X POST ${address}/mysfits/${mysfit?.id}/like
  curl ${address}/mysfits/${mysfit?.id}
${metadata ? `  curl ${metadata}/v2/metadata\n  curl ${metadata}/v2/stats\n` : ""}\
  CHAOSMODE=off LOGLEVEL=DEBUG npm start      nothing odd, and told in full
  npm start -- --scaling                      more like tasks under load: npm run load
  npm start -- --fresh                        as if nobody had ever liked anyone

Ctrl-C stops it.
`;
}

function scalingLine({ options: { bounds, minute, service } }: AutoScaler): string {
  const { max } = service.description.tasks;
  const cap = bounds.max < max ? `${bounds.max} tasks, for this machine takes no more (${max} in AWS)` : `${max} tasks`;
  return `${bounds.min} to ${cap}; a minute of AWS takes ${minute} s`;
}

function originsOf({ tasks }: EcsService): string {
  return tasks.map(({ origin }) => origin).join(" ");
}

function isForThePerson(error: unknown): error is Error {
  return [EnvironmentError, SettingsError, StartError, TableFolderError].some((kind) => error instanceof kind);
}
