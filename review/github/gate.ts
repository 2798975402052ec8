import { readFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { reviewJson } from "../json.ts";
import { event } from "./client.ts";

// Says no to a pull request whose review found a danger, until somebody who may label pull requests says yes.

const pullRequest = z.object({
  pull_request: z.object({ labels: z.array(z.object({ name: z.string() })) }),
});

const program = new Command("gate")
  .description("Ends with code 1 when a review found a danger and the pull request does not carry the label.")
  .argument("<file>", "the review as JSON")
  .requiredOption("--label <name>", "the label by which a person takes the dangers on")
  .action((file: string, { label }: { label: string }) => {
    const { counts } = reviewJson.parse(JSON.parse(readFileSync(file, "utf8")));
    const { labels } = pullRequest.parse(event()).pull_request;
    const dangers = counts.danger;
    const isApproved = labels.some(({ name }) => name === label);
    if (dangers === 0) {
      console.log("no danger found");
    } else if (isApproved) {
      console.log(`${found(dangers)}, and "${label}" takes them on`);
    } else {
      console.error(`${found(dangers)}: read the review, and label the pull request "${label}" to take them on`);
      process.exitCode = 1;
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function found(dangers: number): string {
  return dangers === 1 ? "1 danger found" : `${dangers} dangers found`;
}
