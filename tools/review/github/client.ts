import { readFileSync } from "node:fs";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";

/** The repository of the current workflow job, with an API client. */
export interface GitHub {
  readonly api: InstanceType<typeof Client>;
  readonly owner: string;
  readonly repo: string;
}

const Client = Octokit.plugin(paginateRest);

/** Default variables of GitHub Actions: https://docs.github.com/actions/reference/workflows-and-actions/variables */
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

/** Payload of the event that triggered the workflow. */
export function event(environment: Environment = process.env): unknown {
  return JSON.parse(readFileSync(need(environment, "GITHUB_EVENT_PATH"), "utf8"));
}

/** Web page of the workflow run. */
export function runUrl(environment: Environment = process.env): string {
  const { GITHUB_SERVER_URL = "https://github.com" } = environment;
  return `${GITHUB_SERVER_URL}/${need(environment, "GITHUB_REPOSITORY")}/actions/runs/${need(environment, "GITHUB_RUN_ID")}`;
}

function need(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`${name} is not set: this program runs in a GitHub Actions job`);
  }
  return value;
}
