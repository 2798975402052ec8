import { z } from "zod";
import type { GitHub } from "./client.ts";

/** Payload of the `workflow_run` event: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run */
const workflowRunEvent = z.object({
  workflow_run: z.object({
    id: z.number(),
    html_url: z.string(),
    conclusion: z.string().nullable(),
    head_sha: z.string(),
    head_branch: z.string(),
    head_repository: z.object({ full_name: z.string(), owner: z.object({ login: z.string() }) }),
  }),
});

export type Run = z.infer<typeof workflowRunEvent>["workflow_run"];

export function workflowRunOf(event: unknown): Run {
  return workflowRunEvent.parse(event).workflow_run;
}

/**
 * The open pull request of a run, or undefined if it is closed or has newer commits. The number comes from the
 * GitHub API because data from the run itself may be forged.
 */
export async function pullRequestOf({ api, ...repository }: GitHub, run: Run): Promise<number | undefined> {
  const { head_branch, head_sha, head_repository } = run;
  const { data } = await api.request("GET /repos/{owner}/{repo}/pulls", {
    ...repository,
    state: "open",
    head: `${head_repository.owner.login}:${head_branch}`,
  });
  return data.find(({ head }) => head.sha === head_sha && head.repo?.full_name === head_repository.full_name)?.number;
}

/** True for a run of code from another repository, such as a fork. */
export function isFork({ owner, repo }: GitHub, { head_repository }: Run): boolean {
  return head_repository.full_name !== `${owner}/${repo}`;
}
