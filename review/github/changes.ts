import { readFileSync } from "node:fs";
import { Command } from "commander";
import { reviewJson } from "../json.ts";

// Spares people the approval of a deployment that would do nothing.

const program = new Command("changes")
  .description("Prints an output for a workflow: whether there is anything to apply.")
  .argument("<file>", "the review as JSON")
  .action((file: string) => {
    const review = reviewJson.parse(JSON.parse(readFileSync(file, "utf8")));
    // Applying takes nothing back of which only the world outside has changed, and leaves stacks alone that the code does not have.
    const changes = review.stacks.some(({ resources, outputs }) => resources.length + outputs.length > 0);
    console.log(`changes=${changes}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
