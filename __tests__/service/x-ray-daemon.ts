import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

// A fake X-Ray daemon: segments over UDP, sampling requests over TCP. Sources, in the X-Ray Developer Guide: "Sending
// segment documents to the X-Ray daemon", "AWS X-Ray segment documents" and its JSON schema,
// xray-segmentdocument-schema-v1.0.0. Like that schema, this one allows unknown fields.

const id = z.string().regex(/^[0-9a-f]{16}$/);
const traceId = z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
const short = z.string().max(250);
const name = z.string().regex(/^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]{1,200}$/u);

const exception = z.object({
  id,
  message: z.string().optional(),
  type: z.string().optional(),
  remote: z.boolean().optional(),
  truncated: z.int().optional(),
  skipped: z.int().optional(),
  cause: id.optional(),
  stack: z.array(z.object({ path: short.optional(), line: z.int().optional(), label: short.optional() })).optional(),
});

const record = {
  id,
  name,
  start_time: z.number(),
  end_time: z.number().optional(),
  in_progress: z.boolean().optional(),
  fault: z.boolean().optional(),
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  cause: z
    .union([
      id,
      z.object({
        working_directory: z.string().optional(),
        paths: z.array(z.string()).optional(),
        exceptions: z.array(exception).optional(),
      }),
    ])
    .optional(),
  annotations: z
    .record(z.string().regex(/^\w{1,500}$/), z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .optional(),
  metadata: z.record(z.string(), z.looseObject({})).optional(),
};

const response = z.object({ status: z.int().optional(), content_length: z.int().optional() }).optional();

const subsegment = z.object({
  ...record,
  namespace: z.enum(["aws", "remote"]).optional(),
  http: z
    .object({ request: z.object({ method: short.optional(), url: short.optional() }).optional(), response })
    .optional(),
  aws: z
    .object({
      operation: z.string().optional(),
      region: z.string().optional(),
      request_id: z.string().optional(),
      table_name: z.string().optional(),
      retries: z.int().optional(),
    })
    .optional(),
  /** X-Ray accepts deeper nesting, which the services do not use. */
  subsegments: z.never().optional(),
});

const segment = z.object({
  ...record,
  type: z.never().optional(),
  trace_id: traceId,
  parent_id: id.optional(),
  origin: z.enum(["AWS::EC2::Instance", "AWS::ECS::Container", "AWS::ElasticBeanstalk::Environment"]).optional(),
  service: z.looseObject({ version: z.string().optional() }).optional(),
  http: z
    .object({
      request: z
        .object({
          method: short.optional(),
          url: short.optional(),
          user_agent: short.optional(),
          client_ip: short.optional(),
          x_forwarded_for: z.boolean().optional(),
        })
        .optional(),
      response,
    })
    .optional(),
  aws: z.looseObject({ xray: z.looseObject({ rule_name: z.string().optional() }).optional() }).optional(),
  subsegments: z.array(subsegment).optional(),
});

/** A subsegment that is sent separately. */
const separateSubsegment = subsegment.extend({ type: z.literal("subsegment"), trace_id: traceId, parent_id: id });

export type SegmentDocument = z.infer<typeof segment>;
export type SubsegmentDocument = z.infer<typeof separateSubsegment>;

/** Limit of a packet in bytes. */
const LARGEST = 64 * 1024;

export interface Daemon {
  /** For AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  /** Paths and bodies of requests over TCP. */
  readonly requests: readonly string[];
  /** Received segments. A packet that X-Ray would reject fails the test. */
  readonly segments: readonly SegmentDocument[];
  /** Separately received subsegments. */
  readonly subsegments: readonly SubsegmentDocument[];
  /** Waits for `count` segments of a trace. */
  trace(root: string, count?: number): Promise<readonly SegmentDocument[]>;
  stop(): void;
}

/** @param respond Handles requests over TCP. If omitted, there is no TCP listener. */
export async function startDaemon(
  respond?: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<Daemon> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests.push(`${request.url} ${body}`);
    respond?.(request, response, body);
  });
  const socket = await listenOnOnePort(respond && server);
  const segments: SegmentDocument[] = [];
  const subsegments: SubsegmentDocument[] = [];
  socket.on("message", (packet) => {
    const document = unpack(packet);
    if (document.type === undefined) {
      segments.push(check(segment, document));
    } else {
      subsegments.push(check(separateSubsegment, document));
    }
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    requests,
    segments,
    subsegments,
    async trace(root, count = 1) {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const found = segments.filter(({ trace_id }) => trace_id === root);
        if (found.length >= count) {
          return found;
        }
        if (Date.now() > deadline) {
          throw new Error(`${found.length} segments of ${root}: expected ${count}`);
        }
        await pause(10);
      }
    },
    stop() {
      socket.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Listens for UDP, and optionally TCP, on one port: the SDK has one address for both. */
async function listenOnOnePort(server: Server | undefined): Promise<Socket> {
  for (;;) {
    const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    if (server === undefined || (await listens(server, socket.address().port))) {
      return socket;
    }
    socket.close();
  }
}

async function listens(server: Server, port: number): Promise<boolean> {
  server.listen(port, "127.0.0.1");
  return once(server, "listening").then(
    () => true,
    () => false,
  );
}

function unpack(packet: Buffer): { type?: unknown } {
  const [header, body, ...rest] = packet.toString().split("\n");
  if (header !== '{"format":"json","version":1}' || body === undefined || rest.length > 0) {
    throw new Error(`not a packet for the daemon: ${packet.toString().slice(0, 100)}`);
  }
  if (packet.length > LARGEST) {
    throw new Error(`${packet.length} bytes: expected ${LARGEST} at most`);
  }
  return JSON.parse(body);
}

function check<Document extends { end_time?: number | undefined; in_progress?: boolean | undefined }>(
  schema: z.ZodType<Document>,
  document: unknown,
): Document {
  return schema
    .refine(({ end_time, in_progress }) => (end_time === undefined) === (in_progress === true), "ended or in progress")
    .parse(document);
}
