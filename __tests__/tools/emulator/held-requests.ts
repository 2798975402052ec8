import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Emulator } from "../../../tools/emulator/emulator.ts";

/** Headers of a single connection, which Node sets itself. */
const OF_CONNECTION = ["connection", "expect", "keep-alive"];

/** Agent of the AWS provider, but not of Terraform's backend, which has to save its state. */
const PROVIDER = "terraform-provider-aws";

/** Requests that wait in front of the emulator. */
export interface Held {
  /** First group of the pattern in each request that has been held. */
  readonly found: ReadonlySet<string | undefined>;
  /** Lets through the requests whose senders still wait for the response. */
  release(): void;
}

interface Hold {
  readonly pattern: RegExp;
  readonly found: Set<string | undefined>;
  readonly released: Promise<void>;
}

/**
 * A proxy in front of the emulator that holds requests of the AWS provider, so that a test can stop a command at a certain point,
 * no matter how fast the machine is.
 */
export class RequestHolder {
  readonly #emulator: string;
  readonly #server: Server = createServer((incoming, response) => this.#forward(incoming, response));
  readonly #holds = new Set<Hold>();

  private constructor({ endpoint }: Pick<Emulator, "endpoint">) {
    this.#emulator = endpoint;
  }

  static async start(emulator: Pick<Emulator, "endpoint">): Promise<RequestHolder> {
    const holder = new RequestHolder(emulator);
    await once(holder.#server.listen(0, "127.0.0.1"), "listening");
    return holder;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Holds the requests whose operation and body match. */
  hold(pattern: RegExp): Held {
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const hold = { pattern, found: new Set<string | undefined>(), released };
    this.#holds.add(hold);
    return {
      found: hold.found,
      release: () => {
        this.#holds.delete(hold);
        resolve();
      },
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(incoming);
      if (incoming.headers["user-agent"]?.includes(PROVIDER)) {
        await this.#wait(`${incoming.headers["x-amz-target"] ?? ""} ${body}`, response);
      }
      if (response.closed) {
        return; // The sender has given up, so the emulator must not act.
      }
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).filter(([name]) => !OF_CONNECTION.includes(name)),
      );
      const { method } = incoming;
      const outgoing = request(`${this.#emulator}${incoming.url}`, { method, headers, agent: false }).end(body);
      const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    } catch {
      response.destroy(); // The sender is gone, or the emulator has stopped.
    }
  }

  async #wait(text: string, response: ServerResponse): Promise<void> {
    for (const { pattern, found, released } of [...this.#holds]) {
      const match = pattern.exec(text);
      if (match !== null) {
        found.add(match[1]);
        await Promise.race([released, once(response, "close")]);
      }
    }
  }
}
