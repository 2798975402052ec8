import { SQSClient } from "@aws-sdk/client-sqs";
import type { ExecutionContext } from "ava";
import type { Pauses } from "../../lambda/log-shipper/backoff.ts";
import { DeadLetterQueue } from "../../lambda/log-shipper/dead-letter-queue.ts";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import type { Engine } from "../../lambda/log-shipper/settings.ts";
import { Shipper } from "../../lambda/log-shipper/shipper.ts";
import { Queue } from "./queue.ts";
import { SearchDomain } from "./search-domain.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

/**
 * Milliseconds of an invocation that has time for retries on a busy machine, of one with time for a few attempts, and of
 * one that has almost none besides the reserve for dead letters.
 */
export const AMPLE_TIME = 240_000;
export const SHORT_TIME = 12_000;
export const MINIMAL_TIME = 5_300;

/** A client of a fake queue that waits as long as a busy machine takes: a call that is repeated may send a dead letter twice. */
export function patientQueue(queueUrl: string): DeadLetterQueue {
  return new DeadLetterQueue(queueUrl, REGION, CREDENTIALS, { connection: AMPLE_TIME, response: AMPLE_TIME });
}

/** A shipper with a fake search domain and a fake queue, which stop when the test ends. */
export async function startShipper(
  t: ExecutionContext,
  { engine = "opensearch", retentionDays = 14 }: { engine?: Engine; retentionDays?: number } = {},
) {
  const searchDomain = new SearchDomain();
  const queue = new Queue();
  const [endpoint, queueUrl] = await Promise.all([searchDomain.listen(), queue.listen()]);
  const domain = new Domain({ endpoint, region: REGION, credentials: CREDENTIALS });
  const sqs = new SQSClient({ region: REGION, endpoint: new URL(queueUrl).origin, credentials: CREDENTIALS });
  t.teardown(() => {
    sqs.destroy();
    domain.close();
    searchDomain.close();
    queue.close();
  });
  const warnings: string[] = [];
  const pauses: Pauses = { base: 1, cap: 500 };
  const newShipper = (days = retentionDays) =>
    new Shipper({
      project: "mysfits",
      domain,
      deadLetters: patientQueue(queueUrl),
      engine,
      retentionDays: days,
      warn: (message) => warnings.push(message),
      pauses,
    });
  return { searchDomain, queue, sqs, domain, warnings, endpoint, queueUrl, newShipper, shipper: newShipper() };
}
