import { randomUUID } from "node:crypto";

/** Content of the header `X-Amzn-Trace-Id`. Source: "Tracing header" in the AWS X-Ray Developer Guide. */
export interface TraceHeader {
  /** ID of the trace that the request belongs to. */
  readonly root: string;
  /** ID of the segment or subsegment that made the request. */
  readonly parent?: string | undefined;
  /** The caller's sampling decision; `?` asks for this service's decision. */
  readonly sampled?: "0" | "1" | "?" | undefined;
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const PARENT = /^[0-9a-f]{16}$/i;
const SAMPLED = /^[01?]$/;

/** Offsets of the time in a root. The SDK writes it, and only it, in lower case. */
const TIME = { start: 2, end: 10 };

/** Characters. Source: "Request tracing for your Application Load Balancer", which limits the header to 7 KB. */
const LONGEST = 7 * 1024;

/**
 * Parses a header as the X-Ray SDK does (`processTraceData`, `resolveSampling`, `TraceID`): names may have any case, the last
 * field of a name counts, and an unknown sampling decision is none. Empty fields are ignored, and so are custom ones, which
 * the load balancer preserves. Unlike the SDK, ignores a malformed parent, because X-Ray would reject the segment.
 * Returns undefined for a header without a well-formed root.
 */
export function parseTraceHeader(text: string): TraceHeader | undefined {
  if (text === "" || text.length > LONGEST) {
    return undefined;
  }
  let root = "";
  let parent = "";
  let sampled = "";
  for (const field of text.split(";")) {
    const [key = "", value = ""] = field.split("=", 2);
    const trimmed = value.trim();
    if (trimmed === "") {
      continue;
    }
    switch (key.trim().toLowerCase()) {
      case "root":
        root = trimmed;
        break;
      case "parent":
        parent = trimmed;
        break;
      case "sampled":
        sampled = trimmed;
        break;
    }
  }
  return ROOT.test(root)
    ? {
        root: root.slice(0, TIME.end).toLowerCase() + root.slice(TIME.end),
        parent: PARENT.test(parent) ? parent : undefined,
        sampled: SAMPLED.test(sampled) ? (sampled as TraceHeader["sampled"]) : undefined,
      }
    : undefined;
}

export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return `Root=${root}${parent ? `;Parent=${parent}` : ""}${sampled ? `;Sampled=${sampled}` : ""}`;
}

export function newTraceRoot(): string {
  const seconds = Math.floor(Date.now() / 1000);
  return `1-${seconds.toString(16).padStart(8, "0")}-${randomDigits()}`;
}

/** Returns 24 random hexadecimal digits: those of a UUID, because Node.js prepares UUIDs in batches. */
export function randomDigits(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(24);
}

/** Returns the time at which the trace began, in seconds since 1970, from its root. */
export function startOfTrace(root: string): number {
  return Number.parseInt(root.slice(TIME.start, TIME.end), 16);
}
