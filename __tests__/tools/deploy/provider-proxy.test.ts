import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createConnection, createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import test, { type ExecutionContext } from "ava";
import { type Provider, ProviderProxy } from "../../../tools/deploy/provider-proxy.ts";

// Clients like Terraform and a provider that is an HTTP/2 server. shared-provider.test.ts uses the real ones.

const GET_SCHEMAS = "/tfplugin5.Provider/GetSchema";
const CONFIGURE = "/tfplugin5.Provider/Configure";
const READ = "/tfplugin5.Provider/ReadResource";

const SCHEMAS = Buffer.concat(["aws_sqs_queue", "aws_sns_topic", "aws_iam_role"].map(schemaOf));

test("the schemas are read once, and each process gets the types that were added before it asked", async (t) => {
  const { proxy, terraform, calls } = await begin(t, (stream) => succeed(stream, SCHEMAS));
  proxy.addTypes(["aws_sqs_queue"]);
  const [first, second] = [terraform(), terraform()];
  t.deepEqual(await call(first, GET_SCHEMAS), { message: schemaOf("aws_sqs_queue"), status: "0" });
  proxy.addTypes(["aws_iam_role"]);
  const both = Buffer.concat([schemaOf("aws_sqs_queue"), schemaOf("aws_iam_role")]);
  t.deepEqual(await call(second, GET_SCHEMAS), { message: both, status: "0" });
  t.deepEqual(calls, [GET_SCHEMAS]);
});

test("equal configurations reach the provider once, also at the same time", async (t) => {
  const { terraform, calls } = await begin(t, (stream) => succeed(stream, Buffer.from("diagnostics")));
  const [first, second] = [terraform(), terraform()];
  const ireland = Buffer.from("eu-west-1");
  const expected = { message: Buffer.from("diagnostics"), status: "0" };
  t.deepEqual(await Promise.all([call(first, CONFIGURE, ireland), call(second, CONFIGURE, ireland)]), [
    expected,
    expected,
  ]);
  t.deepEqual(calls, [CONFIGURE]);
});

test("each configuration has a provider process, which serves the connections that it configured", async (t) => {
  const { terraform, calls, others } = await begin(t, (stream) => succeed(stream, Buffer.alloc(0)));
  const [ireland, virginia, alsoVirginia] = [terraform(), terraform(), terraform()];
  await call(ireland, CONFIGURE, Buffer.from("eu-west-1"));
  await Promise.all([virginia, alsoVirginia].map((session) => call(session, CONFIGURE, Buffer.from("us-east-1"))));
  for (const session of [virginia, ireland, alsoVirginia]) {
    t.deepEqual(await call(session, READ), { message: Buffer.alloc(0), status: "0" });
  }
  t.deepEqual(calls, [CONFIGURE, READ]);
  t.deepEqual(
    others.map(({ calls }) => calls),
    [[CONFIGURE, READ, READ]],
  );
});

test("after the process of a configuration has ended, the next equal configuration starts another", async (t) => {
  const { terraform, others } = await begin(t, (stream) => succeed(stream, Buffer.alloc(0)));
  const virginia = Buffer.from("us-east-1");
  await call(terraform(), CONFIGURE, Buffer.from("eu-west-1"));
  const configured = terraform();
  await call(configured, CONFIGURE, virginia);
  others[0]?.end();
  await once(configured, "close");
  const another = terraform();
  await call(another, CONFIGURE, virginia);
  await call(another, READ);
  t.deepEqual(
    others.map(({ calls }) => calls),
    [[CONFIGURE], [CONFIGURE, READ]],
  );
});

test("a configuration fails if its process does not start, and the next one tries again", async (t) => {
  const { terraform, others } = await begin(t, (stream) => succeed(stream, Buffer.alloc(0)), 1);
  await call(terraform(), CONFIGURE, Buffer.from("eu-west-1"));
  const session = terraform();
  await t.throwsAsync(call(session, CONFIGURE, Buffer.from("us-east-1")));
  await call(session, CONFIGURE, Buffer.from("us-east-1"));
  t.is(others.length, 1);
});

test("every other call is passed on with its message, response, and status", async (t) => {
  const { terraform, calls } = await begin(t, async (stream) => succeed(stream, await messageOf(stream)));
  const large = Buffer.alloc(300_000, "state");
  t.deepEqual(await call(terraform(), READ, large), { message: large, status: "0" });
  t.deepEqual(await call(terraform(), READ, large), { message: large, status: "0" });
  t.deepEqual(calls, [READ, READ]);
});

for (const path of [GET_SCHEMAS, CONFIGURE, READ]) {
  test(`an error of ${path} arrives with its status`, async (t) => {
    const { terraform } = await begin(t, (stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": "12" }, { endStream: true });
    });
    t.deepEqual(await call(terraform(), path), { message: Buffer.alloc(0), status: "12" });
  });

  test(`${path} fails if the provider ends during the call, or ends only the call`, async (t) => {
    const gone = await begin(t, (stream) => stream.session?.destroy());
    await t.throwsAsync(call(gone.terraform(), path));
    const reset = await begin(t, (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    await t.throwsAsync(call(reset.terraform(), path));
  });
}

for (const path of [GET_SCHEMAS, CONFIGURE, READ]) {
  test(`${path} fails if the provider is killed before it reads the call`, async (t) => {
    const folder = temporaryFolder(t);
    // A socket that is closed with unread data resets the connection.
    const provider = createSocketServer({ pauseOnConnect: true }, async (socket) => {
      await sleep(100);
      socket.destroy();
    });
    provider.listen(join(folder, "provider"));
    await once(provider, "listening");
    t.teardown(() => provider.close());
    const first = { socket: join(folder, "provider"), ended: Promise.withResolvers().promise };
    const { terraform } = await connectProxy(t, folder, new ProviderProxy(first, async () => first));
    await t.throwsAsync(call(terraform(), path));
  });
}

test("the provider notices that a process has ended", async (t) => {
  const { promise: received, resolve } = Promise.withResolvers<ServerHttp2Stream>();
  const { terraform } = await begin(t, resolve);
  const process = terraform();
  request(process, READ).on("error", () => {});
  const stream = await received;
  process.destroy();
  await once(stream, "close");
  t.pass();
});

interface FakeProvider extends Provider {
  /** Calls that reached it. */
  readonly calls: string[];
  /** Ends it with its connections. */
  end(): void;
}

interface Connected {
  readonly proxy: ProviderProxy;
  /** Connects another process. */
  readonly terraform: () => ClientHttp2Session;
  /** Calls that reached the first provider. */
  readonly calls: string[];
  /** Providers that the proxy started. */
  readonly others: FakeProvider[];
}

type Answer = (stream: ServerHttp2Stream) => unknown;

/** Starts a provider that answers like this, and its proxy. The first starts of more providers fail. */
async function begin(t: ExecutionContext, answer: Answer, failures = 0): Promise<Connected> {
  const folder = temporaryFolder(t);
  const first = await startProvider(t, join(folder, "first"), answer);
  const others: FakeProvider[] = [];
  let starts = 0;
  const proxy = new ProviderProxy(first, async () => {
    starts += 1;
    if (starts <= failures) {
      throw new Error("it did not start");
    }
    const other = await startProvider(t, join(folder, `other-${starts}`), answer);
    others.push(other);
    return other;
  });
  const { terraform } = await connectProxy(t, folder, proxy);
  return { proxy, terraform, calls: first.calls, others };
}

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "provider-proxy-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function connectProxy(
  t: ExecutionContext,
  folder: string,
  proxy: ProviderProxy,
): Promise<Pick<Connected, "terraform">> {
  const socket = join(folder, "proxy");
  await proxy.listen(socket);
  t.teardown(() => proxy.close());
  const terraform = () => {
    const session = connect("http://localhost", { createConnection: () => createConnection(socket) });
    t.teardown(() => session.destroy());
    return session.on("error", () => {});
  };
  return { terraform };
}

async function startProvider(t: ExecutionContext, socket: string, answer: Answer): Promise<FakeProvider> {
  const calls: string[] = [];
  const sessions: ServerHttp2Session[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const server = createServer().on("stream", (stream: ServerHttp2Stream, headers) => {
    calls.push(String(headers[":path"]));
    stream.on("error", () => {});
    answer(stream);
  });
  server.on("session", (session) => sessions.push(session));
  server.listen(socket);
  await once(server, "listening");
  const end = () => {
    server.close();
    for (const session of sessions) {
      session.destroy();
    }
    resolve();
  };
  t.teardown(end);
  return { socket, calls, ended, end };
}

function request(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  return session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
}

/** Makes a call with one message and one response. */
async function call(session: ClientHttp2Session, path: string, message: Uint8Array = Buffer.alloc(0)) {
  const stream = request(session, path);
  let status: unknown;
  const read = (headers: IncomingHttpHeaders) => {
    status = headers["grpc-status"];
  };
  stream.on("response", read).on("trailers", read).end(framed(message));
  const body = await buffer(stream);
  if (status === undefined) {
    throw new Error(`${path} ended without a status`);
  }
  return { message: body.subarray(5), status };
}

async function messageOf(stream: ServerHttp2Stream): Promise<Buffer> {
  return (await buffer(stream)).subarray(5);
}

function succeed(stream: ServerHttp2Stream, message: Uint8Array): void {
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.end(framed(message));
}

/** A gRPC message: not compressed, its length, and its bytes. */
function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function schemaOf(type: string): Buffer {
  const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string(type).finish();
  return Buffer.from(new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(entry).finish());
}
