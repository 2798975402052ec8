import type { GitHub } from "./client.ts";

/** GitHub refuses a longer comment. */
const MOST_CHARACTERS = 65_536;

/** Stands at the beginning of our comment, where people do not see it, and tells it from all others. */
const MARK = "<!-- mysfits: plan review -->";

export type Outcome = "created" | "updated" | "left as it is";

/**
 * Keeps one comment on a pull request: the first time it is written, later it is changed in its place. Only what a workflow
 * wrote counts as ours, because anybody can write the mark.
 */
export async function stickyComment({ api, ...repository }: GitHub, number: number, text: string): Promise<Outcome> {
  const body = `${MARK}\n${text}`;
  if (body.length > MOST_CHARACTERS) {
    throw new Error(`the comment has ${body.length} characters: GitHub takes ${MOST_CHARACTERS}`);
  }
  const comments = await api.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
    ...repository,
    issue_number: number,
    per_page: 100,
  });
  const [ours, ...strays] = comments.filter(({ user, body }) => user?.type === "Bot" && body?.startsWith(MARK));
  // Two runs at once may both have found none.
  for (const { id: comment_id } of strays) {
    await api.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...repository, comment_id });
  }
  if (ours === undefined) {
    await api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...repository,
      issue_number: number,
      body,
    });
    return "created";
  }
  if (ours.body === body) {
    return "left as it is";
  }
  await api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
    ...repository,
    comment_id: ours.id,
    body,
  });
  return "updated";
}
