import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../system/processes/free-port.ts";
import { install, isDownloaded, type NodeSettings, type OpenSearchVersion } from "./opensearch-files.ts";

/** MiB of heap; enough for 100,000 lines. */
const HEAP = 256;

/** Milliseconds until a node is ready, even on a busy machine. */
const START_LIMIT = 120_000;

/** Explains why OpenSearch cannot run on this machine; undefined if it can. */
export function openSearchProblem(release: OpenSearchVersion): string | undefined {
  const { version, java } = release;
  if (javaHome(release) === undefined) {
    const versions = Number.isFinite(java.before) ? `${java.from} to ${java.before - 1}` : `${java.from} or later`;
    return `OpenSearch ${version} needs Java ${versions}, in JAVA_HOME or in /usr/lib/jvm`;
  }
  return isDownloaded(release) || !spawnSync("mvn", ["--version"]).error
    ? undefined
    : `OpenSearch ${version} is downloaded with Maven: mvn not found`;
}

function javaHome({ java }: OpenSearchVersion): string | undefined {
  const homes = [
    process.env.JAVA_HOME,
    ...globSync(["/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home"]),
  ];
  return homes.find((home): home is string => {
    if (home === undefined) {
      return false;
    }
    const { stderr } = spawnSync(join(home, "bin/java"), ["-version"], { encoding: "utf8" });
    const version = Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
    return version >= java.from && version < java.before;
  });
}

/** An OpenSearch node on this machine, without the security plugin, which Maven Central does not have. */
export class OpenSearch {
  readonly endpoint: URL;
  readonly release: OpenSearchVersion;
  readonly #home: string;
  #process: ChildProcess;

  /**
   * Starts a node without any documents in a temporary folder. Downloads OpenSearch the first time.
   * @param preferred Port for HTTP; a free one is used if it is in use.
   * @param settings Further settings of the node.
   */
  static async start(release: OpenSearchVersion, preferred = 0, settings: NodeSettings = {}): Promise<OpenSearch> {
    const home = await mkdtemp(join(tmpdir(), "opensearch-"));
    const port = await freePort(preferred);
    await install(release, home, { "http.port": port, "transport.port": await freePort(), ...settings });
    await chmod(home, 0o755);
    if (isRoot()) {
      await promisify(execFile)("chown", ["-R", "nobody", home]);
    }
    const node = new OpenSearch(release, home, port);
    try {
      await node.#untilReady();
    } catch (error) {
      await node.stop();
      throw error;
    }
    return node;
  }

  private constructor(release: OpenSearchVersion, home: string, port: number) {
    this.release = release;
    this.#home = home;
    this.endpoint = new URL(`http://127.0.0.1:${port}`);
    this.#process = run(release, home);
  }

  /** Kills the node, as in a crash, and starts it again with the same data. */
  async restart(): Promise<void> {
    await this.#kill();
    this.#process = run(this.release, this.#home);
    await this.#untilReady();
  }

  /** Kills the node, and deletes its data. */
  async stop(): Promise<void> {
    await this.#kill();
    await rm(this.#home, { recursive: true, force: true });
  }

  async #kill(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
  }

  async #untilReady(): Promise<void> {
    const health = new URL("/_cluster/health?wait_for_status=yellow&timeout=5s", this.endpoint);
    const end = performance.now() + START_LIMIT;
    while (performance.now() < end && this.#process.exitCode === null) {
      const response = await fetch(health).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.status === 200) {
        return;
      }
      await setTimeout(250);
    }
    throw new Error(`OpenSearch ${this.release.version} did not start`);
  }
}

function run(release: OpenSearchVersion, home: string): ChildProcess {
  const java = [
    join(javaHome(release) ?? "", "bin/java"),
    `-Xms${HEAP}m`,
    `-Xmx${HEAP}m`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    ...(Number.isFinite(release.java.before) ? ["-Djava.security.manager=allow"] : []),
    "-Dio.netty.noUnsafe=true",
    `-Dopensearch.path.home=${home}`,
    `-Dopensearch.path.conf=${home}/config`,
    "-cp",
    `${home}/lib/*`,
    "org.opensearch.bootstrap.OpenSearch",
  ];
  const [command = "", ...args] = [...wrapper(), ...java];
  // A separate process group: Ctrl-C reaches only the runner.
  return spawn(command, args, { cwd: home, stdio: "ignore", detached: true });
}

/** On Linux, ends the node with this process. OpenSearch refuses to run as root. */
function wrapper(): readonly string[] {
  const user = isRoot() ? ["--reuid=nobody", "--clear-groups"] : [];
  return process.platform === "linux" ? ["setpriv", "--pdeathsig=KILL", ...user] : [];
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}
