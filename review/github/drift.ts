import { readFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { gitHub, runUrl } from "./client.ts";
import { driftIssue } from "./drift-issue.ts";

// Runs after the nightly plan of the main branch.

const review = z.object({
  environment: z.string(),
  stacks: z.array(
    z.object({
      outcome: z.string(),
      resources: z.array(z.unknown()),
      drift: z.array(z.unknown()),
      outputs: z.array(z.unknown()),
    }),
  ),
});

const program = new Command("drift")
  .description("Opens, updates or closes the issue that says whether an environment is as main describes it.")
  .requiredOption("--json <file>", "the review as JSON")
  .requiredOption("--markdown <file>", "the review as Markdown")
  .action(async ({ json, markdown }: { json: string; markdown: string }) => {
    const { environment, stacks } = review.parse(JSON.parse(readFileSync(json, "utf8")));
    const isAsDescribed = stacks.every(
      ({ outcome, resources, drift, outputs }) =>
        outcome === "planned" && resources.length + drift.length + outputs.length === 0,
    );
    const report = isAsDescribed ? undefined : `${readFileSync(markdown, "utf8")}\n\n[Run](${runUrl()})\n`;
    console.log(`issue: ${await driftIssue(gitHub(), { environment, report })}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
