import { Command } from "commander";
import { z } from "zod";
import { stopOnInterruption } from "../../command-line/interruption.ts";
import { prepareForNpm } from "../../command-line/npm.ts";
import { setOption } from "../../command-line/set-option.ts";
import { loadProfile } from "../../model/load-profile.ts";
import { EnvironmentError, readEnvironment } from "../../service/shared/environment.ts";
import { loadSettings, overridesFromProcess } from "../../settings/load.ts";
import { SettingsError } from "../../settings/settings-error.ts";
import { SITE_PORT } from "../system/load-balancer/site-port.ts";
import { LoadRun } from "./load-run.ts";
import { progressLine, reportText } from "./report.ts";
import { TargetError, targetOf } from "./target.ts";

interface Options {
  readonly url?: string;
  readonly set: readonly string[];
  readonly allowAnotherMachine: boolean;
}

const program = new Command("npm run load --")
  .description(
    "Sends likes to a running system, as the load generator in AWS does. The exit code is 1 if any like failed.",
  )
  .option("--url <address>", "address of the system; by default, this machine at the port in PORT, or 8080")
  .addOption(setOption("change a setting, as in --set load.rate=100"))
  .option("--allow-another-machine", "allow the address of another machine", false)
  .addHelpText(
    "after",
    "\nThe settings load.* define the rate, the duration, and the mysfits. Press Ctrl-C to end the test early.",
  );

const options = prepareForNpm(program).parse().opts<Options>();

try {
  const profile = loadProfile(loadSettings({ overrides: [...overridesFromProcess(), ...options.set] }));
  const { PORT } = readEnvironment(z.object({ PORT: SITE_PORT }));
  const origin = targetOf(options.url ?? `http://127.0.0.1:${PORT}`, options.allowAnotherMachine);
  await fetch(origin, { method: "HEAD" }).catch(() => {
    throw new TargetError(
      `nothing answers at ${origin}: start the system first with npm start, or set its address with --url`,
    );
  });
  const { rate, durationSeconds, rampSeconds, paths } = profile;
  console.log(
    `Sending ${rate} likes per second to ${origin} for ${durationSeconds} s (ramp: ${rampSeconds} s), for ${paths.length} mysfits in turn. Press Ctrl-C to stop.`,
  );
  const run = new LoadRun(profile, origin);
  stopOnInterruption(() => run.stop());
  run.on("progress", (report) => showProgress(progressLine(profile, report), report.seconds));
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

/** Overwrites one line on a terminal; elsewhere, prints a line every ten seconds. */
function showProgress(line: string, seconds: number): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[K${line}`);
  } else if (Math.round(seconds) % 10 === 9) {
    console.log(line);
  }
}
