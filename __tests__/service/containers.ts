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
import { freePort } from "../../laptop/system/processes/free-port.ts";
import { until } from "../until.ts";
import type { LogLine } from "./start-services.ts";

// Real images and containers, in a temporary store. No registry is needed: both base images are built from this machine's
// Node.js, one without anything else, the other also with npm and a shell.

const ROOT = join(import.meta.dirname, "..", "..");

export const BASE = "localhost/base:local";
const BUILDER = "localhost/builder:local";

/** Image metadata, from `podman image inspect`. */
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
  /** Milliseconds from the start of its process to its first response. */
  readonly startTime: number;
  /** Runs a program inside the container. Resolves with its output; rejects when it fails. */
  execute(...command: readonly string[]): Promise<string>;
  /** The exit code of the image's health check. */
  health(): Promise<number>;
  signal(name: string): Promise<void>;
  /** Stops the container as ECS does: SIGTERM, and SIGKILL 30 s later. Resolves with the exit code. */
  stop(): Promise<number>;
  /**
   * All lines logged so far. With `awaited`, waits for such a line, because podman stores a line shortly after it was
   * logged. Throws for a line that is not JSON.
   */
  lines(awaited?: (line: LogLine) => boolean): Promise<readonly LogLine[]>;
}

/** Reasons why containers cannot run on this machine. */
export function containersProblem(): (string | undefined)[] {
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
      // Slower, but works on every file system.
      writeFileSync(storage, storageSettings(this.folder, "vfs"));
    }
  }

  /** Builds the base image and the builder image. */
  async makeBases(): Promise<void> {
    const base = join(this.folder, "base");
    copyProgram(process.execPath, base, "/usr/local/bin/node");
    write(join(base, "etc/passwd"), "root:x:0:0::/root:/sbin/nologin\nnode:x:1000:1000::/home/node:/sbin/nologin\n");
    write(join(base, "etc/group"), "root:x:0:\nnode:x:1000:\n");
    // A folder that is writable in a container with a writable file system.
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

  /** Builds a program's image with `npm run image`. */
  async buildProgram(program: string, image: string, ...options: readonly string[]): Promise<void> {
    const command = [join(ROOT, "tools/image/main.ts"), program, "--tag", image, "--builder", BUILDER, ...options];
    await this.#run(process.execPath, ...command);
  }

  async describe(image: string): Promise<ImageDescription> {
    const [description] = JSON.parse(await this.podman("image", "inspect", image));
    return description;
  }

  /** Runs a program's image as in a task and waits for its first response. */
  async start(
    t: ExecutionContext,
    image: string,
    environment: Readonly<Record<string, string>>,
    { memory = 256, cpus }: { readonly memory?: number; readonly cpus?: number } = {},
  ): Promise<RunningContainer> {
    const port = await freePort();
    const variables = { ...environment, HOST: "127.0.0.1", PORT: String(port) };
    const id = await this.podman(
      ...["run", "--detach", "--read-only", "--read-only-tmpfs=false"],
      ...[`--memory=${memory}m`, ...(cpus ? [`--cpus=${cpus}`] : [])],
      ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      image,
    );
    t.teardown(() => this.podman("rm", "--force", "--time=0", id));
    const origin = `http://127.0.0.1:${port}`;
    const answered = await firstResponse(origin).catch(async (error) => {
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

  /** Resolves with the command's output. */
  podman(...args: readonly string[]): Promise<string> {
    return this.#run("podman", ...args);
  }

  /** Removes all containers, mounts, and files. */
  async remove(): Promise<void> {
    await this.podman("rm", "--all", "--force", "--time=0").finally(() => this.#removeFolder());
  }

  /** Retries for a while: each stopped container has its own podman process, which mounts the store again to clean up. */
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

/** Low limits for files and processes, the host's network, and no need for systemd. */
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

/** Waits for a service's first response. Resolves with its time in epoch milliseconds. */
async function firstResponse(origin: string): Promise<number> {
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

/** Copies a program with the libraries that it is linked with. */
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

/** File of extra CA certificates that this machine's npm trusts, and that the builder's npm must trust too. */
function trustedAuthorities(): string | undefined {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const file = NODE_EXTRA_CA_CERTS || execFileSync("npm", ["config", "get", "cafile"], { encoding: "utf8" }).trim();
  return existsSync(file) ? file : undefined;
}

function npmFolder(): string {
  const npm = process.env.npm_execpath ?? execFileSync("which", ["npm"], { encoding: "utf8" }).trim();
  return join(dirname(realpathSync(npm)), "..");
}
