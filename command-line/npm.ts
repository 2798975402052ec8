import type { Command } from "commander";

// Programs that people run through npm, which passes on only the options after `--`.

/**
 * Prepares a program with all of its commands and options for parsing: errors say where the expected ones are listed. Ends
 * the process with an error if npm has consumed an option, because the command line has no `--` before it.
 */
export function prepareForNpm(program: Command): Command {
  for (const command of [program, ...program.commands]) {
    command.showHelpAfterError(`(${expectation(command)})`);
  }
  requireAll(program.commands.find((command) => command.name() === process.argv[2]) ?? program);
  return program;
}

function expectation(command: Command): string {
  return command.commands.length > 0
    ? `expected one of the commands ${command.commands.map((one) => one.name()).join(", ")}`
    : `${commandLine(command)} --help lists the arguments and options`;
}

function requireAll(command: Command): void {
  const kept = command.options.find(
    (option) =>
      `npm_config_${option.name().replace(/^no-/, "").replaceAll("-", "_")}` in process.env &&
      !process.argv.includes(option.long ?? ""),
  );
  if (kept !== undefined) {
    command.error(
      `error: npm consumed ${kept.long}: expected -- before it, as in ${commandLine(command)} ${kept.flags}`,
    );
  }
}

/** Such as `npm run plan --` or `npm run new -- service`. */
function commandLine(command: Command): string {
  const names = [command.parent?.name() ?? "", command.name()].filter(Boolean).join(" ");
  return names.includes(" --") ? names : `${names} --`;
}
