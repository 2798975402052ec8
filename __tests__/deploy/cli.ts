import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** Where a run's output stays for a person to read, out of git. */
export const ARTIFACTS = join(ROOT, "artifacts", "deployment");

export interface Outcome {
  readonly code: number | null;
  /** What the command printed, errors in between. */
  readonly output: string;
}

export interface Watch {
  /** Name under which the output is kept in the artifacts. */
  readonly log: string;
  /** Presses Ctrl-C, once, when the command prints this. */
  readonly interruptAt?: RegExp;
  /** The checkout whose command it is; this one when left out. */
  readonly root?: string;
}

/** Runs a command of deploy/ as a person does, without a terminal. */
export async function deploy(
  args: readonly string[],
  environment: Record<string, string>,
  { log, interruptAt, root = ROOT }: Watch,
): Promise<Outcome> {
  const command = spawn(process.execPath, [join(root, "deploy", "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  mkdirSync(ARTIFACTS, { recursive: true });
  const file = createWriteStream(join(ARTIFACTS, `${log}.log`));
  let output = "";
  let waitsForInterrupt = interruptAt !== undefined;
  for (const stream of [command.stdout, command.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      file.write(text);
      if (waitsForInterrupt && interruptAt?.test(output)) {
        waitsForInterrupt = false;
        command.kill("SIGINT");
      }
    });
  }
  const [code] = await once(command, "close");
  file.end();
  return { code, output };
}

/** What a command says of each stack in the end: in a table, or in its last line. */
export function summaryOf(output: string): Record<string, string> {
  const end = output.slice(output.search(/^\w+ done: /m));
  const [line = ""] = end.split("\n");
  const rows = end.match(/^ {2}\S.*$/gm) ?? line.replace(/^\w+ done: /, "").split("; ");
  return Object.fromEntries(
    rows.map((row) => {
      const [name = "", ...words] = row.trim().split(/ +/);
      return [name, words.join(" ")];
    }),
  );
}
