import { randomBytes } from "node:crypto";

/** What the header `X-Amzn-Trace-Id` says. Source: "Tracing header" in the AWS X-Ray Developer Guide. */
export interface TraceHeader {
  /** The trace that the request belongs to. */
  readonly root: string;
  /** The segment, or the part of one, that made the request. */
  readonly parent?: string | undefined;
  /** Whether somebody before us took the trace into the sample; `?` asks to be told. */
  readonly sampled?: "0" | "1" | "?" | undefined;
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const PARENT = /^[0-9a-f]{16}$/;
const SAMPLED = /^[01?]$/;

/** Characters; a load balancer's own header has some 120. */
const LONGEST = 256;

/** Reads a header; undefined for one that is missing or of which any part was made up carelessly. */
export function parseTraceHeader(text: string): TraceHeader | undefined {
  if (text.length > LONGEST) {
    return undefined;
  }
  const pairs = text.split(";").map((field) => field.trim().split("=", 2) as [string, string | undefined]);
  const fields = new Map(pairs);
  const [root, parent, sampled] = [fields.get("Root"), fields.get("Parent"), fields.get("Sampled")];
  const wellFormed =
    fields.size === pairs.length &&
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

/** Seconds since 1970 at which the trace began, as its root has it. */
export function startOfTrace(root: string): number {
  return Number.parseInt(root.slice(2, 10), 16);
}
