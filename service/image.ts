import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { CONTAINER_PORT } from "../specs/services.ts";

const ROOT = join(import.meta.dirname, "..");

/** The programs that images are made of, and the port that each listens on in its container. */
const PORTS: Readonly<Record<string, number>> = {
  like: CONTAINER_PORT,
  monolith: CONTAINER_PORT,
  "metadata-proxy": 8001,
};

const OWN_PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

/**
 * What Docker does unasked. Health checks are its own, no part of OCI's format; the fixed time makes the same source the
 * same image.
 */
const LIKE_DOCKER = ["--format", "docker", "--timestamp", "0", "--build-arg", `BUILDPLATFORM=${OWN_PLATFORM}`];

/** What each engine's `build` takes besides, the engine most people have first. */
const ENGINES: Readonly<Record<string, readonly string[]>> = {
  docker: [],
  podman: LIKE_DOCKER,
  buildah: [...LIKE_DOCKER, "--layers"],
};

interface Options {
  readonly engine?: string;
  readonly tag: readonly string[];
  readonly platform?: string;
  readonly base?: string;
  readonly builder?: string;
  readonly revision?: string;
  readonly source?: string;
}

const command = new Command("npm run image --")
  .description("Builds the image of a program with docker, podman or buildah.")
  .addArgument(new Argument("<program>").choices(Object.keys(PORTS)))
  .option("--tag <name:tag...>", "what to call the image", ["mysfits/<program>:local"])
  .addOption(
    new Option("--platform <platform>", "what the image runs on; this machine's own when left out").choices([
      "linux/amd64",
      "linux/arm64",
    ]),
  )
  .option("--base <image>", "image with Node.js to put the program on; the pinned one when left out")
  .option("--builder <image>", "image with Node.js, npm and a shell to bundle in; the pinned one when left out")
  .option("--revision <commit>", "for the label; CodeBuild's or git's when left out")
  .option("--source <url>", "address of the repository, for the label; git's remote when left out")
  .addOption(new Option("--engine <name>", "the first that works when left out").choices(Object.keys(ENGINES)));

command.action((program: string, options: Options) => {
  const engine = options.engine ?? Object.keys(ENGINES).find(works);
  if (engine === undefined) {
    return command.error("no engine works here: expected docker with its daemon running, podman or buildah");
  }
  const { status, error } = spawnSync(engine, ["build", ...buildArguments(program, options, engine), ROOT], {
    stdio: "inherit",
    env: { ...process.env, SOURCE_DATE_EPOCH: "0" },
  });
  if (error) {
    return command.error(`${engine} does not start: ${error.message}`);
  }
  process.exitCode = status ?? 1;
});
command.parse();

function buildArguments(program: string, options: Options, engine: string): string[] {
  const { tag, platform, base, builder } = options;
  const { CODEBUILD_RESOLVED_SOURCE_VERSION: built } = process.env;
  const values = {
    PROGRAM: program,
    PORT: String(PORTS[program]),
    BASE: base,
    BUILDER: builder,
    REVISION: options.revision ?? built ?? git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"),
    SOURCE: options.source ?? withoutPassword(git("remote", "get-url", "origin")),
  };
  return [
    ...["--file", join(import.meta.dirname, "Dockerfile")],
    ...(ENGINES[engine] ?? []),
    ...(platform ? ["--platform", platform] : []),
    ...tag.flatMap((name) => ["--tag", name.replace("<program>", program)]),
    ...Object.entries(values).flatMap(([name, value]) => (value ? ["--build-arg", `${name}=${value}`] : [])),
  ];
}

function works(engine: string): boolean {
  return spawnSync(engine, ["info"], { stdio: "ignore" }).status === 0;
}

/** What git says, or nothing where this is no checkout. */
function git(...args: string[]): string {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
}

/** A remote may carry a token, and labels are for everybody. */
function withoutPassword(remote: string): string {
  return remote.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
