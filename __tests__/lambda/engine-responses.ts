import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESPONSE_FILTER } from "../../lambda/log-shipper/bulk-results.ts";
import { INDEX_TEMPLATE } from "../../lambda/log-shipper/template.ts";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";

// Requests whose responses were recorded from real engines, in fixtures/. One test compares the engines with the recordings,
// and another one the fake search domain, which also takes the errors of indices and of the cluster from them.

/** An answer, without what differs between runs and what the shipper does not read. */
export interface EngineResponse {
  readonly status: number;
  readonly error?: AnswerError;
  /** One for each document. */
  readonly items?: readonly EngineResponseItem[];
}

export interface EngineResponseItem {
  readonly status: number;
  readonly error?: AnswerError;
}

interface AnswerError {
  readonly type: string;
  readonly reason: string;
}

type Send = (method: string, path: string, body?: string | object) => Promise<{ status: number; body: unknown }>;

type Call = readonly [method: string, path: string, body?: object];

/** A state of an engine: how it begins and ends, and a request to answer in between. */
interface Condition {
  readonly begin: readonly Call[];
  readonly request: Call | string;
  readonly end: readonly Call[];
}

const INDEX = "cwl-2026.03.01";
const NEW_INDEX = "cwl-2026.03.02";
const TEMPLATE: Call = ["PUT", "/_index_template/mysfits-cwl", INDEX_TEMPLATE];

/** Smaller than the largest request here, and larger than the longest line. */
export const MAX_CONTENT_LENGTH = 2 * 1024 * 1024;

/** Bodies of bulk requests into an index that has the document `exists`. */
const BODIES: Readonly<Record<string, string>> = {
  "a new document": create(INDEX, "new", { msg: "a" }),
  "two new documents": create(INDEX, "one", { msg: "a" }) + create(INDEX, "two", { extra: ["a=1", "b=2"] }),
  "a document that exists": create(INDEX, "exists", { msg: "another" }),
  "an integer as text": create(INDEX, "text-12", { status: "12" }),
  "a text for an integer": create(INDEX, "text", { status: "many" }),
  "a fraction for an integer": create(INDEX, "fraction", { status: 1.5 }),
  "a boolean for an integer": create(INDEX, "boolean", { status: true }),
  "an integer beyond 64 bits": create(INDEX, "large", { status: 1e20 }),
  "a text for a double": create(INDEX, "double", { durationMs: "fast" }),
  "a day that does not exist": create(INDEX, "day", { time: "2026-02-30T00:00:00.000Z" }),
  "an object for a keyword": create(INDEX, "keyword", { name: { a: 1 } }),
  "an object for a text": create(INDEX, "object", { msg: { a: 1 } }),
  "a text for an object": create(INDEX, "concrete", { err: "failed" }),
  "a path with a dot": create(INDEX, "dot", { "err.name": "Error" }),
  "a nested path": create(INDEX, "nested", { err: { name: "Error" } }),
  "a keyword longer than a Lucene term": create(INDEX, "long", { name: "x".repeat(40_000) }),
  "one misfit among two": create(INDEX, "fits", {}) + create(INDEX, "misfit", { pid: "seven" }),
  "a document that is not JSON": `${JSON.stringify({ create: { _index: INDEX, _id: "cut" } })}\n{"msg":\n`,
  "no line end after the last line": create(INDEX, "no-end", {}).trimEnd(),
  "an id of 512 bytes": create(INDEX, "i".repeat(512), {}),
  "an id of 513 bytes": create(INDEX, "i".repeat(513), {}),
  "more than the largest request": create(INDEX, "too-large", { msg: "x".repeat(MAX_CONTENT_LENGTH) }),
};

const setting = (settings: object): Call => ["PUT", `/${INDEX}/_settings`, settings];
const transient = (settings: object): Call => ["PUT", "/_cluster/settings", { transient: settings }];

/** Conditions of an index or of the whole engine, which say nothing about a document. */
const CONDITIONS = {
  "write block": {
    begin: [setting({ "index.blocks.write": true })],
    request: create(INDEX, "blocked", {}),
    end: [setting({ "index.blocks.write": null })],
  },
  "flood stage": {
    begin: [setting({ "index.blocks.read_only_allow_delete": true })],
    request: create(INDEX, "flooded", {}),
    end: [setting({ "index.blocks.read_only_allow_delete": null })],
  },
  "closed index": {
    begin: [["POST", `/${INDEX}/_close`]],
    request: create(INDEX, "closed", {}),
    end: [["POST", `/${INDEX}/_open`]],
  },
  "limit of shards": {
    begin: [transient({ "cluster.max_shards_per_node": 1 })],
    request: create(NEW_INDEX, "full", {}),
    end: [transient({ "cluster.max_shards_per_node": null })],
  },
  "index that may not be created": {
    begin: [transient({ "action.auto_create_index": "false" })],
    request: create(NEW_INDEX, "forbidden", {}),
    end: [transient({ "action.auto_create_index": null })],
  },
  "primary shard without a node": {
    begin: [
      [
        "PUT",
        `/${NEW_INDEX}?timeout=1s&wait_for_active_shards=0`,
        { settings: { "index.routing.allocation.require._name": "none" } },
      ],
    ],
    request: create(NEW_INDEX, "red", {}),
    end: [["DELETE", `/${NEW_INDEX}`]],
  },
  "write block of the cluster": {
    begin: [transient({ "cluster.blocks.read_only": true })],
    request: create(INDEX, "read-only", {}),
    end: [transient({ "cluster.blocks.read_only": null })],
  },
  "template under a write block": {
    begin: [transient({ "cluster.blocks.read_only": true })],
    request: TEMPLATE,
    end: [transient({ "cluster.blocks.read_only": null })],
  },
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof CONDITIONS;

/** Answers by the names of bodies and conditions. */
export interface Recording {
  readonly bodies: Readonly<Record<string, EngineResponse>>;
  readonly conditions: Readonly<Record<ConditionName, EngineResponse>>;
}

const recordings = new Map<string, Recording>();

/** Sends every body and creates every condition. `send` must reach an engine without indices that match the template. */
export async function responsesOf(send: Send): Promise<Recording> {
  const bodies = await responsesToBodies(send);
  const conditions: Record<string, EngineResponse> = {};
  for (const [name, { begin, request, end }] of Object.entries<Condition>(CONDITIONS)) {
    await all(send, begin);
    conditions[name] = typeof request === "string" ? await bulk(send, request) : essence(await send(...request));
    await all(send, end);
  }
  return { bodies, conditions: conditions as Recording["conditions"] };
}

export async function responsesToBodies(send: Send): Promise<Recording["bodies"]> {
  await all(send, [TEMPLATE]);
  await bulk(send, create(INDEX, "exists", { msg: "a" }));
  const responses: Record<string, EngineResponse> = {};
  for (const [name, body] of Object.entries(BODIES)) {
    responses[name] = await bulk(send, body);
  }
  return responses;
}

async function all(send: Send, calls: readonly Call[]): Promise<void> {
  for (const [method, path, body] of calls) {
    const response = await send(method, path, body);
    if (response.status > 299) {
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
    }
  }
}

async function bulk(send: Send, body: string): Promise<EngineResponse> {
  return essence(
    await send("POST", `/_bulk?${new URLSearchParams({ timeout: "1s", filter_path: RESPONSE_FILTER })}`, body),
  );
}

function essence({ status, body }: { readonly status: number; readonly body: unknown }): EngineResponse {
  const { error, items } = (body || {}) as {
    readonly error?: AnswerError;
    readonly items?: readonly { readonly create: EngineResponseItem }[];
  };
  return {
    status,
    ...(error && { error: short(error) }),
    ...(items && {
      items: items.map(({ create }) => ({
        status: create.status,
        ...(create.error && { error: short(create.error) }),
      })),
    }),
  };
}

function short({ type, reason }: AnswerError): AnswerError {
  return { type, reason: reason.replaceAll("i".repeat(513), "i…i") };
}

function create(index: string, id: string, document: object): string {
  return `${JSON.stringify({ create: { _index: index, _id: id } })}\n${JSON.stringify(document)}\n`;
}

/** An index's condition as it fails each document, from the recording of an engine. */
export function documentIn(condition: ConditionName, version: string = OPENSEARCH[2].version) {
  const [item] = recordingOf(version).conditions[condition].items ?? [];
  if (!item) {
    throw new Error(`${condition} fails the whole request`);
  }
  return item;
}

export function recordingOf(version: string): Recording {
  const recording = recordings.get(version) ?? JSON.parse(readFileSync(fileOf(version), "utf8"));
  recordings.set(version, recording);
  return recording;
}

/** Stores the responses of an engine, for a person to review in the diff. */
export function record(version: string, recording: Recording): void {
  writeFileSync(fileOf(version), `${JSON.stringify(recording, undefined, 2)}\n`);
}

function fileOf(version: string): string {
  return join(import.meta.dirname, `fixtures/opensearch-${version}.json`);
}
