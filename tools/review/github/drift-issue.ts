import type { GitHub } from "./client.ts";

export type Outcome = "opened" | "updated" | "unchanged" | "closed" | "nothing to do";

/** Identifies the drift issue and lets people filter for it. */
const LABEL = "drift";

/**
 * Keeps one open issue while an environment differs from main, and closes it when it no longer does. Does not reopen an
 * issue closed by a person; the next drift opens a new one.
 */
export async function driftIssue(
  { api, ...repository }: GitHub,
  { environment, report }: { readonly environment: string; readonly report: string | undefined },
): Promise<Outcome> {
  const title = `${environment} differs from main`;
  const issues = await api.paginate("GET /repos/{owner}/{repo}/issues", {
    ...repository,
    state: "open",
    labels: LABEL,
    per_page: 100,
  });
  const open = issues.find((issue) => issue.title === title && issue.pull_request === undefined);
  if (report === undefined) {
    return open === undefined ? "nothing to do" : close(open.number);
  }
  if (open === undefined) {
    await api.request("POST /repos/{owner}/{repo}/issues", { ...repository, title, body: report, labels: [LABEL] });
    return "opened";
  }
  if (open.body === report) {
    return "unchanged";
  }
  await api.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
    ...repository,
    issue_number: open.number,
    body: report,
  });
  return "updated";

  async function close(issue_number: number): Promise<Outcome> {
    await api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...repository,
      issue_number,
      body: "The latest plan found no differences.",
    });
    await api.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      ...repository,
      issue_number,
      state: "closed",
      state_reason: "completed",
    });
    return "closed";
  }
}
