import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import ava from "ava";
import { unzipSync, zipSync } from "fflate";
import { bundle } from "../../../lambda/bundle.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { goProblem } from "../../go-program.ts";
import { testNeeding } from "../../needs.ts";
import { makeCalls } from "./aws-calls.ts";
import { RIE, startUnderRie } from "./runtime-interface-emulator.ts";

const test = testNeeding(motoProblem);
const testBoth = testNeeding(motoProblem, goProblem(RIE));
const TIMEOUT_SECONDS = 3;

/** A function that does what its event says. */
const SAMPLE = `
let invocations = 0;
exports.handler = async (event, context) => {
  invocations += 1;
  switch (event.do) {
    case "count": return { invocations };
    case "context": return {
      functionName: context.functionName, functionVersion: context.functionVersion, memory: context.memoryLimitInMB,
      remaining: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= ${TIMEOUT_SECONDS * 1000},
      requestId: typeof context.awsRequestId, region: process.env.AWS_REGION,
    };
    case "throw": throw new TypeError("boom");
    case "throw a text": throw "boom";
    case "reject": Promise.reject(new Error("later")); return new Promise(() => setTimeout(() => {}, 60_000));
    case "exit": process.exit(3);
    case "sleep": return new Promise((done) => setTimeout(done, 60_000));
    case "large": return "x".repeat(6_291_557);
    case "echo": return event.text.length;
    case "print": process.stdout.write(Buffer.from([0xff, 0x0a])); console.log("hello"); return null;
    case "ask": return (await fetch(process.env.AWS_ENDPOINT_URL)).status;
  }
};
`;

/** Events in order. The count shows where the process was replaced. */
const EVENTS = [
  "count",
  "count",
  "context",
  "nothing",
  "throw",
  "throw a text",
  "count",
  "reject",
  "count",
  "exit",
  "count",
  "sleep",
  "count",
  "large",
].map((name) => ({ do: name }));

interface Answer {
  readonly status: number;
  readonly failed: boolean;
  readonly body: unknown;
}

let emulator: Promise<Emulator> | undefined;

/** The emulator of all tests. */
function start(): Promise<Emulator> {
  emulator ??= startEmulator();
  return emulator;
}

ava.after.always(async () => {
  await (await emulator)?.stop();
});

testBoth("a function responds as under AWS's Runtime Interface Emulator", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-function-"));
  writeFileSync(join(folder, "index.js"), SAMPLE);
  const rie = await startUnderRie({
    folder,
    name: "compared",
    timeoutSeconds: TIMEOUT_SECONDS,
    environment: { AWS_REGION: "us-east-1" },
  });
  t.teardown(async () => {
    await rie.stop();
    rmSync(folder, { recursive: true });
  });
  const invoke = await createFunction(await start(), "compared", { "index.js": Buffer.from(SAMPLE) }, {});
  for (const event of EVENTS) {
    const expected = comparable(await post(rie.url, event));
    t.deepEqual(comparable(await invoke(event)), expected, event.do);
  }
});

test("a function keeps its process, and a failed process is replaced", async (t) => {
  const invoke = await createFunction(await start(), "reused", { "index.js": Buffer.from(SAMPLE) }, {});
  const answers: Answer[] = [];
  for (const event of EVENTS) {
    answers.push(await invoke(event));
  }
  const counts = answers.filter((_, index) => EVENTS[index]?.do === "count").map(({ body }) => body);
  t.deepEqual(
    counts,
    [1, 2, 7, 1, 1, 1].map((invocations) => ({ invocations })),
  );
  const of = (name: string) => answers[EVENTS.findIndex((event) => event.do === name)] as Answer;
  t.like(of("throw"), { status: 200, failed: true, body: { errorType: "TypeError", errorMessage: "boom" } });
  t.like(of("throw a text").body, { errorType: "string", errorMessage: "boom", trace: [] });
  t.like(of("reject").body, { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: later" });
  t.regex(JSON.stringify(of("exit").body), /"Runtime\.ExitError".*Runtime exited with error: exit status 3"/);
  t.regex(JSON.stringify(of("sleep").body), / Task timed out after 3\.00 seconds"/);
  t.like(of("large").body, { errorType: "Function.ResponseSizeTooLarge" });
  t.deepEqual(of("nothing"), { status: 200, failed: false, body: null });
});

test("a function may send requests to the emulator", async (t) => {
  const invoke = await createFunction(await start(), "asking", { "index.js": Buffer.from(SAMPLE) }, {});
  t.is((await invoke({ do: "ask" })).body, 200);
});

test("a function's log has all of its output, even bytes that are no text", async (t) => {
  const invoke = await createFunction(await start(), "printing", { "index.js": Buffer.from(SAMPLE) }, {});
  await invoke({ do: "print" });
  // Output that arrives after a response is logged with the next invocation.
  await invoke({ do: "count" });
  const [log = {}] = await makeCalls(await start(), [
    { service: "logs", operation: "FilterLogEvents", params: { logGroupName: "/aws/lambda/printing" } },
  ]);
  const { events } = log.result as { readonly events: readonly { readonly message: string }[] };
  const printed = events.map(({ message }) => message).filter((message) => /^(?:\ufffd|hello)$/.test(message));
  t.deepEqual(printed, ["\ufffd", "hello"]);
});

test("an invocation over 6 MB is rejected", async (t) => {
  const invoke = await createFunction(await start(), "large", { "index.js": Buffer.from(SAMPLE) }, {});
  const overhead = JSON.stringify({ do: "echo", text: "" }).length;
  t.is((await invoke({ do: "echo", text: "x".repeat(6_291_556 - overhead) })).body, 6_291_556 - overhead);
  const { status, body } = await invoke({ do: "echo", text: "x".repeat(6_291_557 - overhead) });
  t.is(status, 413);
  t.regex(JSON.stringify(body), /Request must be smaller than 6291456 bytes/);
});

test("the log shipper runs in the emulator", async (t) => {
  const { endpoint } = await start();
  const environment = {
    SEARCH_ENDPOINT: "http://127.0.0.1:1",
    SEARCH_ENGINE: "OpenSearch_2.19",
    DEAD_LETTER_QUEUE_URL: `${endpoint}/123456789012/dead-letters`,
    RETENTION_DAYS: "14",
  };
  const invoke = await createFunction(await start(), "log-shipper", unzipSync(bundle("log-shipper")), environment, 12);
  t.like(await invoke(delivery("CONTROL_MESSAGE")), { status: 200, failed: false });
  const { failed, body } = await invoke(delivery("DATA_MESSAGE"));
  t.true(failed, JSON.stringify(body));
  t.like(body, { errorType: "UnavailableError" });
});

test("the smoke test runs in the emulator and reports to CodeDeploy", async (t) => {
  const origin = createServer((_request, response) => response.writeHead(500).end()).listen(0, "127.0.0.1");
  t.teardown(() => origin.close());
  await once(origin, "listening");
  const { port } = origin.address() as AddressInfo;
  const invoke = await createFunction(
    await start(),
    "smoke-test",
    unzipSync(bundle("smoke-test")),
    { TEST_ORIGIN: `http://127.0.0.1:${port}` },
    30,
  );
  const answer = await invoke({ DeploymentId: "d-EXAMPLE", LifecycleEventHookExecutionId: "hook" });
  t.like(answer, { status: 200, failed: false }, JSON.stringify(answer));
});

/** Creates a function with a role that Lambda may assume, and returns a way to invoke it. */
async function createFunction(
  { endpoint }: Emulator,
  name: string,
  files: Record<string, Uint8Array>,
  environment: Record<string, string>,
  timeout = TIMEOUT_SECONDS,
): Promise<(event: unknown) => Promise<Answer>> {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = new URLSearchParams({
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  await send(endpoint, "iam", role);
  const url = `${endpoint}/2015-03-31/functions`;
  const created = await send(
    url,
    "lambda",
    JSON.stringify({
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: `arn:aws:iam::123456789012:role/${name}`,
      Timeout: timeout,
      MemorySize: 256,
      Environment: { Variables: environment },
      Code: { ZipFile: Buffer.from(zipSync(files)).toString("base64") },
    }),
  );
  if (!created.ok) {
    throw new Error(await created.text());
  }
  return (event) => post(`${url}/${name}/invocations`, event);
}

async function post(url: string, event: unknown): Promise<Answer> {
  const response = await send(url, "lambda", JSON.stringify(event));
  const text = await response.text();
  return { status: response.status, failed: response.headers.has("x-amz-function-error"), body: parsed(text) };
}

function send(url: string, service: string, body: string | URLSearchParams): Promise<Response> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/${service}/aws4_request`;
  return fetch(url, { method: "POST", headers: { authorization }, body });
}

/** The Runtime Interface Emulator answers a timeout with plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { errorMessage: text };
  }
}

/**
 * The part of a response that both emulators share. The Runtime Interface Emulator marks no errors, uses status 502 for an
 * ended process where Lambda uses 200, and has no request ID and no date in front of a timeout.
 */
function comparable({ body }: Answer): unknown {
  const text = JSON.stringify(body, (key, value) => (key === "trace" ? (value as string[]).slice(0, 1) : value));
  return JSON.parse(text.replace(/RequestId: \S+/, "RequestId").replace(/"[^"]*(Task timed out[^"]*)"/, '"$1"'));
}

function delivery(messageType: "CONTROL_MESSAGE" | "DATA_MESSAGE"): unknown {
  const message = {
    messageType,
    owner: "123456789012",
    logGroup: "/mysfits/like",
    logStream: "like/like/0f1e2d3c",
    subscriptionFilters: ["log-shipper"],
    logEvents: [{ id: "3".repeat(56), timestamp: Date.now(), message: "a line" }],
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString("base64") } };
}
