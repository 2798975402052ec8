import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Sampling } from "./sampling.ts";
import type { TraceStore } from "./trace-store.ts";

export interface XrayDaemon {
  /** Value of AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  /** Number of packets that the daemon would drop or X-Ray would reject. */
  readonly rejected: number;
  stop(): Promise<void>;
}

/** Bytes of the socket buffer; the operating system may grant less. */
const RECEIVE_BUFFER = 4 * 1024 ** 2;

/** Milliseconds within which a sampling request must have arrived. */
const LIMITS = { headersTimeout: 2_000, requestTimeout: 2_000 };

/**
 * Stands in for the X-Ray daemon and X-Ray: receives segments over UDP and answers sampling requests over TCP.
 * @param preferred Port for both protocols; a free one is used if either is in use.
 */
export async function startXrayDaemon(traces: TraceStore, preferred: number): Promise<XrayDaemon> {
  const server = createServer(LIMITS, respondWith(new Sampling()));
  const socket = (await listenOn(preferred, server)) ?? (await listenOnFreePort(server));
  let rejected = 0;
  socket.on("message", (packet) => {
    try {
      traces.add(documentOf(packet));
    } catch {
      rejected += 1;
    }
  });
  // Concerns a single packet; the socket stays open.
  socket.on("error", () => {});
  return {
    address: `127.0.0.1:${socket.address().port}`,
    get rejected() {
      return rejected;
    },
    async stop() {
      const closed = Promise.all([once(socket, "close"), once(server, "close")]);
      socket.close();
      server.close().closeAllConnections();
      await closed;
    },
  };
}

/**
 * Returns the document after the header `{"format":"json","version":1}` and a newline. As in the daemon, names and format
 * may have any case, and the version must be the integer 1, not 1.0.
 * Source: `Header` in pkg/tracesegment of github.com/aws/aws-xray-daemon.
 */
function documentOf(packet: Buffer): string {
  const text = packet.toString();
  const end = text.indexOf("\n");
  const header = text.slice(0, end);
  const fields = new Map(
    Object.entries(JSON.parse(header, withoutOddNumbers)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const format = fields.get("format");
  if (typeof format !== "string" || format.toLowerCase() !== "json" || fields.get("version") !== 1) {
    throw new Error(`header is ${header}: expected {"format":"json","version":1}`);
  }
  return text.slice(end + 1);
}

/** Leaves out numbers in a notation that Go does not read as an integer, such as 1.0 and 10e-1. */
function withoutOddNumbers(_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  return typeof value === "number" && source !== String(value) ? undefined : value;
}

function respondWith(sampling: Sampling): Parameters<typeof createServer>[1] {
  return async (request, response) => {
    try {
      // OpenTelemetry's sampler asks for the rules without a body.
      const body = sampling.respond(request.url ?? "", JSON.parse((await text(request)) || "{}"));
      response.writeHead(body ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(body));
    } catch {
      response.writeHead(400).end();
    }
  };
}

async function listenOnFreePort(server: Server): Promise<Socket> {
  for (;;) {
    const socket = await listenOn(0, server);
    if (socket) {
      return socket;
    }
  }
}

/** Listens for UDP and TCP on one port, because services use a single address; undefined if either is in use. */
async function listenOn(port: number, server: Server): Promise<Socket | undefined> {
  const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER });
  try {
    await once(socket.bind(port, "127.0.0.1"), "listening");
    await once(server.listen(socket.address().port, "127.0.0.1"), "listening");
    return socket;
  } catch (error) {
    socket.close();
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
      throw error;
    }
  }
}
