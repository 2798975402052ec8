import { Command } from "commander";
import { event, gitHub, runUrl } from "./client.ts";
import { commentText } from "./comment.ts";
import { driftIssue } from "./drift-issue.ts";
import { gate } from "./gate.ts";
import { isFork, pullRequestOf, workflowRunOf } from "./pull-request.ts";
import { hasChanges, isAsDescribed, readReview, readText } from "./review-file.ts";
import { stickyComment } from "./sticky-comment.ts";

// The steps of the GitHub workflows that need more than a shell command. See docs/pull-requests.md.

const program = new Command("github").description("Steps of the GitHub workflows that use a plan review.");

program
  .command("comment")
  .description("Creates or updates the review comment on the pull request of the completed workflow run.")
  .argument("<file>", "the review as Markdown; may be missing")
  .action(async (file: string) => {
    // The token can write to pull requests, and the review comes from the code of one: to this step, it is untrusted text.
    const github = gitHub();
    const run = workflowRunOf(event());
    const number = await pullRequestOf(github, run);
    if (number === undefined) {
      console.log(`no comment: no open pull request is at ${run.head_sha}`);
      return;
    }
    const text = commentText(file, run, isFork(github, run));
    console.log(`comment on #${number} ${await stickyComment(github, number, text)}`);
  });

program
  .command("gate")
  .description("Exits with code 1 when the review has a danger and the pull request does not have the label.")
  .argument("<file>", "the review as JSON")
  .requiredOption("--label <name>", "the label that accepts the dangers")
  .action((file: string, { label }: { label: string }) => {
    const { passes, message } = gate(readReview(file), event(), label);
    if (passes) {
      console.log(message);
    } else {
      console.error(message);
      process.exitCode = 1;
    }
  });

program
  .command("changes")
  .description("Prints a workflow output that says whether there is anything to apply.")
  .argument("<file>", "the review as JSON")
  .action((file: string) => {
    console.log(`changes=${hasChanges(readReview(file))}`);
  });

program
  .command("drift")
  .description("Opens, updates, or closes the issue about differences between an environment and main.")
  .requiredOption("--json <file>", "the review as JSON")
  .requiredOption("--markdown <file>", "the review as Markdown")
  .action(async ({ json, markdown }: { json: string; markdown: string }) => {
    const review = readReview(json);
    const report = isAsDescribed(review) ? undefined : `${readText(markdown)}\n\n[Run](${runUrl()})\n`;
    console.log(`issue: ${await driftIssue(gitHub(), { environment: review.environment, report })}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
