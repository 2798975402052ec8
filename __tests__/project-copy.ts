import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import type { SynthesizedStack } from "./synth.ts";
import { until } from "./until.ts";

const ROOT = join(import.meta.dirname, "..");

/** A copy of the project's files in a temporary folder, with the same installed packages. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "mysfits-copy-"));
  /** Files that were added or changed. */
  readonly touched = new Set<string>();

  /** Installed programs: the copy's own first, then those of the project. */
  readonly #programs = [this.folder, ROOT].map((folder) => join(folder, "node_modules/.bin")).join(":");

  constructor(t: Pick<ExecutionContext, "teardown">, { withPackages = true } = {}) {
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true }));
    for (const file of projectFiles()) {
      cpSync(join(ROOT, file), join(this.folder, file));
    }
    if (withPackages) {
      symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    }
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
    this.touched.add(file);
  }

  /** Inserts text after the first occurrence of another. Throws when there is none. */
  insertAfter(file: string, before: string, text: string): void {
    const [head, ...rest] = this.read(file).split(before);
    if (head === undefined || rest.length === 0) {
      throw new Error(`${file} does not contain ${JSON.stringify(before)}`);
    }
    this.write(file, head + before + text + rest.join(before));
  }

  /** Runs a program of the project, such as `tsc`, and resolves with its output. Rejects when it fails. */
  async run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      cwd: this.folder,
      env: { ...process.env, PATH: `${this.#programs}:${process.env.PATH}`, ...environment },
      maxBuffer: 64 * 1024 ** 2,
    }).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
    });
    return stdout + stderr;
  }

  /** Synthesizes an environment and returns its stacks by name. */
  async synthesize(environment: string): Promise<Readonly<Record<string, SynthesizedStack>>> {
    await this.run("node", ["main.ts"], { MYSFITS_ENV: environment });
    const manifest = JSON.parse(this.read("cdktf.out/manifest.json")) as {
      stacks: Record<string, { synthesizedStackPath: string }>;
    };
    return Object.fromEntries(
      Object.entries(manifest.stacks).map(([name, { synthesizedStackPath }]) => [
        name,
        JSON.parse(this.read(join("cdktf.out", synthesizedStackPath))),
      ]),
    );
  }
}

/** Runs `npm start` in a copy, on free ports, until the test is over. */
export async function startLaptop(t: ExecutionContext, copy: ProjectCopy): Promise<{ readonly address: string }> {
  const runner = spawn(join(copy.folder, "node_modules/.bin/node"), ["laptop/main.ts"], {
    cwd: copy.folder,
    env: { ...process.env, PORT: "0", CONSOLE_PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.teardown(() => stop(runner));
  let output = "";
  for (const stream of [runner.stdout, runner.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const address = await until(() => {
    if (runner.exitCode !== null) {
      throw new Error(output);
    }
    return /Mythical Mysfits, workshop: (\S+)/.exec(output)?.[1];
  });
  return { address };
}

async function stop(runner: ChildProcess): Promise<void> {
  if (runner.exitCode === null && runner.signalCode === null) {
    runner.kill("SIGTERM");
    await once(runner, "exit");
  }
}

function projectFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: ROOT });
  const deleted = execFileSync("git", ["ls-files", "--deleted", "-z"], { cwd: ROOT });
  const gone = new Set(deleted.toString().split("\0"));
  return listed
    .toString()
    .split("\0")
    .filter((file) => file !== "" && !gone.has(file));
}
