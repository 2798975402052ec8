import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

// The part of GitHub's REST API that the workflows use (https://docs.github.com/rest): pagination, token checks, the limit for
// comment bodies, and 404 for unknown resources.

export interface Comment {
  readonly id: number;
  readonly user: { readonly login: string; readonly type: "Bot" | "User" };
  body: string;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  body: string;
  state: "open" | "closed";
  readonly labels: readonly { readonly name: string }[];
  readonly pull_request?: object;
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

export interface GitHubServer {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly comments: Map<number, Comment[]>;
  readonly issues: Issue[];
  readonly pulls: PullRequest[];
  /** Method and path of each request, in order. */
  readonly requests: string[];
  stop(): Promise<void>;
}

const TOKEN = "workflow-token";
const REPOSITORY = "octo/mysfits";
const BOT = { login: "github-actions[bot]", type: "Bot" } as const;
const MAX_BODY_CHARACTERS = 65_536;

type Response = { status: number; body?: unknown; link?: string };
type Handler = (request: {
  /** Captured groups of the path pattern. */
  params: string[];
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}) => Response;

export async function startGitHub(): Promise<GitHubServer> {
  const comments = new Map<number, Comment[]>();
  const issues: Issue[] = [];
  const pulls: PullRequest[] = [];
  const requests: string[] = [];
  let lastId = 1000;

  const routes: [method: string, path: RegExp, handler: Handler][] = [
    [
      "GET",
      /^\/issues\/(\d+)\/comments$/,
      ({ params: [number], path, query }) => page(comments.get(Number(number)) ?? [], path, query),
    ],
    [
      "POST",
      /^\/issues\/(\d+)\/comments$/,
      ({ params: [number], body }) => {
        if (String(body.body).length > MAX_BODY_CHARACTERS) {
          return { status: 422, body: { message: "Body is too long (maximum is 65536 characters)" } };
        }
        const comment: Comment = { id: ++lastId, user: BOT, body: String(body.body) };
        comments.set(Number(number), [...(comments.get(Number(number)) ?? []), comment]);
        return { status: 201, body: comment };
      },
    ],
    ["PATCH", /^\/issues\/comments\/(\d+)$/, ({ params: [id], body }) => change(findComment(id), body)],
    [
      "DELETE",
      /^\/issues\/comments\/(\d+)$/,
      ({ params: [id] }) => {
        for (const [number, all] of comments) {
          comments.set(
            number,
            all.filter((comment) => comment.id !== Number(id)),
          );
        }
        return { status: 204 };
      },
    ],
    [
      "GET",
      /^\/pulls$/,
      ({ path, query }) =>
        page(
          pulls.filter(
            ({ state, head }) =>
              state === query.get("state") && query.get("head") === `${head.repo?.full_name.split("/")[0]}:${head.ref}`,
          ),
          path,
          query,
        ),
    ],
    [
      "GET",
      /^\/issues$/,
      ({ path, query }) =>
        page(
          issues.filter(
            ({ state, labels }) =>
              state === query.get("state") && labels.some(({ name }) => name === query.get("labels")),
          ),
          path,
          query,
        ),
    ],
    [
      "POST",
      /^\/issues$/,
      ({ body }) => {
        const labels = (body.labels as string[]).map((name) => ({ name }));
        const issue: Issue = {
          number: ++lastId,
          title: String(body.title),
          body: String(body.body),
          state: "open",
          labels,
        };
        issues.push(issue);
        return { status: 201, body: issue };
      },
    ],
    [
      "PATCH",
      /^\/issues\/(\d+)$/,
      ({ params: [number], body }) =>
        change(
          issues.find((issue) => issue.number === Number(number)),
          body,
        ),
    ],
  ];

  function findComment(id: string | undefined): Comment | undefined {
    return [...comments.values()].flat().find((comment) => comment.id === Number(id));
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    requests.push(`${request.method} ${url.pathname}`);
    const { status, body, link } = await respond(request, url);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...(link && { link }) });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });

  async function respond(request: IncomingMessage, url: URL): Promise<Response> {
    if (request.headers.authorization !== `token ${TOKEN}`) {
      return { status: 401, body: { message: "Bad credentials" } };
    }
    const path = url.pathname.replace(`/repos/${REPOSITORY}`, "");
    const body = await bodyOf(request);
    for (const [method, pattern, handler] of routes) {
      const match = pattern.exec(path);
      if (method === request.method && match !== null) {
        return handler({ params: match.slice(1), path: url.pathname, query: url.searchParams, body });
      }
    }
    return { status: 404, body: { message: "Not Found" } };
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function page(all: readonly unknown[], path: string, query: URLSearchParams): Response {
    const size = Number(query.get("per_page") ?? 30);
    const number = Number(query.get("page") ?? 1);
    const next = new URLSearchParams(query);
    next.set("page", String(number + 1));
    const isLast = number * size >= all.length;
    return {
      status: 200,
      body: all.slice((number - 1) * size, number * size),
      ...(!isLast && { link: `<${url}${path}?${next}>; rel="next"` }),
    };
  }

  return {
    url,
    environment: { GITHUB_API_URL: url, GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: REPOSITORY, GITHUB_RUN_ID: "42" },
    comments,
    issues,
    pulls,
    requests,
    stop: () => new Promise((stopped) => server.close(() => stopped())),
  };
}

function change(found: object | undefined, values: object): Response {
  return found === undefined
    ? { status: 404, body: { message: "Not Found" } }
    : { status: 200, body: Object.assign(found, values) };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
}
