import { gzipSync } from "node:zlib";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";

export const ORIGIN = { owner: "123456789012", logGroup: "/mysfits/like", logStream: "like/like/0f1e2d3c" } as const;

/** An invocation's event as CloudWatch Logs sends it: JSON in gzip in base64. */
export function deliveryOf(logEvents: readonly LogEvent[]) {
  return encodeEvent({ messageType: "DATA_MESSAGE", ...ORIGIN, subscriptionFilters: ["log-shipper"], logEvents });
}

/** The message with which CloudWatch Logs checks, at the start of a subscription, that the function can be reached. */
export function controlMessage() {
  return encodeEvent({
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

/** Compressed at the fastest level, because the largest events have 150 MiB. */
export function encodeEvent(content: unknown) {
  return { awslogs: { data: gzipSync(JSON.stringify(content), { level: 1 }).toString("base64") } };
}

/** A line with an id of 56 digits, as in CloudWatch Logs. */
export function lineOf(number: number, message: string, timestamp = Date.parse("2026-03-01T12:00:00.000Z")): LogEvent {
  return { id: `3${String(number).padStart(55, "0")}`, timestamp, message };
}
