import { AsyncLocalStorage } from "node:async_hooks";
import type { Segment, Subsegment } from "aws-xray-sdk-core";
import { causeOf, cut, flagsOf } from "./segment-fields.ts";
import { formatTraceHeader } from "./trace-header.ts";

// What a service's own code says to the trace of its request. Where a request is not traced, none of it does anything.

const current = new AsyncLocalStorage<Segment>();

/** Has a request handled with its segment at hand, through every await. */
export function withSegment<Result>(segment: Segment, handle: () => Result): Result {
  return current.run(segment, handle);
}

/** Notes something about the request under way that traces can be searched by. */
export function annotate(key: string, value: string | number | boolean): void {
  current.getStore()?.addAnnotation(key, value);
}

export interface RemoteCall {
  /** Host of the other service, with a port when it is not 80. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface RemoteAnswer {
  readonly status: number;
  readonly text: string;
}

/** Calls another service over HTTP, with the headers that make what it traces a part of this trace. */
export function callRemote<Answer extends RemoteAnswer>(
  { host, method, path, headers }: RemoteCall,
  send: (headers: Readonly<Record<string, string>>) => Promise<Answer>,
): Promise<Answer> {
  return inSubsegment(host.replace(/:\d+$/, ""), "remote", async (subsegment) => {
    if (subsegment === undefined) {
      return send(headers);
    }
    const request = { method, url: cut(`http://${host}${path}`) };
    subsegment.addAttribute("http", { request });
    const trace = { root: subsegment.segment.trace_id, parent: subsegment.id, sampled: "1" } as const;
    const answer = await send({ ...headers, "x-amzn-trace-id": formatTraceHeader(trace) });
    const response = { status: answer.status, content_length: Buffer.byteLength(answer.text) };
    Object.assign(subsegment, { http: { request, response } }, flagsOf(answer.status));
    return answer;
  });
}

/** Subsegments that a segment keeps. Each further one is sent by itself, so that no document outgrows a packet. */
const MOST_KEPT = 10;

/**
 * Makes a call a subsegment of the request's segment.
 * @param name Of whom is called; the service map shows it.
 * @param call Gets no subsegment where the request is not traced.
 * @param failure What to note of an error that the call throws.
 */
export async function inSubsegment<Result>(
  name: string,
  namespace: "aws" | "remote",
  call: (subsegment: Subsegment | undefined) => Promise<Result>,
  failure: (error: unknown) => object = (error) => ({ fault: true, cause: causeOf(error) }),
): Promise<Result> {
  const segment = current.getStore();
  if (segment === undefined) {
    return call(undefined);
  }
  const subsegment = segment.addNewSubsegment(name);
  subsegment.addAttribute("namespace", namespace);
  try {
    return await call(subsegment);
  } catch (error) {
    Object.assign(subsegment, failure(error));
    throw error;
  } finally {
    close(subsegment, segment);
  }
}

function close(subsegment: Subsegment, segment: Segment): void {
  const kept = (segment.subsegments ?? []).length <= MOST_KEPT;
  if (!kept) {
    segment.removeSubsegment(subsegment);
  }
  subsegment.close();
  if (!kept) {
    subsegment.flush();
  }
}
