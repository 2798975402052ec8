import { json } from "node:stream/consumers";
import { DeadLetterQueue } from "../../../lambda/log-shipper/dead-letter-queue.ts";
import { Domain } from "../../../lambda/log-shipper/domain.ts";
import { Shipper } from "../../../lambda/log-shipper/shipper.ts";
import { CREDENTIALS, REGION } from "../signature.ts";

// Ships the delivery on standard input, and prints the counts and the peak memory of this process in MiB.

/** Milliseconds, enough for a busy machine. */
const TIMEOUT = 240_000;

const [endpoint = "", queueUrl = ""] = process.argv.slice(2);
const shipper = new Shipper({
  project: "mysfits",
  domain: new Domain({ endpoint: new URL(endpoint), region: REGION, credentials: CREDENTIALS }),
  deadLetters: new DeadLetterQueue(queueUrl, REGION, CREDENTIALS, { connection: TIMEOUT, response: TIMEOUT }),
  engine: "opensearch",
  retentionDays: 14,
  warn: console.warn,
});
const summary = await shipper.ship(await json(process.stdin), TIMEOUT);
console.log(JSON.stringify({ ...summary, mebibytes: process.resourceUsage().maxRSS / 1024 }));
process.exit();
