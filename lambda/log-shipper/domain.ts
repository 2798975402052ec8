import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "./settings.ts";

export interface DomainRequest {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly content: string };
}

export interface DomainResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * Thrown without a complete response: the connection was refused or dropped, or time ran out. The domain may have acted on
 * the request.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** Thrown for a response that a retry would not change, such as a missing permission. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

export interface DomainAccess {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials | (() => Promise<Credentials>);
}

/** Client of the search domain, with signed and compressed requests over persistent connections. */
export class Domain {
  readonly #endpoint: URL;
  readonly #signer: SignatureV4;
  readonly #agent: HttpAgent;

  constructor({ endpoint, region, credentials }: DomainAccess) {
    this.#endpoint = endpoint;
    this.#signer = new SignatureV4({ service: "es", region, credentials, sha256: Sha256 });
    this.#agent =
      endpoint.protocol === "https:" ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  /**
   * Sends a request and reads the complete response of any status. Throws a ConnectionError when there is none within
   * `limit` milliseconds.
   */
  async send({ method, path, query = {}, body }: DomainRequest, limit: number): Promise<DomainResponse> {
    const signed = await this.#signer.sign({
      method,
      protocol: this.#endpoint.protocol,
      hostname: this.#endpoint.hostname,
      path,
      query: { ...query },
      headers: {
        host: this.#endpoint.host,
        ...(body && { "content-type": body.type, "content-encoding": "gzip" }),
      },
      body: body && (await promisify(gzip)(body.content, { level: 1 })),
    });
    const url = new URL(path, this.#endpoint);
    url.search = new URLSearchParams(query).toString();
    try {
      const response = await this.#exchange(url, method, signed.headers, signed.body, limit);
      return { status: response.statusCode ?? 0, body: await text(response) };
    } catch (error) {
      throw new ConnectionError(`${method} ${path}: ${messageOf(error)}`, { cause: error });
    }
  }

  #exchange(url: URL, method: string, headers: Record<string, string>, body: Buffer | undefined, limit: number) {
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(limit)));
    return new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { method, headers, agent: this.#agent, signal })
        .on("response", resolve)
        .on("error", reject)
        .end(body);
    });
  }

  /** Closes the persistent connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}
