import type { Context } from "aws-lambda";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { Domain } from "./domain.ts";
import { asMetrics } from "./metrics.ts";
import { readSettings } from "./settings.ts";
import { Shipper } from "./shipper.ts";

const settings = readSettings(process.env);

const shipper = new Shipper({
  project: settings.project,
  domain: new Domain(settings),
  deadLetters: new DeadLetterQueue(settings.deadLetterQueueUrl, settings.region, settings.credentials),
  engine: settings.engine,
  retentionDays: settings.retentionDays,
  warn: (message) => console.warn(`WARN: ${message}`),
});

export async function handler(event: unknown, context: Pick<Context, "getRemainingTimeInMillis" | "functionName">) {
  const summary = await shipper.ship(event, context.getRemainingTimeInMillis());
  console.log(asMetrics(summary, settings.project, context.functionName));
}
