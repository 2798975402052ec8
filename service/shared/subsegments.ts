import { AsyncLocalStorage } from "node:async_hooks";
import type { Namespace, Segment, Subsegment } from "./segment.ts";
import { causeOf, cut, flagsOf } from "./segment-fields.ts";
import { formatTraceHeader } from "./trace-header.ts";

// Adds to the trace of the current request. Does nothing if the request is not traced.

const current = new AsyncLocalStorage<Segment>();

/** Handles a request with its segment as the current one, across every await. */
export function withSegment<Result>(segment: Segment, handle: () => Result): Result {
  return current.run(segment, handle);
}

/** Adds an annotation, by which traces can be searched, to the current request's segment. */
export function annotate(key: string, value: string | number | boolean): void {
  const segment = current.getStore();
  if (segment !== undefined) {
    segment.annotations = { ...segment.annotations, [key]: value };
  }
}

export interface RemoteCall {
  /** Host of the other service, with the port unless it is 80. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RemoteResponse {
  readonly status: number;
  readonly text: string;
}

/** Calls another service over HTTP, with headers that make its segment part of this trace. */
export function callRemote(
  { host, method, path, headers }: RemoteCall,
  send: (headers: Readonly<Record<string, string>>) => Promise<RemoteResponse>,
): Promise<RemoteResponse> {
  const segment = current.getStore();
  if (segment === undefined) {
    return send(headers);
  }
  return record(segment, host.replace(/:\d+$/, ""), "remote", async (subsegment) => {
    const request = { method, url: cut(`http://${host}${path}`) };
    Object.assign(subsegment, { http: { request } });
    const trace = { root: segment.trace_id, parent: subsegment.id, sampled: "1" } as const;
    const { status, text } = await send({ ...headers, "x-amzn-trace-id": formatTraceHeader(trace) });
    const response = { status, content_length: Buffer.byteLength(text) };
    Object.assign(subsegment, { http: { request, response } }, flagsOf(status));
    return { status, text };
  });
}

/**
 * Records a call as a subsegment of the request's segment.
 * @param name Name of the called service on the service map.
 * @param call Gets undefined if the request is not traced.
 * @param failure Fields to record for an error that the call throws.
 */
export function inSubsegment<Result>(
  name: string,
  namespace: Namespace,
  call: (subsegment: Subsegment | undefined) => Promise<Result>,
  failure?: (error: unknown) => object,
): Promise<Result> {
  const segment = current.getStore();
  return segment === undefined ? call(undefined) : record(segment, name, namespace, call, failure);
}

async function record<Result>(
  segment: Segment,
  name: string,
  namespace: Namespace,
  call: (subsegment: Subsegment) => Promise<Result>,
  failure: (error: unknown) => object = (error) => ({ fault: true, cause: causeOf(error) }),
): Promise<Result> {
  const subsegment = segment.openSubsegment(name, namespace);
  try {
    return await call(subsegment);
  } catch (error) {
    Object.assign(subsegment, failure(error));
    throw error;
  } finally {
    segment.closeSubsegment(subsegment);
  }
}
