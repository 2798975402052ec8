import { readFileSync } from "node:fs";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";

/** A repository on GitHub, as a workflow's job reaches it. */
export interface GitHub {
  readonly api: InstanceType<typeof Client>;
  readonly owner: string;
  readonly repo: string;
}

const Client = Octokit.plugin(paginateRest);

/** What GitHub Actions gives every job: https://docs.github.com/actions/reference/workflows-and-actions/variables */
type Environment = Readonly<Record<string, string | undefined>>;

export function gitHub(environment: Environment = process.env): GitHub {
  const [owner, repo] = need(environment, "GITHUB_REPOSITORY").split("/");
  if (!owner || !repo) {
    throw new Error(`GITHUB_REPOSITORY is "${environment.GITHUB_REPOSITORY}": expected OWNER/NAME`);
  }
  const api = new Client({
    auth: need(environment, "GITHUB_TOKEN"),
    baseUrl: environment.GITHUB_API_URL ?? "https://api.github.com",
  });
  return { api, owner, repo };
}

/** The event that started the workflow, as GitHub describes it. */
export function event(environment: Environment = process.env): unknown {
  return JSON.parse(readFileSync(need(environment, "GITHUB_EVENT_PATH"), "utf8"));
}

/** Where a person sees the run of the workflow. */
export function runUrl(environment: Environment = process.env): string {
  const { GITHUB_SERVER_URL = "https://github.com" } = environment;
  return `${GITHUB_SERVER_URL}/${need(environment, "GITHUB_REPOSITORY")}/actions/runs/${need(environment, "GITHUB_RUN_ID")}`;
}

function need(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`${name} is missing: this runs in a job of GitHub Actions`);
  }
  return value;
}
