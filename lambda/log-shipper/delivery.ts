import type { Backoff } from "./backoff.ts";
import { type Batch, Batches, type BulkEntry, bulkBody } from "./bulk.ts";
import {
  type BulkResults,
  errorTypeOf,
  isRetriable,
  RESPONSE_FILTER,
  type Rejection,
  readResults,
} from "./bulk-results.ts";
import { ConnectionError, type Domain, type DomainResponse, RefusedError } from "./domain.ts";

/** Outcome for a set of documents, each of which is either in the domain or rejected by it, unless its index is unfinished. */
export interface Delivery {
  readonly created: number;
  readonly existing: number;
  readonly rejected: readonly Rejection[];
  /** Retries, summed over all documents. */
  readonly retried: number;
  /** Indices with documents that were still neither written nor rejected after the last attempt, and why. */
  readonly unfinished?: { readonly indices: ReadonlySet<string>; readonly error: Error };
}

/** Milliseconds that one bulk request may take. */
const REQUEST_LIMIT = 20_000;

/**
 * The domain's own wait for a missing shard before it answers 503. The default is one minute, longer than the function
 * runs. The first request of a day may still take half a minute when no shard can be allocated, because creating the index
 * has a wait of its own; REQUEST_LIMIT ends that one, and the next attempt finds the documents already written.
 */
const SHARD_WAIT = "5s";

/**
 * Writes every document that the domain does not reject. Each index has its own requests, so that an index that cannot be
 * written does not delay the others. Throws a RefusedError when the domain does not allow writing at all. Some documents may
 * have been written by then; delivering all of them again is safe, as it is for an unfinished index.
 *
 * @param indices documents by index
 * @param total number of documents
 */
export async function deliver(
  indices: ReadonlyMap<string, Iterable<BulkEntry>>,
  total: number,
  domain: Domain,
  backoff: Backoff,
): Promise<Delivery> {
  const tally: Tally = { created: 0, existing: 0, rejected: [] };
  let retried = 0;
  let waiting = new Map([...indices].map(([index, entries]) => [index, new Batches(entries)]));
  for (;;) {
    const blocked = new Map<string, Batches>();
    let problem = "";
    let returned = 0;
    for (const [index, batches] of waiting) {
      const unfinished = await writeBatches(batches, domain, backoff, tally);
      if (unfinished) {
        blocked.set(index, batches);
        returned += unfinished.retriable.length;
        problem ||= unfinished.problem ?? "";
      }
    }
    const outcome = { ...tally, retried };
    if (blocked.size === 0) {
      return outcome;
    }
    try {
      const left = total - tally.created - tally.existing - tally.rejected.length;
      await backoff.pause(`${left} of ${total} documents: ${problem}`);
    } catch (error) {
      return { ...outcome, unfinished: { indices: new Set(blocked.keys()), error: error as Error } };
    }
    retried += returned;
    waiting = blocked;
  }
}

/** Documents that need no further attempt. */
interface Tally {
  created: number;
  existing: number;
  readonly rejected: Rejection[];
}

/** Writes batches up to the first with retriable documents, which go back to the batches. Returns that batch's results. */
async function writeBatches(
  batches: Batches,
  domain: Domain,
  backoff: Backoff,
  tally: Tally,
): Promise<BulkResults | undefined> {
  for (let batch = batches.next(); batch; batch = batches.next()) {
    const results = await write(batch, domain, backoff);
    tally.created += results.created;
    tally.existing += results.existing;
    tally.rejected.push(...results.rejected);
    if (results.retriable.length > 0) {
      batches.putBack(results.retriable);
      return results;
    }
  }
  return undefined;
}

async function write({ entries, body: content }: Batch, domain: Domain, backoff: Backoff): Promise<BulkResults> {
  let response: DomainResponse;
  try {
    response = await domain.send(
      {
        method: "POST",
        path: "/_bulk",
        query: { timeout: SHARD_WAIT, filter_path: RESPONSE_FILTER },
        body: { type: "application/x-ndjson", content },
      },
      Math.min(REQUEST_LIMIT, backoff.left),
    );
  } catch (error) {
    if (error instanceof ConnectionError) {
      return untouched(entries, error.message);
    }
    throw error;
  }
  const { status, body } = response;
  if (status === 200) {
    return readResults(entries, body);
  }
  if (isRetriable(status, errorTypeOf(body))) {
    return untouched(entries, `${status} ${body.slice(0, 300)}`);
  }
  if (status === 400 || status === 413) {
    return writeInHalves(entries, response, domain, backoff);
  }
  throw new RefusedError(`the search domain does not allow writing: ${status} ${body.slice(0, 300)}`);
}

/** Finds the document that makes a whole request fail, by halving the batch, and writes the others. */
async function writeInHalves(
  entries: readonly BulkEntry[],
  { status, body }: DomainResponse,
  domain: Domain,
  backoff: Backoff,
): Promise<BulkResults> {
  const [only] = entries;
  if (entries.length === 1 && only) {
    return {
      created: 0,
      existing: 0,
      rejected: [{ entry: only, reason: `${status} ${body.slice(0, 300)}` }],
      retriable: [],
    };
  }
  const middle = Math.ceil(entries.length / 2);
  const first = await write(asBatch(entries.slice(0, middle)), domain, backoff);
  const second = await write(asBatch(entries.slice(middle)), domain, backoff);
  const problem = first.problem ?? second.problem;
  return {
    created: first.created + second.created,
    existing: first.existing + second.existing,
    rejected: [...first.rejected, ...second.rejected],
    retriable: [...first.retriable, ...second.retriable],
    ...(problem !== undefined && { problem }),
  };
}

function asBatch(entries: readonly BulkEntry[]): Batch {
  return { entries, body: bulkBody(entries) };
}

function untouched(entries: readonly BulkEntry[], problem: string): BulkResults {
  return { created: 0, existing: 0, rejected: [], retriable: entries, problem };
}
