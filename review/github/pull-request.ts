import { z } from "zod";
import type { GitHub } from "./client.ts";

/** The event of a workflow that another one's end started. Source: GitHub's description of the event `workflow_run`. */
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

export function runThatEnded(event: unknown): Run {
  return workflowRunEvent.parse(event).workflow_run;
}

/**
 * The open pull request that a run was for, or undefined when it is closed or has newer commits. Its number comes from
 * GitHub: what the run itself says may be a stranger's word.
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

/** Whether a run's code came from another repository, with another one's rights. */
export function isFork({ owner, repo }: GitHub, { head_repository }: Run): boolean {
  return head_repository.full_name !== `${owner}/${repo}`;
}
