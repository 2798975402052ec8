import { join } from "node:path";
import { binaryOf } from "./installed-provider.ts";
import { ProviderProcess } from "./provider-process.ts";
import { ProviderProxy } from "./provider-proxy.ts";
import { typesInCode } from "./provider-schemas.ts";
import type { Stack } from "./synth.ts";

// Starting the AWS provider takes most of the CPU time of a plan. Several plans can therefore share one provider process:
// Terraform attaches, through a proxy, to a provider that runs in debug mode, as described in "Debugging Terraform provider
// plugins" in HashiCorp's plugin development documentation.

/** Environment variables that attach Terraform to a running provider. Empty if Terraform must start the provider itself. */
export type Attachment = Readonly<Record<string, string>>;

interface RunningProvider {
  readonly binary: string;
  readonly proxy: ProviderProxy;
  readonly attachment: Attachment;
  stop(): Promise<void>;
}

/**
 * One AWS provider process for the plans of many stacks, or one for each configuration that their code gives to the provider. It reads
 * the environment of this process, as it is at the first plan.
 */
export class SharedProvider implements AsyncDisposable {
  readonly #cwd: string | undefined;
  /** Undefined until the first plan and after the process has ended. Resolves with undefined if it does not start. */
  #running: Promise<RunningProvider | undefined> | undefined;
  #isStopped = false;

  /** @param cwd Working folder of the provider. */
  constructor(cwd?: string) {
    this.#cwd = cwd;
  }

  /**
   * Attaches an initialized stack, and starts the provider for the first one. In AWS, use the result for plans only: for an
   * apply, Terraform should start the provider that its lock file verifies.
   *
   * @param types Types in addition to those in the stack's code whose schemas Terraform needs, such as those in its state.
   */
  async attach(stack: Pick<Stack, "name" | "directory">, types: Iterable<string>): Promise<Attachment> {
    const reason = whyNotShared(process.env);
    if (reason !== undefined) {
      this.#running ??= unavailable(reason);
      return {};
    }
    const binary = binaryOf(stack);
    if (binary === undefined) {
      return notShared(stack, "its folder has no AWS provider that init verified");
    }
    this.#running ??= this.#start(binary);
    const running = await this.#running;
    if (running === undefined) {
      return {};
    }
    if (running.binary !== binary) {
      return notShared(stack, "the shared one has another version");
    }
    running.proxy.addTypes(typesInCode(stack));
    running.proxy.addTypes(types);
    return running.attachment;
  }

  /** Stops the provider. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await (await this.#running)?.stop();
  }

  async #start(binary: string): Promise<RunningProvider | undefined> {
    try {
      const first = await this.#startProcess(binary);
      const others: Promise<ProviderProcess>[] = [];
      const proxy = new ProviderProxy(first, () => {
        const another = this.#startProcess(binary);
        others.push(another);
        return another;
      });
      const stop = async () => {
        // Also those that are still starting.
        const started = await Promise.allSettled(others);
        const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
        await Promise.all([first, ...running].map((process) => process.stop()));
      };
      const socket = join(first.sockets, "proxy");
      await proxy.listen(socket);
      first.ended.then(() => {
        this.#running = undefined;
        proxy.close();
        return stop();
      });
      const attachment = { TF_REATTACH_PROVIDERS: first.address.replace(first.socket, socket) };
      return { binary, proxy, attachment, stop };
    } catch (error) {
      return unavailable((error as Error).message);
    }
  }

  async #startProcess(binary: string): Promise<ProviderProcess> {
    const provider = await ProviderProcess.start(binary, this.#cwd);
    provider.ended.then((code) => {
      if (!this.#isStopped) {
        console.log(`the AWS provider ended with exit code ${code} while it was in use; the next plan starts another`);
      }
    });
    return provider;
  }
}

async function unavailable(reason: string): Promise<undefined> {
  console.log(`every plan starts its own AWS provider, which takes longer: ${reason}`);
  return undefined;
}

function notShared({ name }: Pick<Stack, "name">, reason: string): Attachment {
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
