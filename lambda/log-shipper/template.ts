import type { Backoff } from "./backoff.ts";
import { isRetriable } from "./bulk.ts";
import { ConnectionError, type Domain, type DomainRequest, type DomainResponse, RefusedError } from "./domain.ts";
import { EXTRA_FIELD, type FieldKind, LINE_FIELDS, ORIGIN_FIELDS } from "./fields.ts";
import type { Engine } from "./settings.ts";

const INDEX_PATTERN = "cwl-*";
const TEMPLATE_PATH = "/_index_template/mysfits-cwl";
const POLICY_ID = "mysfits-cwl-retention";

/** Milliseconds that a request for the template or the policy may take. */
const REQUEST_LIMIT = 5_000;

/** Longer keywords stay in the document and are not indexed; Lucene refuses terms above 32,766 bytes. */
const KEYWORD = { type: "keyword", ignore_above: 1024 } as const;

type Mapping = Readonly<Record<string, unknown>>;

/** What every day's index starts with: our fields and no others, whatever a line holds. */
export const INDEX_TEMPLATE = {
  index_patterns: [INDEX_PATTERN],
  priority: 100,
  version: 1,
  template: {
    settings: {
      "index.number_of_shards": 1,
      // None on a single node, which would stay yellow for ever with one; one copy everywhere else.
      "index.auto_expand_replicas": "0-1",
      "index.refresh_interval": "5s",
      "index.mapping.total_fields.limit": 64,
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

/** The index state policy that deletes a day's index when it is `days` old. Indices keep the policy they were made under. */
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
 * Puts the index template. Throws when the domain does not take it: a document written without it would give that
 * day's index guessed mappings, which cannot be changed afterwards.
 */
export async function putIndexTemplate(domain: Domain, backoff: Backoff): Promise<void> {
  for (;;) {
    const trouble = await tryToPutTemplate(domain, backoff);
    if (trouble === undefined) {
      return;
    }
    await backoff.pause(`index template: ${trouble}`);
  }
}

async function tryToPutTemplate(domain: Domain, backoff: Backoff): Promise<string | undefined> {
  try {
    const { status, body } = await domain.send(
      put(TEMPLATE_PATH, INDEX_TEMPLATE),
      Math.min(REQUEST_LIMIT, backoff.left),
    );
    if (status < 300) {
      return undefined;
    }
    if (isRetriable(status)) {
      return `${status} ${body.slice(0, 300)}`;
    }
    throw new RefusedError(`the search domain refuses the index template: ${status} ${body.slice(0, 300)}`);
  } catch (error) {
    if (error instanceof ConnectionError) {
      return error.message;
    }
    throw error;
  }
}

/** Puts the retention policy unless the domain has it already. Throws a ConnectionError or RefusedError, after a single try. */
export async function putRetentionPolicy(
  domain: Domain,
  engine: Engine,
  days: number,
  backoff: Backoff,
): Promise<void> {
  const plugin = engine === "elasticsearch" ? "_opendistro" : "_plugins";
  const path = `/${plugin}/_ism/policies/${POLICY_ID}`;
  const limit = Math.min(REQUEST_LIMIT, backoff.left);
  const policy = retentionPolicy(days);

  const found = await domain.send({ method: "GET", path }, limit);
  if (found.status !== 200 && found.status !== 404) {
    throw refused(found);
  }
  const current = found.status === 200 ? JSON.parse(found.body) : undefined;
  if (current?.policy.description === policy.policy.description) {
    return;
  }
  // The plugin replaces a policy only for a caller who names the revision that it replaces.
  const revision = current && { if_seq_no: `${current._seq_no}`, if_primary_term: `${current._primary_term}` };
  const answer = await domain.send(put(path, policy, revision), limit);
  // 409: another cold start was faster, with the same policy.
  if (answer.status >= 300 && answer.status !== 409) {
    throw refused(answer);
  }
}

function refused({ status, body }: DomainResponse): RefusedError {
  return new RefusedError(`the search domain refuses the retention policy: ${status} ${body.slice(0, 300)}`);
}

function put(path: string, content: object, query?: Readonly<Record<string, string>>): DomainRequest {
  return {
    method: "PUT",
    path,
    ...(query && { query }),
    body: { type: "application/json", content: JSON.stringify(content) },
  };
}

/** Mappings by path, such as `err.stack`, as the tree of objects that the domain wants. */
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
