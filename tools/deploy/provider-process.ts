import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Milliseconds. A provider starts within 3 s on a quiet machine. */
const START_LIMIT = 60_000;

/**
 * Runs the provider until its standard input is closed, which also happens if this process is killed. Without the redirection,
 * `sh` would give `cat` an empty standard input, because it runs in the background.
 */
const SUPERVISED = `exec 3<&0
"$0" -debug &
provider=$!
{ cat <&3; kill $provider; } >/dev/null 2>&1 &
wait $provider
rm -rf "$PLUGIN_UNIX_SOCKET_DIR"`;

/** An AWS provider that runs in debug mode, so that Terraform can attach to it. Its environment is that of this process. */
export class ProviderProcess {
  /** Folder of its Unix sockets, which goes when the process ends. */
  readonly sockets: string;
  /** Path of the Unix socket where it accepts connections. */
  readonly socket: string;
  /** Its value for TF_REATTACH_PROVIDERS, which names the socket. */
  readonly address: string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, sockets: string, address: string, socket: string) {
    this.#process = process;
    this.sockets = sockets;
    this.address = address;
    this.socket = socket;
    this.ended = once(process, "exit").then(([code]) => code);
  }

  /** Starts a provider in a working folder. An apply reads files from it, such as those of the site. */
  static async start(binary: string, cwd?: string): Promise<ProviderProcess> {
    const sockets = mkdtempSync(join(tmpdir(), "mysfits-provider-"));
    const provider = spawn("sh", ["-c", SUPERVISED, binary], {
      cwd,
      stdio: ["pipe", "pipe", "ignore"],
      // A separate process group: Ctrl-C stops the plans first, and they still need the provider to stop cleanly.
      detached: true,
      env: { ...process.env, PLUGIN_UNIX_SOCKET_DIR: sockets },
    });
    const patience = setTimeout(() => provider.stdin.end(), START_LIMIT);
    try {
      for await (const line of createInterface({ input: provider.stdout })) {
        const [, address, socket] = /TF_REATTACH_PROVIDERS='(.*"String":"(.*?)".*)'/.exec(line) ?? [];
        if (address !== undefined && socket !== undefined) {
          provider.stdout.resume();
          return new ProviderProcess(provider, sockets, address, socket);
        }
      }
      throw new Error(`${binary} did not start in debug mode`);
    } catch (error) {
      provider.stdin.end();
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** Stops the provider and waits for its end. */
  async stop(): Promise<void> {
    this.#process.stdin?.end();
    await this.ended;
  }
}
