import { SQSClient } from "@aws-sdk/client-sqs";
import type { ExecutionContext } from "ava";
import type { Pauses } from "../../lambda/log-shipper/backoff.ts";
import { DeadLetterQueue } from "../../lambda/log-shipper/dead-letters.ts";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import type { Engine } from "../../lambda/log-shipper/settings.ts";
import { Shipper } from "../../lambda/log-shipper/shipper.ts";
import { Queue } from "./queue.ts";
import { SearchDomain } from "./search-domain.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

/** Milliseconds of an invocation with time for tries, and of one that is soon out of time. */
export const ENOUGH = 10_000;
export const LITTLE = 5_300;

/** A shipper between a stand-in of the domain and one of the queue; all of it ends with the test. */
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
  const pauses: Pauses = { base: 1, cap: 4 };
  const newShipper = (days = retentionDays) =>
    new Shipper({
      domain,
      deadLetters: new DeadLetterQueue(queueUrl, REGION, CREDENTIALS),
      engine,
      retentionDays: days,
      warn: (message) => warnings.push(message),
      pauses,
    });
  return { searchDomain, queue, sqs, domain, warnings, endpoint, queueUrl, newShipper, shipper: newShipper() };
}
