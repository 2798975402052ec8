import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { z } from "zod";
import { Statistics } from "../../../model/monitoring/statistic-set.ts";
import { TABLE_OPERATIONS } from "../../../model/monitoring/table.ts";

// The embedded DynamoDB runs in its own process. It measures the CloudWatch metrics of the table and prints them as a line of
// JSON among its log lines, which the runner reads.

const statisticSet = z.object({ samples: z.number(), sum: z.number(), minimum: z.number(), maximum: z.number() });

const tableMetrics = z.object({
  table: z.string(),
  /** Milliseconds of successful requests, by operation. */
  latency: z.record(z.string(), statisticSet),
  /** Number of requests that failed with a 5xx status, by operation. */
  errors: z.record(z.string(), z.number()),
});

export type TableMetrics = z.infer<typeof tableMetrics>;

/** Format of DynamoDB's operation header, as in `DynamoDB_20120810.GetItem`. */
const TARGET = /^DynamoDB_\d{8}\.(\w+)$/;

const FIRST_KEY = '{"table":';

/** Counts and times the requests to a server with DynamoDB's protocol. */
export class TableMeter {
  #latency = new Map<string, Statistics>();
  #errors = new Map<string, number>();

  constructor(server: Server) {
    server.on("request", (request, response) => this.#follow(request, response));
  }

  /** Returns a line with the figures since the previous call. Every operation of the system is listed, with 0 errors if unused. */
  line(table: string): string {
    const figures: TableMetrics = {
      table,
      latency: Object.fromEntries(this.#latency),
      errors: Object.fromEntries([...TABLE_OPERATIONS.map((operation) => [operation, 0] as const), ...this.#errors]),
    };
    this.#latency = new Map();
    this.#errors = new Map();
    return JSON.stringify(figures);
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
        const latency = this.#latency.get(operation) ?? new Statistics();
        latency.add(performance.now() - began);
        this.#latency.set(operation, latency);
      }
    });
  }
}

/** Parses a line that {@link TableMeter.line} returned; undefined for any other line. */
export function parseTableMetrics(line: string): TableMetrics | undefined {
  return line.startsWith(FIRST_KEY) ? tableMetrics.parse(JSON.parse(line)) : undefined;
}
