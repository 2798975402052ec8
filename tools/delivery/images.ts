import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { credentials, isPushed, type PushedImage, requireCleanScan } from "./registry.ts";
import { ownImages, readRevision } from "./revision.ts";

const { parameter, tag } = new Command("node tools/delivery/images.ts")
  .description(
    "Builds and pushes the images of a service's task that are not in ECR yet, and checks the scan of each one.",
  )
  .requiredOption("--parameter <name>", "SSM parameter with the ARN of the service's task definition")
  .requiredOption("--tag <tag>", "tag of the images, such as a commit")
  .parse()
  .opts<{ parameter: string; tag: string }>();

for (const { program, repository } of ownImages(await readRevision(parameter))) {
  const image = { repository, tag };
  if (await isPushed(image)) {
    console.log(`${repository}:${tag} exists already`);
  } else {
    await run("npm", ["run", "image", "--", program, "--tag", `${repository}:${tag}`]);
    await push(image);
  }
  await requireCleanScan(image);
  console.log(`${repository}:${tag} has no critical findings`);
}

async function push(image: PushedImage): Promise<void> {
  const { user, password } = await credentials();
  const registry = image.repository.slice(0, image.repository.indexOf("/"));
  await run("docker", ["login", "--username", user, "--password-stdin", registry], password);
  try {
    await run("docker", ["push", `${image.repository}:${image.tag}`]);
  } catch (error) {
    // The other pipeline builds the same commit, including sidecars, and may have pushed this tag first.
    if (!(await isPushed(image))) {
      throw error;
    }
  }
}

/** Runs a command and shows its output. Throws if it fails. */
async function run(command: string, args: readonly string[], input = ""): Promise<void> {
  const child = spawn(command, args, { stdio: ["pipe", "inherit", "inherit"] });
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`${command} ${args[0]} failed with exit code ${code}`);
  }
}
