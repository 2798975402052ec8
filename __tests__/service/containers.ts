import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { freePort } from "../../local/processes/free-port.ts";
import { until } from "../until.ts";
import type { LogLine } from "./surroundings.ts";

// Real images and real containers, in a store of the test's own that is gone afterwards. No registry is asked: the two
// bases are made of this machine's own Node.js, one with nothing besides, and one with npm and a shell.

const ROOT = join(import.meta.dirname, "..", "..");

export const BASE = "localhost/base:local";
const BUILDER = "localhost/builder:local";

/** What an image says of itself, as podman tells it. */
export interface ImageDescription {
  readonly Size: number;
  readonly Architecture: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: { readonly User: string; readonly Entrypoint: readonly string[]; readonly Env: readonly string[] };
}

export interface RunningContainer {
  readonly port: number;
  readonly origin: string;
  /** Milliseconds from the start of its process to its first answer. */
  readonly startTime: number;
  /** Runs a program of the image inside the container; resolves with what it prints, rejects when it fails. */
  execute(...command: readonly string[]): Promise<string>;
  /** The exit code of the image's health check. */
  health(): Promise<number>;
  signal(name: string): Promise<void>;
  /** Stops the container as ECS does: SIGTERM, and SIGKILL 30 s later. Resolves with the exit code. */
  stop(): Promise<number>;
  /**
   * Everything logged so far; with `awaited`, once there is such a line, for a line is kept a moment after it is logged.
   * Throws for a line that is no JSON.
   */
  lines(awaited?: (line: LogLine) => boolean): Promise<readonly LogLine[]>;
}

/** The reasons for which no containers can be run here. */
export function whyNoContainers(): (string | undefined)[] {
  const missing = ["podman", "buildah", "runc"].filter((tool) => spawnSync(tool, ["--version"]).error);
  return [
    missing.length > 0 ? `${missing.join(", ")} not found` : undefined,
    process.getuid?.() === 0 ? undefined : "containers with limits need root",
  ];
}

export class Containers {
  readonly folder = mkdtempSync(join(tmpdir(), "mysfits-containers-"));
  readonly #environment: NodeJS.ProcessEnv;

  constructor() {
    const [storage, settings] = [join(this.folder, "storage.conf"), join(this.folder, "containers.conf")];
    this.#environment = {
      ...process.env,
      CONTAINERS_STORAGE_CONF: storage,
      CONTAINERS_CONF: settings,
      BUILDAH_ISOLATION: "chroot",
      TMPDIR: this.folder,
    };
    writeFileSync(settings, engineSettings(this.folder));
    writeFileSync(storage, storageSettings(this.folder, "overlay"));
    if (spawnSync("podman", ["info"], { env: this.#environment }).status !== 0) {
      // Slower, and works on every file system.
      writeFileSync(storage, storageSettings(this.folder, "vfs"));
    }
  }

  /** Makes the base that images are put on, and the one that they are built in. */
  async makeBases(): Promise<void> {
    const base = join(this.folder, "base");
    copyProgram(process.execPath, base, "/usr/local/bin/node");
    write(join(base, "etc/passwd"), "root:x:0:0::/root:/sbin/nologin\nnode:x:1000:1000::/home/node:/sbin/nologin\n");
    write(join(base, "etc/group"), "root:x:0:\nnode:x:1000:\n");
    // Whoever could write at all could write here.
    mkdirSync(join(base, "tmp"));
    chmodSync(join(base, "tmp"), 0o1777);
    await this.buildFrom(base, BASE, "FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n");

    const builder = join(this.folder, "builder");
    copyProgram("/bin/sh", builder);
    copyProgram("/usr/bin/env", builder);
    cpSync(npmFolder(), join(builder, "usr/local/lib/node_modules/npm"), { recursive: true });
    write(
      join(builder, "usr/local/bin/npm"),
      "#!/usr/bin/env node\nrequire('../lib/node_modules/npm/lib/cli.js')(process);\n",
      0o755,
    );
    const authorities = trustedAuthorities();
    write(join(builder, "etc/authorities.pem"), authorities ? readFileSync(authorities, "utf8") : "");
    await this.buildFrom(
      builder,
      BUILDER,
      `FROM ${BASE}\nCOPY . /\n${authorities ? "ENV NODE_EXTRA_CA_CERTS=/etc/authorities.pem\n" : ""}`,
    );
  }

  /** Builds an image from a folder and a Dockerfile's text. */
  async buildFrom(folder: string, image: string, dockerfile: string, ...options: readonly string[]): Promise<void> {
    const file = join(this.folder, "Dockerfile");
    writeFileSync(file, dockerfile);
    await this.#run("buildah", "build", ...options, "--file", file, "--tag", image, folder);
  }

  /** Builds a program's image with the project's own command. */
  async buildProgram(program: string, image: string, ...options: readonly string[]): Promise<void> {
    const command = [join(ROOT, "service", "image.ts"), program, "--tag", image, "--builder", BUILDER, ...options];
    await this.#run(process.execPath, ...command);
  }

  async describe(image: string): Promise<ImageDescription> {
    const [description] = JSON.parse(await this.podman("image", "inspect", image));
    return description;
  }

  /** Runs a program's image as a task would, and waits for its first answer. */
  async start(
    t: ExecutionContext,
    image: string,
    environment: Readonly<Record<string, string>>,
    { memory = 256, cpus }: { readonly memory?: number; readonly cpus?: number } = {},
  ): Promise<RunningContainer> {
    const port = await freePort();
    const told = { ...environment, HOST: "127.0.0.1", PORT: String(port) };
    const id = await this.podman(
      ...["run", "--detach", "--read-only", "--read-only-tmpfs=false"],
      ...[`--memory=${memory}m`, ...(cpus ? [`--cpus=${cpus}`] : [])],
      ...Object.entries(told).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      image,
    );
    t.teardown(() => this.podman("rm", "--force", "--time=0", id));
    const origin = `http://127.0.0.1:${port}`;
    const answered = await firstAnswer(origin).catch(async (error) => {
      throw new Error(await this.#output(id), { cause: error });
    });
    const started = await this.podman("inspect", "--format={{.State.StartedAt.UnixMilli}}", id);
    return {
      port,
      origin,
      startTime: answered - Number(started),
      execute: (...command) => this.podman("exec", id, ...command),
      health: () =>
        this.podman("healthcheck", "run", id).then(
          () => 0,
          (error) => error.code,
        ),
      signal: async (name) => {
        await this.podman("kill", `--signal=${name}`, id);
      },
      stop: async () => {
        await this.podman("stop", "--time=30", id);
        return Number(await this.podman("inspect", "--format={{.State.ExitCode}}", id));
      },
      lines: (awaited) =>
        until(async () => {
          const lines: LogLine[] = (await this.podman("logs", id)).split("\n").map((line) => JSON.parse(line));
          return (awaited === undefined || lines.some(awaited)) && lines;
        }),
    };
  }

  /** Resolves with what the command prints. */
  podman(...args: readonly string[]): Promise<string> {
    return this.#run("podman", ...args);
  }

  /** Leaves nothing behind: no container, no mount, no file. */
  async remove(): Promise<void> {
    await this.podman("rm", "--all", "--force", "--time=0").finally(() => this.#removeFolder());
  }

  /** Tries for a while: each container that ended has a podman of its own, which mounts the store again to tidy up. */
  async #removeFolder(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        this.#unmount();
        rmSync(this.folder, { recursive: true, force: true });
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          throw error;
        }
        await pause(100);
      }
    }
  }

  #unmount(): void {
    const mounts = readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .filter((path) => path.startsWith(this.folder));
    for (const mount of mounts.toReversed()) {
      execFileSync("umount", [mount]);
    }
  }

  async #output(id: string): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)("podman", ["logs", id], { env: this.#environment });
    return stdout + stderr;
  }

  async #run(command: string, ...args: readonly string[]): Promise<string> {
    const options = { env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(command, args, options);
    return stdout.trimEnd();
  }
}

function storageSettings(folder: string, driver: "overlay" | "vfs"): string {
  return `[storage]
driver = "${driver}"
graphroot = "${folder}/store"
runroot = "${folder}/run"
`;
}

/** Few open files and processes, the host's network, and nothing that needs systemd. */
function engineSettings(folder: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "${folder}/tmp"
`;
}

/** When a service answered for the first time, in milliseconds since 1970. */
async function firstAnswer(origin: string): Promise<number> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await (await fetch(origin)).text();
      return Date.now();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await pause(10);
    }
  }
}

/** A program with the libraries that it is linked with. */
export function copyProgram(program: string, folder: string, path = program): void {
  copy(program, join(folder, path));
  for (const [library] of execFileSync("ldd", [program], { encoding: "utf8" }).matchAll(/\/\S+/g)) {
    copy(library, join(folder, library));
  }
}

function copy(from: string, to: string): void {
  if (!existsSync(to)) {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(realpathSync(from), to);
  }
}

export function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/** File of the authorities that this machine's npm trusts besides Node.js's own: the builder's has to trust them as well. */
function trustedAuthorities(): string | undefined {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const file = NODE_EXTRA_CA_CERTS || execFileSync("npm", ["config", "get", "cafile"], { encoding: "utf8" }).trim();
  return existsSync(file) ? file : undefined;
}

function npmFolder(): string {
  const npm = process.env.npm_execpath ?? execFileSync("which", ["npm"], { encoding: "utf8" }).trim();
  return join(dirname(realpathSync(npm)), "..");
}
