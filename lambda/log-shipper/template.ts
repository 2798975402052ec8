import type { Backoff } from "./backoff.ts";
import { errorTypeOf, isRetriable } from "./bulk-results.ts";
import { ConnectionError, type Domain, type DomainRequest, type DomainResponse, RefusedError } from "./domain.ts";
import { EXTRA_FIELD, type FieldKind, LINE_FIELDS, ORIGIN_FIELDS } from "./fields.ts";
import type { Engine } from "./settings.ts";

const INDEX_PATTERN = "cwl-*";

/** Name of the index template, which the name of the retention policy begins with. */
const templateName = (project: string) => `${project}-cwl`;

/** Milliseconds that a request for the template or the policy may take. */
const REQUEST_LIMIT = 5_000;

/** Longer keywords stay in the document but are not indexed; Lucene rejects terms longer than 32,766 bytes. */
const KEYWORD = { type: "keyword", ignore_above: 1024 } as const;

type Mapping = Readonly<Record<string, unknown>>;

/** Template of the daily indices. It maps the known fields only; a line cannot add mappings. */
export const INDEX_TEMPLATE = {
  index_patterns: [INDEX_PATTERN],
  priority: 100,
  version: 3,
  template: {
    settings: {
      "index.number_of_shards": 1,
      // One replica, but none on a single node, where a replica would keep the index yellow forever.
      "index.auto_expand_replicas": "0-1",
      "index.refresh_interval": "5s",
      "index.mapping.total_fields.limit": 64,
      // More than all extras together have. Past the limit, which is 1,000,000 by default, a highlighting search, such as
      // one from Dashboards, fails on the index's shard, and its hits are missing.
      "index.highlight.max_analyzed_offset": 2_200_000,
    },
    mappings: {
      dynamic: false,
      properties: {
        ...nested(new Map([...ORIGIN_FIELDS, ...LINE_FIELDS])),
        [EXTRA_FIELD]: { ...KEYWORD, fields: { words: { type: "text" } } },
      },
    },
  },
} as const;

/**
 * Index State Management policy that deletes an index when it is `days` old. An index keeps the policy it was created
 * with.
 */
function retentionPolicy(days: number) {
  return {
    policy: {
      description: `Deletes an index of log lines after ${days} days`,
      default_state: "kept",
      states: [
        {
          name: "kept",
          actions: [],
          transitions: [{ state_name: "deleted", conditions: { min_index_age: `${days}d` } }],
        },
        { name: "deleted", actions: [{ delete: {} }], transitions: [] },
      ],
      ism_template: { index_patterns: [INDEX_PATTERN], priority: 100 },
    },
  };
}

/**
 * Puts the index template. Throws when the domain does not accept it: a document written without it would give that
 * day's index dynamic mappings, which cannot be changed afterwards.
 */
export async function putIndexTemplate(domain: Domain, project: string, backoff: Backoff): Promise<void> {
  for (;;) {
    const problem = await tryToPutTemplate(domain, project, backoff);
    if (problem === undefined) {
      return;
    }
    await backoff.pause(`index template: ${problem}`);
  }
}

async function tryToPutTemplate(domain: Domain, project: string, backoff: Backoff): Promise<string | undefined> {
  try {
    const { status, body } = await domain.send(
      put(`/_index_template/${templateName(project)}`, INDEX_TEMPLATE),
      Math.min(REQUEST_LIMIT, backoff.left),
    );
    if (status < 300) {
      return undefined;
    }
    if (isRetriable(status, errorTypeOf(body))) {
      return `${status} ${body.slice(0, 300)}`;
    }
    throw new RefusedError(`the search domain rejected the index template: ${status} ${body.slice(0, 300)}`);
  } catch (error) {
    if (error instanceof ConnectionError) {
      return error.message;
    }
    throw error;
  }
}

/**
 * Puts the retention policy unless the domain already has it, and adds it to indices that were created without one. Throws
 * a ConnectionError or RefusedError; there are no retries.
 */
export async function putRetentionPolicy(
  domain: Domain,
  project: string,
  engine: Engine,
  days: number,
  backoff: Backoff,
): Promise<void> {
  const policyId = `${templateName(project)}-retention`;
  const plugin = engine === "elasticsearch" ? "_opendistro" : "_plugins";
  const path = `/${plugin}/_ism/policies/${policyId}`;
  const limit = Math.min(REQUEST_LIMIT, backoff.left);
  const policy = retentionPolicy(days);

  const found = await domain.send({ method: "GET", path }, limit);
  if (found.status !== 200 && found.status !== 404) {
    throw refused(found);
  }
  const current = found.status === 200 ? JSON.parse(found.body) : undefined;
  if (current?.policy.description !== policy.policy.description) {
    // The plugin replaces a policy only if the request names the current revision.
    const revision = current && { if_seq_no: `${current._seq_no}`, if_primary_term: `${current._primary_term}` };
    const response = await domain.send(put(path, policy, revision), limit);
    // 409: a concurrent cold start has just put the same policy.
    if (response.status >= 300 && response.status !== 409) {
      throw refused(response);
    }
  }
  // The plugin attaches a policy by pattern only when an index is created, and leaves indices alone that have one.
  const added = await domain.send(
    {
      method: "POST",
      path: `/${plugin}/_ism/add/${INDEX_PATTERN}`,
      body: { type: "application/json", content: JSON.stringify({ policy_id: policyId }) },
    },
    limit,
  );
  // 404: there is no index yet.
  if (added.status >= 300 && added.status !== 404) {
    throw refused(added);
  }
}

function refused({ status, body }: DomainResponse): RefusedError {
  return new RefusedError(`the search domain rejected the retention policy: ${status} ${body.slice(0, 300)}`);
}

function put(path: string, content: object, query?: Readonly<Record<string, string>>): DomainRequest {
  return {
    method: "PUT",
    path,
    ...(query && { query }),
    body: { type: "application/json", content: JSON.stringify(content) },
  };
}

/** Turns mappings by path, such as `err.stack`, into the nested objects of a mapping. */
function nested(kinds: ReadonlyMap<string, FieldKind>): Mapping {
  const tree: Record<string, Mapping> = {};
  for (const [path, kind] of kinds) {
    const [first = "", ...rest] = path.split(".");
    if (rest.length === 0) {
      tree[first] = kind === "keyword" ? KEYWORD : { type: kind };
    } else {
      const inner = new Map(
        [...kinds]
          .filter(([other]) => other.startsWith(`${first}.`))
          .map(([other, otherKind]) => [other.slice(first.length + 1), otherKind]),
      );
      tree[first] = { properties: nested(inner) };
    }
  }
  return tree;
}
