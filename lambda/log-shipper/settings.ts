import * as z from "zod/mini";

export type Engine = "elasticsearch" | "opensearch";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ShipperSettings {
  /** Prefix of the project's names, without hyphens. */
  readonly project: string;
  /** The search domain's URL. */
  readonly endpoint: URL;
  readonly engine: Engine;
  readonly deadLetterQueueUrl: string;
  /** Days after which a day's index is deleted. */
  readonly retentionDays: number;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Thrown for invalid environment variables. The message has a line for each: name, value, and what was expected. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

// Every message completes the phrase "expected …". Secrets are never shown: see SECRET.
const environment = z.object({
  AWS_LAMBDA_FUNCTION_NAME: z
    .string()
    .check(
      z.regex(/^[a-z0-9]+-/, { error: "the function's name, which begins with the project's prefix and a hyphen" }),
    ),
  SEARCH_ENDPOINT: z.string().check(
    z.refine(isDomainUrl, {
      error: "a URL such as https://search-mysfits-abc.us-west-2.es.amazonaws.com (http only for localhost)",
    }),
  ),
  SEARCH_ENGINE: z.string().check(
    z.regex(/^(Elasticsearch_7\.10|OpenSearch_[123]\.\d+)$/, {
      error: "the domain's engine version, such as OpenSearch_2.19 or Elasticsearch_7.10",
    }),
  ),
  DEAD_LETTER_QUEUE_URL: z.url({ error: "the URL of an SQS queue" }),
  RETENTION_DAYS: z.string().check(z.regex(/^[1-9]\d{0,3}$/, { error: "a number of days from 1 to 9999" })),
  AWS_REGION: z.string().check(z.minLength(1, { error: "a region" })),
  AWS_ACCESS_KEY_ID: z.string().check(z.minLength(1, { error: "the role's access key ID" })),
  AWS_SECRET_ACCESS_KEY: z.string().check(z.minLength(1, { error: "the role's secret access key" })),
  AWS_SESSION_TOKEN: z.optional(z.string()),
});

const SECRET = new Set(["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);

/** Reads the environment variables that Lambda and Terraform set. Throws a SettingsError that names every invalid one. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): ShipperSettings {
  const read = environment.safeParse(env);
  if (!read.success) {
    throw new SettingsError(read.error.issues.map((issue) => describe(String(issue.path[0]), issue, env)).join("\n"));
  }
  const { data } = read;
  return {
    project: data.AWS_LAMBDA_FUNCTION_NAME.replace(/-.*/, ""),
    endpoint: new URL(data.SEARCH_ENDPOINT),
    engine: data.SEARCH_ENGINE.startsWith("Elasticsearch") ? "elasticsearch" : "opensearch",
    deadLetterQueueUrl: data.DEAD_LETTER_QUEUE_URL,
    retentionDays: Number(data.RETENTION_DAYS),
    region: data.AWS_REGION,
    credentials: {
      accessKeyId: data.AWS_ACCESS_KEY_ID,
      secretAccessKey: data.AWS_SECRET_ACCESS_KEY,
      ...(data.AWS_SESSION_TOKEN && { sessionToken: data.AWS_SESSION_TOKEN }),
    },
  };
}

/** True for an HTTPS URL, and for plain HTTP to localhost, which tests and the laptop use. */
export function isDomainUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && /^(127\.0\.0\.1|localhost)$/.test(url.hostname));
}

function describe(
  name: string,
  issue: { readonly message: string },
  env: Readonly<Record<string, string | undefined>>,
): string {
  const value = env[name];
  if (value === undefined) {
    return `${name} is missing`;
  }
  return `${name} is ${SECRET.has(name) ? "set, but not valid" : JSON.stringify(value)}: expected ${issue.message}`;
}
