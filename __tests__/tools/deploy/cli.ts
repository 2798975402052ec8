import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** Folder for the output of each command, for debugging. Ignored by git. */
export const ARTIFACTS = join(ROOT, "artifacts", "deployment");

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
}

export interface Watch {
  /** Name of the output's log file in the artifacts folder. */
  readonly log: string;
  /** Sends Ctrl-C once when the command prints this. */
  readonly interruptAt?: RegExp;
  /** Checkout to run the command from. Default: this one. */
  readonly root?: string;
}

/** Runs a command of tools/deploy/ without a terminal. */
export async function deploy(
  args: readonly string[],
  environment: Record<string, string>,
  { log, interruptAt, root = ROOT }: Watch,
): Promise<Outcome> {
  const command = spawn(process.execPath, [join(root, "tools", "deploy", "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Without CI, the commands print the text of plans.
    env: { ...process.env, CI: "", CDKTF_OUTDIR: join(ARTIFACTS, `${log}.out`), ...environment },
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

/** Parses the final outcome of each stack from a command's table or last line. */
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
