import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { Sampling } from "./sampling.ts";
import type { TraceStore } from "./trace-store.ts";

export interface XrayDaemon {
  /** For AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  /** How many packets were no segment documents, or not to be kept. */
  readonly refused: number;
  stop(): Promise<void>;
}

/** Bytes that the operating system may hold until they are read; it has a limit of its own. */
const RECEIVE_BUFFER = 4 * 1024 ** 2;

/** Milliseconds in which a question about sampling must have come in. */
const LIMITS = { headersTimeout: 2_000, requestTimeout: 2_000 };

/**
 * Plays the X-Ray daemon and X-Ray itself: takes segments over UDP, and answers questions about sampling over TCP.
 * @param preferred Port for both; a free one is taken when either is taken.
 */
export async function startXrayDaemon(traces: TraceStore, preferred: number): Promise<XrayDaemon> {
  const server = createServer(LIMITS, answerWith(new Sampling()));
  const socket = (await listenOn(preferred, server)) ?? (await listenOnFreePort(server));
  let refused = 0;
  socket.on("message", (packet) => {
    try {
      traces.add(documentOf(packet));
    } catch {
      refused += 1;
    }
  });
  // An error of a single packet; the socket goes on.
  socket.on("error", () => {});
  return {
    address: `127.0.0.1:${socket.address().port}`,
    get refused() {
      return refused;
    },
    async stop() {
      const closed = Promise.all([once(socket, "close"), once(server, "close")]);
      socket.close();
      server.close().closeAllConnections();
      await closed;
    },
  };
}

/** What follows the header, `{"format":"json","version":1}`, and a newline. */
function documentOf(packet: Buffer): string {
  const text = packet.toString();
  const end = text.indexOf("\n");
  const { format, version } = JSON.parse(text.slice(0, end));
  if (format !== "json" || version !== 1) {
    throw new Error(`a packet of format ${format}, version ${version}: expected json, 1`);
  }
  return text.slice(end + 1);
}

function answerWith(sampling: Sampling): Parameters<typeof createServer>[1] {
  return async (request, response) => {
    try {
      const answer = sampling.answer(request.url ?? "", await json(request));
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
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

/** UDP and TCP on one port, for services know a single address; undefined when either is taken. */
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
