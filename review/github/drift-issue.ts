import type { GitHub } from "./client.ts";

export type Outcome = "opened" | "updated" | "left as it is" | "closed" | "nothing to do";

/** Finds the one issue again, and lets people filter for it. */
const LABEL = "drift";

/**
 * Keeps one open issue about an environment that is not as the main branch describes it, and closes it when it is again. An
 * issue that a person closed stays closed; the next drift opens another.
 */
export async function driftIssue(
  { api, ...repository }: GitHub,
  { environment, report }: { readonly environment: string; readonly report: string | undefined },
): Promise<Outcome> {
  const title = `${environment} is not as main describes it`;
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
    return "left as it is";
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
      body: "The last plan found nothing to change.",
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
