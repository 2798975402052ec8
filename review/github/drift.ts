import { readFileSync } from "node:fs";
import { Command } from "commander";
import { reviewJson } from "../json.ts";
import { isAsDescribed } from "./as-described.ts";
import { gitHub, runUrl } from "./client.ts";
import { driftIssue } from "./drift-issue.ts";

// Runs after the nightly plan of the main branch.

const program = new Command("drift")
  .description("Opens, updates or closes the issue that says whether an environment is as main describes it.")
  .requiredOption("--json <file>", "the review as JSON")
  .requiredOption("--markdown <file>", "the review as Markdown")
  .action(async ({ json, markdown }: { json: string; markdown: string }) => {
    const review = reviewJson.parse(JSON.parse(readFileSync(json, "utf8")));
    const { environment } = review;
    const report = isAsDescribed(review) ? undefined : `${readFileSync(markdown, "utf8")}\n\n[Run](${runUrl()})\n`;
    console.log(`issue: ${await driftIssue(gitHub(), { environment, report })}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
