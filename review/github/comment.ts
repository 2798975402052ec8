import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { event, gitHub } from "./client.ts";
import { isFork, pullRequestOf, type Run, runThatEnded } from "./pull-request.ts";
import { stickyComment } from "./sticky-comment.ts";

// Runs in a workflow of the main branch when a pull request's plan has ended, and is the only part with a token that can write.
// The review in the file is the work of the pull request's own code: text to show, and nothing else.

const FOREIGN =
  "> From a fork, and made by its own code: read what it changes in `review/`, `deploy/` and `.github/` before you believe it.";

const program = new Command("comment")
  .description("Puts the review of the run that ended on its pull request, in place of the last one.")
  .argument("<file>", "the review as Markdown; it may be missing")
  .action(async (file: string) => {
    const github = gitHub();
    const run = runThatEnded(event());
    const number = await pullRequestOf(github, run);
    if (number === undefined) {
      console.log(`no open pull request is at ${run.head_sha} (any more): nothing to say`);
      return;
    }
    const text = textOf(file, run, isFork(github, run));
    console.log(`comment on #${number} ${await stickyComment(github, number, text)}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function textOf(file: string, run: Run, isForeign: boolean): string {
  const signature = `\n\n<sub>${run.head_sha.slice(0, 12)}, [run](${run.html_url})</sub>\n`;
  if (!existsSync(file)) {
    return `The plan ended as "${run.conclusion}" and left no review; [its log](${run.html_url}) says why.${signature}`;
  }
  const review = readFileSync(file, "utf8");
  return isForeign ? `${FOREIGN}\n\n${withoutMentions(review)}${signature}` : `${review}${signature}`;
}

/** Lets a stranger's text call nobody: a mark of no width keeps GitHub from reading a name. */
function withoutMentions(text: string): string {
  return text.replace(/@(?=\w)/g, "@\u2060");
}
