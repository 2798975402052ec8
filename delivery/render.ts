import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { render } from "./rendering.ts";
import { readRevision } from "./revision.ts";

const { parameter, tag, out, hook, capacityProvider } = new Command("node delivery/render.ts")
  .description("Writes the files of a release: a service's newest configuration with the images of one build.")
  .requiredOption("--parameter <name>", "SSM parameter that holds the ARN of the service's task definition")
  .requiredOption("--tag <tag>", "tag of the images, such as a commit")
  .requiredOption("--out <folder>", "where the files go")
  .option("--hook <function>", "for a blue/green release: Lambda function that tries the green side")
  .option("--capacity-provider <name>", "for a blue/green release: where its tasks run", "FARGATE")
  .parse()
  .opts<{ parameter: string; tag: string; out: string; hook?: string; capacityProvider: string }>();

const files = render(await readRevision(parameter), { tag, blueGreen: hook ? { hook, capacityProvider } : undefined });
await mkdir(out, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  await writeFile(join(out, name), text);
  console.log(join(out, name));
}
