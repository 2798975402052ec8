import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { CODE_FILE, type Synthesized } from "./configuration.ts";
import { binaryOf } from "./installed-provider.ts";
import { ProviderProxy } from "./provider-proxy.ts";
import { typesInCode } from "./provider-schemas.ts";
import type { Stack } from "./synth.ts";

// Starting the AWS provider takes most of the CPU time of a plan. Several plans can therefore share one provider process:
// Terraform attaches, through a proxy, to a provider that runs in debug mode, as described in "Debugging Terraform provider
// plugins" in HashiCorp's plugin development documentation.

/** Environment variables that attach Terraform to a running provider. Empty if Terraform must start the provider itself. */
export type Attachment = Readonly<Record<string, string>>;

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

interface RunningProvider {
  readonly binary: string;
  /** The stack's `provider` block. A provider process has one configuration, so all its stacks must agree on it. */
  readonly configuration: unknown;
  readonly process: ChildProcess;
  readonly proxy: ProviderProxy;
  readonly attachment: Attachment;
}

/** One AWS provider process for the plans of many stacks. It reads the environment of this process, as it is at the first plan. */
export class SharedProvider implements AsyncDisposable {
  readonly #cwd: string | undefined;
  /** Undefined until the first plan and after the process has ended. Resolves with undefined if it does not start. */
  #running: Promise<RunningProvider | undefined> | undefined;
  #isStopped = false;

  /** @param cwd Working folder of the provider. An apply reads files from it, such as those of the site. */
  constructor(cwd?: string) {
    this.#cwd = cwd;
  }

  /**
   * Attaches an initialized stack, and starts the provider for the first one. In AWS, use the result for plans only: for an
   * apply, Terraform should start the provider that its lock file verifies.
   *
   * @param types Types in addition to those in the stack's code whose schemas Terraform needs, such as those in its state.
   */
  async attach(stack: Stack, types: Iterable<string>): Promise<Attachment> {
    const reason = whyNotShared(process.env);
    if (reason !== undefined) {
      this.#running ??= unavailable(reason);
      return {};
    }
    const configuration = configurationOf(stack);
    const binary = binaryOf(stack);
    if (configuration === undefined || binary === undefined) {
      return notShared(stack, "it has no single configuration of the AWS provider");
    }
    this.#running ??= this.#start(binary, configuration);
    const running = await this.#running;
    if (running === undefined) {
      return {};
    }
    if (running.binary !== binary || !isDeepStrictEqual(running.configuration, configuration)) {
      return notShared(stack, "the shared one has another configuration or version");
    }
    running.proxy.addTypes(typesInCode(stack));
    running.proxy.addTypes(types);
    return running.attachment;
  }

  /** Stops the provider. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    const running = await this.#running;
    if (running !== undefined) {
      const ended = once(running.process, "exit");
      running.process.stdin?.end();
      await ended;
    }
  }

  async #start(binary: string, configuration: unknown): Promise<RunningProvider | undefined> {
    try {
      const running = await start(binary, configuration, this.#cwd);
      running.process.once("exit", (code) => {
        this.#running = undefined;
        running.proxy.close();
        if (!this.#isStopped) {
          console.log(
            `the AWS provider ended with exit code ${code} while it was in use; the next plan starts another`,
          );
        }
      });
      return running;
    } catch (error) {
      return unavailable((error as Error).message);
    }
  }
}

async function unavailable(reason: string): Promise<undefined> {
  console.log(`every plan starts its own AWS provider, which takes longer: ${reason}`);
  return undefined;
}

function notShared({ name }: Stack, reason: string): Attachment {
  console.log(`${name} starts its own AWS provider, which takes longer: ${reason}`);
  return {};
}

/** Returns the reason why plans cannot share a provider in this environment, or undefined if they can. */
function whyNotShared({ TF_REATTACH_PROVIDERS }: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === "win32") {
    return "sharing one is not supported on Windows";
  }
  return TF_REATTACH_PROVIDERS ? "TF_REATTACH_PROVIDERS is already set" : undefined;
}

/** The `provider` block of a stack with a single configuration of the AWS provider. */
function configurationOf({ directory }: Stack): unknown {
  const { provider } = JSON.parse(readFileSync(join(directory, CODE_FILE), "utf8")) as Synthesized;
  const configurations = (provider as { aws?: unknown[] } | undefined)?.aws ?? [];
  return configurations.length === 1 ? configurations[0] : undefined;
}

async function start(binary: string, configuration: unknown, cwd?: string): Promise<RunningProvider> {
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
      const [, printed, socket] = /TF_REATTACH_PROVIDERS='(.*"String":"(.*?)".*)'/.exec(line) ?? [];
      if (printed !== undefined && socket !== undefined) {
        provider.stdout.resume();
        const proxy = new ProviderProxy(socket);
        const proxySocket = join(sockets, "proxy");
        await proxy.listen(proxySocket);
        const attachment = { TF_REATTACH_PROVIDERS: printed.replace(socket, proxySocket) };
        return { binary, configuration, process: provider, proxy, attachment };
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
