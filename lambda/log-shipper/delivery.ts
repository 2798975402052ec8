import type { Backoff } from "./backoff.ts";
import {
  type BulkEntry,
  type BulkResults,
  bulkBody,
  cut,
  isRetriable,
  RESPONSE_FILTER,
  type Rejection,
  readResults,
} from "./bulk.ts";
import { ConnectionError, type Domain, type DomainResponse, RefusedError } from "./domain.ts";

/** How a set of documents was settled: each one is in the domain or rejected by it. */
export interface Delivery {
  readonly created: number;
  readonly existing: number;
  readonly rejected: readonly Rejection[];
  /** Documents sent again, counted once per time. */
  readonly retried: number;
}

/** Milliseconds that one bulk request may take. */
const REQUEST_LIMIT = 20_000;

/** How long the domain itself waits for a missing shard before it answers 503. Its default, a minute, outlives the function. */
const SHARD_WAIT = "5s";

/**
 * Writes every document or learns that the domain rejects it. Throws an UnavailableError when some are neither by the
 * time the back-off ends, and a RefusedError when the domain will not let us write at all; documents may have been
 * written by then, and doing it all over is safe.
 */
export async function deliver(entries: readonly BulkEntry[], domain: Domain, backoff: Backoff): Promise<Delivery> {
  const rejected: Rejection[] = [];
  let created = 0;
  let existing = 0;
  let retried = 0;
  let waiting = entries;
  for (;;) {
    const retriable: BulkEntry[] = [];
    let trouble = "";
    for (const batch of cut(waiting)) {
      // A domain that just failed is not asked again within the same round.
      const results = trouble ? untouched(batch, trouble) : await write(batch, domain, backoff);
      created += results.created;
      existing += results.existing;
      rejected.push(...results.rejected);
      retriable.push(...results.retriable);
      trouble ||= results.trouble ?? "";
    }
    if (retriable.length === 0) {
      return { created, existing, rejected, retried };
    }
    await backoff.pause(`${retriable.length} of ${entries.length} documents: ${trouble}`);
    retried += retriable.length;
    waiting = retriable;
  }
}

async function write(batch: readonly BulkEntry[], domain: Domain, backoff: Backoff): Promise<BulkResults> {
  let response: DomainResponse;
  try {
    response = await domain.send(
      {
        method: "POST",
        path: "/_bulk",
        query: { timeout: SHARD_WAIT, filter_path: RESPONSE_FILTER },
        body: { type: "application/x-ndjson", content: bulkBody(batch) },
      },
      Math.min(REQUEST_LIMIT, backoff.left),
    );
  } catch (error) {
    if (error instanceof ConnectionError) {
      return untouched(batch, error.message);
    }
    throw error;
  }
  const { status, body } = response;
  if (status === 200) {
    return readResults(batch, body);
  }
  if (isRetriable(status, errorTypeOf(body))) {
    return untouched(batch, `${status} ${body.slice(0, 300)}`);
  }
  if (status === 400 || status === 413) {
    return writeInHalves(batch, response, domain, backoff);
  }
  throw new RefusedError(`the search domain refuses to be written to: ${status} ${body.slice(0, 300)}`);
}

/** One document too large or malformed spoils a whole request: halving finds it and lets the others through. */
async function writeInHalves(
  batch: readonly BulkEntry[],
  { status, body }: DomainResponse,
  domain: Domain,
  backoff: Backoff,
): Promise<BulkResults> {
  const [only] = batch;
  if (batch.length === 1 && only) {
    return {
      created: 0,
      existing: 0,
      rejected: [{ entry: only, reason: `${status} ${body.slice(0, 300)}` }],
      retriable: [],
    };
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await write(batch.slice(0, middle), domain, backoff);
  const second = await write(batch.slice(middle), domain, backoff);
  const trouble = first.trouble ?? second.trouble;
  return {
    created: first.created + second.created,
    existing: first.existing + second.existing,
    rejected: [...first.rejected, ...second.rejected],
    retriable: [...first.retriable, ...second.retriable],
    ...(trouble !== undefined && { trouble }),
  };
}

function untouched(batch: readonly BulkEntry[], trouble: string): BulkResults {
  return { created: 0, existing: 0, rejected: [], retriable: batch, trouble };
}

function errorTypeOf(body: string): string | undefined {
  try {
    return JSON.parse(body)?.error?.type;
  } catch {
    return undefined;
  }
}
