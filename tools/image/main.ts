import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { PROGRAMS } from "../../model/programs.ts";

const ROOT = join(import.meta.dirname, "../..");

const OWN_PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

/**
 * Docker's defaults for the other engines. The OCI format has no health checks, and the fixed timestamp gives the same
 * image for the same source.
 */
const LIKE_DOCKER = ["--format", "docker", "--timestamp", "0", "--build-arg", `BUILDPLATFORM=${OWN_PLATFORM}`];

/** Extra build arguments by engine. The first engine that works is used. */
const ENGINES: Readonly<Record<string, readonly string[]>> = {
  // An image with a provenance attestation is an OCI index, which ECR cannot scan (moby/buildkit issue 3499).
  docker: ["--provenance=false", "--sbom=false"],
  podman: LIKE_DOCKER,
  buildah: [...LIKE_DOCKER, "--layers"],
};

/** Name of an image; a tag as in the OCI distribution specification. */
const IMAGE_NAME = /^([\w.:[\]-]+\/)?[a-z0-9]+(([._/]|__|-+)[a-z0-9]+)*(:\w[\w.-]{0,127})?$/;

interface Options {
  readonly engine?: string;
  readonly tag?: readonly string[];
  readonly platform?: string;
  readonly base?: string;
  readonly builder?: string;
  readonly revision?: string;
  readonly source?: string;
}

const command = new Command("npm run image --")
  .description("Builds the image of a program with docker, podman, or buildah.")
  .addArgument(new Argument("<program>").choices(PROGRAMS.map(({ name }) => name)))
  .option("--tag <name:tag...>", "name of the image (default: mysfits/<program>:local)", imageNames)
  .addOption(
    new Option("--platform <platform>", "platform of the image (default: this machine's)").choices([
      "linux/amd64",
      "linux/arm64",
    ]),
  )
  .option("--base <image>", "base image with Node.js (default: the pinned one)", nonEmpty("an image"))
  .option(
    "--builder <image>",
    "image with Node.js, npm, and a shell for bundling (default: the pinned one)",
    nonEmpty("an image"),
  )
  .option("--revision <commit>", "revision for the label (default: from CodeBuild or git)", nonEmpty("a commit"))
  .option("--source <url>", "URL of the repository for the label (default: git's origin)", nonEmpty("a URL"))
  .addOption(
    new Option("--engine <name>", "container engine (default: the first that works)").choices(Object.keys(ENGINES)),
  );

command.action((program: string, options: Options) => {
  const engine = options.engine ?? Object.keys(ENGINES).find(works);
  if (engine === undefined) {
    return command.error("no container engine found: expected docker with a running daemon, podman, or buildah");
  }
  const { status, error } = spawnSync(engine, ["build", ...buildArguments(program, options, engine), ROOT], {
    stdio: "inherit",
    env: { ...process.env, SOURCE_DATE_EPOCH: "0" },
  });
  if (error) {
    return command.error(`${engine} could not be started: ${error.message}`);
  }
  process.exitCode = status ?? 1;
});
prepareForNpm(command).parse();

function buildArguments(program: string, options: Options, engine: string): string[] {
  const { tag = [`mysfits/${program}:local`], platform, base, builder } = options;
  const { CODEBUILD_RESOLVED_SOURCE_VERSION: built } = process.env;
  const values = {
    PROGRAM: program,
    PORT: String(PROGRAMS.find(({ name }) => name === program)?.port),
    BASE: base,
    BUILDER: builder,
    REVISION: options.revision ?? built ?? git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"),
    SOURCE: options.source ?? withoutPassword(git("remote", "get-url", "origin")),
  };
  return [
    ...["--file", join(ROOT, "service/Dockerfile")],
    ...(ENGINES[engine] ?? []),
    ...(platform ? ["--platform", platform] : []),
    ...tag.flatMap((name) => ["--tag", name]),
    ...Object.entries(values).flatMap(([name, value]) => (value ? ["--build-arg", `${name}=${value}`] : [])),
  ];
}

/** Adds a value of --tag to the earlier ones. */
function imageNames(value: string, earlier: readonly string[] = []): readonly string[] {
  if (!IMAGE_NAME.test(value)) {
    throw new InvalidArgumentError(
      "expected a lowercase name and a tag of at most 128 letters, digits, and _.- such as mysfits/like:local",
    );
  }
  return [...earlier, value];
}

/** Rejects an empty value, which would mean the default. */
function nonEmpty(expected: string): (value: string) => string {
  return (value) => {
    if (value === "") {
      throw new InvalidArgumentError(`expected ${expected}`);
    }
    return value;
  };
}

function works(engine: string): boolean {
  return spawnSync(engine, ["info"], { stdio: "ignore" }).status === 0;
}

/** Git's output, or an empty string outside of a repository. */
function git(...args: string[]): string {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
}

/** Removes credentials from a remote's URL, because labels are public. */
function withoutPassword(remote: string): string {
  return remote.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
