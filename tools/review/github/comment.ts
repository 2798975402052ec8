import { existsSync } from "node:fs";
import type { Run } from "./pull-request.ts";
import { readText } from "./review-file.ts";

const FROM_FORK =
  "> From a fork and created by the fork's own code: check its changes in `tools/review/`, `tools/deploy/`, and `.github/` before you trust this review.";

/** The comment for a completed run. Mentions in the review of a fork are disabled. */
export function commentText(file: string, run: Run, isFromFork: boolean): string {
  const signature = `\n\n<sub>${run.head_sha.slice(0, 12)}, [run](${run.html_url})</sub>\n`;
  if (!existsSync(file)) {
    return `The plan ended with "${run.conclusion}" and without a review. See [its log](${run.html_url}).${signature}`;
  }
  const review = readText(file);
  return isFromFork ? `${FROM_FORK}\n\n${withoutMentions(review)}${signature}` : `${review}${signature}`;
}

/** Inserts a zero-width character after every @ so that GitHub does not notify users. */
function withoutMentions(text: string): string {
  return text.replace(/@(?=\w)/g, "@\u2060");
}
