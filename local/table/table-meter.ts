import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { z } from "zod";
import { TABLE_OPERATIONS } from "../../specs/monitoring/table.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { Summary } from "../metrics/summary.ts";

// The embedded DynamoDB is a program of its own: it counts what AWS counts of a table, and prints it as a line among its
// others for the runner to keep.

const figures = z.object({ samples: z.number(), sum: z.number(), minimum: z.number(), maximum: z.number() });

const line = z.object({
  table: z.string(),
  /** By operation, of the successful ones, in milliseconds. */
  latency: z.record(z.string(), figures),
  /** By operation: how many the database could not serve. */
  errors: z.record(z.string(), z.number()),
});

type TableFigures = z.infer<typeof line>;

/** What the header of a request to DynamoDB names, as in `DynamoDB_20120810.GetItem`. */
const TARGET = /^DynamoDB_\d{8}\.(\w+)$/;

/** Counts the requests to a server that plays DynamoDB. */
export class TableMeter {
  #latency = new Map<string, Summary>();
  #errors = new Map<string, number>();

  constructor(server: Server) {
    server.on("request", (request, response) => this.#follow(request, response));
  }

  /** A line with what was counted since the last. What the system asks for and nobody has asked now has failed zero times. */
  line(table: string): string {
    const told: TableFigures = {
      table,
      latency: Object.fromEntries(this.#latency),
      errors: Object.fromEntries([...TABLE_OPERATIONS.map((operation) => [operation, 0] as const), ...this.#errors]),
    };
    this.#latency = new Map();
    this.#errors = new Map();
    return JSON.stringify(told);
  }

  #follow({ headers }: IncomingMessage, response: ServerResponse): void {
    const [, operation] = TARGET.exec(String(headers["x-amz-target"])) ?? [];
    if (operation === undefined) {
      return;
    }
    const began = performance.now();
    response.once("finish", () => {
      if (response.statusCode >= 500) {
        this.#errors.set(operation, (this.#errors.get(operation) ?? 0) + 1);
      } else if (response.statusCode < 400) {
        const latency = this.#latency.get(operation) ?? new Summary();
        latency.add(performance.now() - began);
        this.#latency.set(operation, latency);
      }
    });
  }
}

const BEGINNING = '{"table":';

/** Whether it is such a line. */
export function hasTableFigures(text: string): boolean {
  return text.startsWith(BEGINNING);
}

/** Keeps what such a line tells under CloudWatch's names. */
export function keepTableFigures(text: string, metrics: Metrics, now = Date.now()): void {
  const { table, latency, errors } = line.parse(JSON.parse(text));
  const series = (name: string, Operation: string) =>
    metrics.series({
      kind: "metric",
      namespace: "AWS/DynamoDB",
      name,
      dimensions: { TableName: table, Operation },
      statistic: "Sum",
      period: 60,
    });
  for (const [operation, summary] of Object.entries(latency)) {
    series("SuccessfulRequestLatency", operation).recordAll(summary, now);
  }
  for (const [operation, count] of Object.entries(errors)) {
    series("SystemErrors", operation).record(count, now);
    // The embedded database turns nobody away.
    series("ThrottledRequests", operation).record(0, now);
  }
}
