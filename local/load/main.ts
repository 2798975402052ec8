import { Command } from "commander";
import { z } from "zod";
import { EnvironmentError, readEnvironment } from "../../service/shared/environment.ts";
import { loadSettings, overridesFromProcess, SettingsError } from "../../settings/load.ts";
import { describeAttack } from "../../specs/attack.ts";
import { onCtrlC } from "../ctrl-c.ts";
import { SITE_PORT } from "../site-port.ts";
import { LoadRun } from "./load-run.ts";
import { TargetError, targetOf } from "./target.ts";
import { progressLine, reportText } from "./words.ts";

interface Options {
  readonly url?: string;
  readonly set: readonly string[];
  readonly attackAnotherMachine: boolean;
}

const options = new Command("npm run load --")
  .description(
    "Sends likes to a running system as the load generator in AWS does, and ends with 1 when any of them failed.",
  )
  .option("--url <address>", "where the system is, if not on this machine at the port that PORT names, or 8080")
  .option("--set <setting=value>", "change a setting, as in --set load.rate=100", collect, [])
  .option("--attack-another-machine", "let the address be any, and not this machine's alone", false)
  .addHelpText("after", "\nThe settings load.* say how many likes, for how long and for whom; Ctrl-C ends it earlier.")
  .parse()
  .opts<Options>();

try {
  const attack = describeAttack(loadSettings({ overrides: [...overridesFromProcess(), ...options.set] }));
  const { PORT } = readEnvironment(z.object({ PORT: SITE_PORT }));
  const origin = targetOf(options.url ?? `http://127.0.0.1:${PORT}`, options.attackAnotherMachine);
  await fetch(origin, { method: "HEAD" }).catch(() => {
    throw new TargetError(
      `nothing answers at ${origin}: start the system first, with npm start, or say where it is with --url`,
    );
  });
  const { rate, durationSeconds, rampSeconds, paths } = attack;
  console.log(
    `${rate} likes a second at ${origin} for ${durationSeconds} s, ${rampSeconds} of them a ramp, for ${paths.length} mysfits in turn; Ctrl-C ends it`,
  );
  const run = new LoadRun(attack, origin);
  onCtrlC(() => run.stop());
  run.on("progress", (report) => showProgress(progressLine(attack, report), report.seconds));
  const report = await run.done;
  showProgress("", 0);
  console.log(reportText(report));
  process.exitCode = report.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof TargetError || error instanceof EnvironmentError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** A line that stands still on a terminal; elsewhere one every ten seconds. */
function showProgress(line: string, seconds: number): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[K${line}`);
  } else if (Math.round(seconds) % 10 === 9) {
    console.log(line);
  }
}
