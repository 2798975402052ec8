import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { type BlueGreen, render } from "./release-files.ts";
import { readPlacement, readRevision } from "./revision.ts";

const { parameter, tag, out, hook, placement } = new Command("node tools/delivery/render.ts")
  .description("Writes the files of a release: a service's newest configuration with the images of one build.")
  .requiredOption("--parameter <name>", "SSM parameter with the ARN of the service's task definition")
  .requiredOption("--tag <tag>", "tag of the images, such as a commit")
  .requiredOption("--out <folder>", "folder for the files")
  .option("--hook <function>", "for a blue/green release: Lambda function that tests the green side")
  .option("--placement <name>", "for a blue/green release: SSM parameter with the network and capacity of its tasks")
  .parse()
  .opts<{ parameter: string; tag: string; out: string; hook?: string; placement?: string }>();

const files = render(await readRevision(parameter), { tag, blueGreen: await blueGreen() });
await mkdir(out, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  await writeFile(join(out, name), text);
  console.log(join(out, name));
}

async function blueGreen(): Promise<BlueGreen | undefined> {
  if (!hook && !placement) {
    return undefined;
  }
  if (!hook || !placement) {
    throw new Error("a blue/green release needs both --hook and --placement, a rolling release neither");
  }
  return { hook, placement: await readPlacement(placement) };
}
