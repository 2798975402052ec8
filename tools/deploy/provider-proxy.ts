import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
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

/** A process of the provider. */
export interface Provider {
  /** Path of its Unix socket. */
  readonly socket: string;
  readonly ended: Promise<unknown>;
}

interface Configured {
  readonly request: Buffer;
  readonly result: Promise<{ readonly provider: Provider; readonly response: Response }>;
}

/**
 * Passes gRPC calls of many Terraform processes to one provider, and saves them what takes most of their CPU time:
 *
 * - Every process decodes the schemas of all 1,500 types, about 5 MB. The proxy reads them once, and answers with the types that
 *   the stacks use.
 * - Every process configures the provider. The proxy passes on the first of equal configurations. Another one, such as that of a
 *   second region, gets a provider process of its own: a process has one configuration at a time, and with AWS_CA_BUNDLE, it
 *   accepts only one (see findings/aws-provider-with-a-ca-bundle-accepts-one-configuration.sh).
 */
export class ProviderProxy {
  readonly #first: Provider;
  readonly #startAnother: () => Promise<Provider>;
  readonly #server = createServer();
  readonly #types = new Set<string>();
  #schemas: Promise<Response> | undefined;
  #configured: readonly Configured[] = [];

  /**
   * @param first The provider until another configuration is needed.
   * @param startAnother Starts a provider for another configuration.
   */
  constructor(first: Provider, startAnother: () => Promise<Provider>) {
    this.#first = first;
    this.#startAnother = startAnother;
    this.#server.on("session", (terraform) => {
      // Terraform opens a connection for each `provider` block.
      const connection = new Connection(terraform, first);
      terraform.on("stream", (stream, headers) => this.#serve(stream, headers, connection));
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

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): void {
    const path = headers[":path"];
    if (path === GET_SCHEMAS || path === CONFIGURE) {
      const response =
        path === GET_SCHEMAS ? this.#getSchemas(stream, headers) : this.#configure(stream, headers, connection);
      stream.on("error", () => {});
      response.then(
        (response) => respond(stream, response),
        () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      );
    } else {
      forward(stream, headers, connection.session);
    }
  }

  async #getSchemas(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Response> {
    const request = await buffer(stream);
    this.#schemas ??= call(this.#first, headers, request);
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

  async #configure(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): Promise<Response> {
    const request = await buffer(stream);
    const { result } =
      this.#configured.find((one) => one.request.equals(request)) ?? this.#configureAnother(headers, request);
    const { provider, response } = await result;
    connection.use(provider);
    return response;
  }

  #configureAnother(headers: IncomingHttpHeaders, request: Buffer): Configured {
    const started = this.#configured.length === 0 ? Promise.resolve(this.#first) : this.#startAnother();
    const result = started.then(async (provider) => ({ provider, response: await call(provider, headers, request) }));
    const configured = { request, result };
    this.#configured = [...this.#configured, configured];
    const forget = () => {
      this.#configured = this.#configured.filter((one) => one !== configured);
    };
    result.then(({ provider }) => provider.ended).then(forget, forget);
    return configured;
  }
}

/** A connection of Terraform and its counterpart to a provider. If one closes, the other does, which Terraform reports. */
class Connection {
  readonly #terraform: ServerHttp2Session;
  #provider: Provider;
  #session: ClientHttp2Session;

  constructor(terraform: ServerHttp2Session, provider: Provider) {
    this.#terraform = terraform;
    this.#provider = provider;
    this.#session = this.#connect();
    terraform.on("error", () => {}).on("close", () => this.#session.destroy());
  }

  get session(): ClientHttp2Session {
    return this.#session;
  }

  /** Changes to another provider, before any call that depends on the configuration. */
  use(provider: Provider): void {
    if (provider !== this.#provider) {
      const last = this.#session;
      this.#provider = provider;
      this.#session = this.#connect();
      last.destroy();
    }
  }

  #connect(): ClientHttp2Session {
    const session = connectTo(this.#provider);
    return session
      .on("error", () => {})
      .on("close", () => {
        if (session === this.#session) {
          this.#terraform.destroy();
        }
      });
  }
}

function connectTo({ socket }: Provider): ClientHttp2Session {
  return connect("http://localhost", { createConnection: () => createConnection(socket) });
}

/** Makes a call whose response several processes get, over a connection that belongs to none of them. */
async function call(provider: Provider, headers: IncomingHttpHeaders, request: Buffer): Promise<Response> {
  // The call fails with the connection.
  const session = connectTo(provider).on("error", () => {});
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
