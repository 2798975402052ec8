import { randomBytes } from "node:crypto";

/** Content of the header `X-Amzn-Trace-Id`. Source: "Tracing header" in the AWS X-Ray Developer Guide. */
export interface TraceHeader {
  /** ID of the trace that the request belongs to. */
  readonly root: string;
  /** ID of the segment or subsegment that made the request. */
  readonly parent?: string | undefined;
  /** The caller's sampling decision; `?` asks for this service's decision. */
  readonly sampled?: "0" | "1" | "?" | undefined;
}

const READ = ["root", "parent", "sampled"];

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const PARENT = /^[0-9a-f]{16}$/i;
const SAMPLED = /^[01?]$/;

/** Characters. Source: "Request tracing for your Application Load Balancer", which limits the header to 7 KB. */
const LONGEST = 7 * 1024;

/**
 * Parses a header as the X-Ray SDK's `processTraceData` does: names may have any case, empty fields are ignored, and so are
 * custom fields, which the load balancer preserves. Returns undefined for a missing header, and for one whose root, parent,
 * or sampling decision is malformed or repeated.
 */
export function parseTraceHeader(text: string): TraceHeader | undefined {
  if (text.length > LONGEST) {
    return undefined;
  }
  const fields = new Map<string, string>();
  for (const field of text.split(";")) {
    const [key = "", value = ""] = field.split("=").map((part) => part.trim());
    const name = key.toLowerCase();
    if (READ.includes(name) && value !== "") {
      if (fields.has(name)) {
        return undefined;
      }
      fields.set(name, value);
    }
  }
  const [root, parent, sampled] = [fields.get("root"), fields.get("parent"), fields.get("sampled")];
  const wellFormed =
    root !== undefined &&
    ROOT.test(root) &&
    (parent === undefined || PARENT.test(parent)) &&
    (sampled === undefined || SAMPLED.test(sampled));
  return wellFormed ? { root, parent, sampled: sampled as TraceHeader["sampled"] } : undefined;
}

export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return [`Root=${root}`, parent && `Parent=${parent}`, sampled && `Sampled=${sampled}`].filter(Boolean).join(";");
}

export function newTraceRoot(): string {
  const seconds = Math.floor(Date.now() / 1000);
  return `1-${seconds.toString(16).padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
}

/** Returns the time at which the trace began, in seconds since 1970, from its root. */
export function startOfTrace(root: string): number {
  return Number.parseInt(root.slice(2, 10), 16);
}
