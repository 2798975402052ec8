import { Command, InvalidArgumentError } from "commander";
import { stopOnInterruption } from "../../command-line/interruption.ts";
import { prepareForNpm } from "../../command-line/npm.ts";
import { startEmulator } from "./emulator.ts";

const program = new Command("npm run emulator --")
  .description("Runs an AWS emulator on this machine. It is empty at every start.")
  .option("--port <port>", "port on 127.0.0.1", parsePort, 5000);

const { port } = prepareForNpm(program).parse().opts<{ port: number }>();

try {
  const emulator = await startEmulator({ port });
  stopOnInterruption(emulator.stop);
  console.log(`AWS emulator at ${emulator.endpoint}; Ctrl-C stops it and discards its state.

In another terminal:
  export MYSFITS_ENV=emulator MYSFITS_SET=emulator=${emulator.endpoint}
${Object.entries(emulator.environment)
  .map(([name, value]) => `  export ${name}=${value}`)
  .join("\n")}
  npm run bootstrap -- --auto-approve
  npm run plan
  npm run deploy -- --auto-approve`);
  await emulator.ended;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidArgumentError(`expected a port from 1 to 65535`);
  }
  return port;
}
