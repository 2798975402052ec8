import { gzipSync } from "node:zlib";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";

export const ORIGIN = { owner: "123456789012", logGroup: "/mysfits/like", logStream: "like/like/0f1e2d3c" } as const;

/** An invocation's event as CloudWatch Logs makes it: the message as JSON, in gzip, in base64. */
export function deliveryOf(logEvents: readonly LogEvent[]) {
  return packed({ messageType: "DATA_MESSAGE", ...ORIGIN, subscriptionFilters: ["log-shipper"], logEvents });
}

/** What CloudWatch Logs sends when a subscription begins, to see whether the function can be reached. */
export function controlMessage() {
  return packed({
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [],
    logEvents: [
      { id: "", timestamp: 1_700_000_000_000, message: "CWL CONTROL MESSAGE: Checking health of destination Lambda." },
    ],
  });
}

export function packed(content: unknown) {
  return { awslogs: { data: gzipSync(JSON.stringify(content)).toString("base64") } };
}

/** A line with an id of 56 digits, as CloudWatch Logs numbers them. */
export function lineOf(number: number, message: string, timestamp = Date.parse("2026-03-01T12:00:00.000Z")): LogEvent {
  return { id: `3${String(number).padStart(55, "0")}`, timestamp, message };
}
