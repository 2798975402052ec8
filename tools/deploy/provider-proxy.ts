import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createConnection } from "node:net";
import { pipeline } from "node:stream";
import { buffer } from "node:stream/consumers";
import { keepTypes } from "./provider-schemas.ts";

// Calls of tfplugin5.proto, the protocol of the AWS provider.
const GET_SCHEMAS = "/tfplugin5.Provider/GetSchema";
const CONFIGURE = "/tfplugin5.Provider/Configure";

/** Length of the prefix of a gRPC message: a byte for its compression, and its length in four. */
const PREFIX = 5;

/** A complete response to a call. */
interface Response {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/**
 * Passes gRPC calls of many Terraform processes to one provider, and saves them what takes most of their CPU time:
 *
 * - Every process decodes the schemas of all 1,500 types, about 5 MB. The proxy reads them once, and answers with the types that
 *   the stacks use.
 * - Every process configures the provider. The proxy passes on the first of equal configurations. With AWS_CA_BUNDLE, the
 *   provider accepts only one: see findings/aws-provider-with-a-ca-bundle-accepts-one-configuration.sh.
 */
export class ProviderProxy {
  readonly #provider: string;
  readonly #server = createServer();
  readonly #types = new Set<string>();
  #schemas: Promise<Response> | undefined;
  #configuration: { readonly request: Buffer; readonly response: Promise<Response> } | undefined;

  /** @param provider Path of the provider's Unix socket. */
  constructor(provider: string) {
    this.#provider = provider;
    this.#server.on("session", (terraform) => {
      // A connection that fails also closes, which closes the other one. Terraform reports it.
      const session = this.#connect();
      session.on("error", () => {}).on("close", () => terraform.destroy());
      terraform.on("error", () => {}).on("close", () => session.destroy());
      terraform.on("stream", (stream, headers) => this.#serve(stream, headers, session));
    });
  }

  /** Accepts connections at a Unix socket. */
  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, "listening");
  }

  /** Includes these types in the schemas from now on. */
  addTypes(types: Iterable<string>): void {
    for (const type of types) {
      this.#types.add(type);
    }
  }

  close(): void {
    this.#server.close();
  }

  #connect(): ClientHttp2Session {
    return connect("http://localhost", { createConnection: () => createConnection(this.#provider) });
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ClientHttp2Session): void {
    const path = headers[":path"];
    if (path === GET_SCHEMAS || path === CONFIGURE) {
      const response = path === GET_SCHEMAS ? this.#getSchemas(stream, headers) : this.#configure(stream, headers);
      stream.on("error", () => {});
      response.then(
        (response) => respond(stream, response),
        () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      );
    } else {
      forward(stream, headers, session);
    }
  }

  async #getSchemas(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Response> {
    const request = await buffer(stream);
    this.#schemas ??= this.#call(headers, request);
    const response = await this.#schemas;
    const [compressed] = response.body;
    if (response.trailers["grpc-status"] !== "0" || compressed !== 0) {
      return response;
    }
    const message = keepTypes(response.body.subarray(PREFIX), this.#types);
    const prefix = Buffer.alloc(PREFIX);
    prefix.writeUInt32BE(message.length, 1);
    return { ...response, body: Buffer.concat([prefix, message]) };
  }

  async #configure(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Response> {
    const request = await buffer(stream);
    if (this.#configuration?.request.equals(request) !== true) {
      this.#configuration = { request, response: this.#call(headers, request) };
    }
    return this.#configuration.response;
  }

  /** Makes a call whose response several processes get, over a connection that belongs to none of them. */
  async #call(headers: IncomingHttpHeaders, request: Buffer): Promise<Response> {
    const session = this.#connect();
    try {
      const received: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { headers: {}, trailers: {} };
      const call = session.request(headers);
      call.once("response", (headers) => {
        received.headers = headers;
      });
      call.once("trailers", (trailers) => {
        received.trailers = trailers;
      });
      const body = await buffer(call.end(request));
      return { ...received, body };
    } finally {
      session.destroy();
    }
  }
}

function respond(stream: ServerHttp2Stream, { headers, body, trailers }: Response): void {
  if (!stream.destroyed) {
    begin(stream, headers, () => trailers);
    stream.end(body);
  }
}

function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: ClientHttp2Session): void {
  const call = session.request(headers);
  let trailers: IncomingHttpHeaders = {};
  call.once("response", (headers) => begin(stream, headers, () => trailers));
  call.once("trailers", (received) => {
    trailers = received;
  });
  // An error ends both. Terraform reports a call that ends without a status.
  pipeline(stream, call, stream, () => {});
}

/** Sends the headers. A call that fails at once has its status in them, and neither a body nor trailers. */
function begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, trailers: () => IncomingHttpHeaders): void {
  if (stream.destroyed) {
    return;
  }
  stream.once("wantTrailers", () => stream.sendTrailers(trailers()));
  stream.respond(headers, { waitForTrailers: headers["grpc-status"] === undefined });
}
