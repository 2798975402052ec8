import type { GitHub } from "./client.ts";

/** GitHub's limit for a comment: https://docs.github.com/rest/issues/comments */
const MAX_CHARACTERS = 65_536;

/** Invisible first line that identifies the review comment. */
const MARK = "<!-- mysfits: plan review -->";

export type Outcome = "created" | "updated" | "unchanged";

/**
 * Creates the review comment on a pull request or updates it in place. Only comments by bots count, because any user can
 * write the mark.
 */
export async function stickyComment({ api, ...repository }: GitHub, number: number, text: string): Promise<Outcome> {
  const body = `${MARK}\n${text}`;
  if (body.length > MAX_CHARACTERS) {
    throw new Error(`the comment has ${body.length} characters, more than GitHub's limit of ${MAX_CHARACTERS}`);
  }
  const comments = await api.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    ...repository,
    issue_number: number,
    per_page: 100,
  });
  const [existing, ...duplicates] = comments.filter(({ user, body }) => user?.type === "Bot" && body?.startsWith(MARK));
  // Two concurrent runs may both have created one.
  for (const { id: comment_id } of duplicates) {
    await api.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...repository, comment_id });
  }
  if (existing === undefined) {
    await api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...repository,
      issue_number: number,
      body,
    });
    return "created";
  }
  if (existing.body === body) {
    return "unchanged";
  }
  await api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
    ...repository,
    comment_id: existing.id,
    body,
  });
  return "updated";
}
