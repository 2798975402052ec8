import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";
import { documentIn, type EngineResponseItem, recordingOf } from "./engine-responses.ts";
import { signatureFault } from "./signature.ts";

/*
 * A fake search domain that follows the OpenSearch and Open Distro documentation. A test compares its answers with those
 * of OpenSearch 2.19 and 3.9.
 *
 * Bulk (POST /_bulk, "Bulk API")
 * - The body is newline-delimited JSON with a final newline: an action line, then for `create` the document.
 *   A malformed body gets a 400 for the whole request, and nothing is written.
 * - A body above http.max_content_length gets a 413 without a body, and the connection is closed. The limit of an AWS domain on small instances is 10 MiB.
 * - A well-formed request gets a 200 regardless of its documents' results. `items` has one entry per action, in order,
 *   under the action's name, with its own `status`:
 *     201 written; 409 version_conflict_engine_exception: `create` for an id that exists;
 *     400 mapper_parsing_exception: a value does not fit its field's mapping, and never will;
 *     429 (es|opensearch)_rejected_execution_exception: the write queue is full;
 *     503 unavailable_shards_exception: the index's primary shard is missing, as on a red cluster, after `timeout`;
 *     403 cluster_block_exception: the service blocks writing while disk or heap run low; 429 at the engine's flood stage;
 *     400 validation_exception, 400 index_closed_exception, 404 index_not_found_exception: the limit of shards, a closed
 *     index, and an index that may not be created. They say nothing about the document.
 *   The documents of one request fail and succeed independently. One that is not JSON fails alone, too.
 * - The whole request can get 429 or 503 too: circuit breaker, no elected manager node, load balancer.
 * - `_id` has at most 512 bytes; a longer one gets a 400 for the whole request.
 * - `filter_path` keeps only the named parts of the response.
 * - A connection may close at any byte of the response, which says nothing about what was written.
 *
 * Mapping ("Dynamic mapping", "Index templates")
 * - Writing to an index that does not exist creates it from the index template whose pattern matches. Without a template
 *   its mappings are guessed from the first document.
 * - With `dynamic: false`, a field without a mapping is stored but not indexed. `err.name` is `name` in `err`.
 * - A keyword above 32,766 bytes is rejected unless `ignore_above` excludes it.
 *
 * Index state management (`_plugins/_ism`, on Elasticsearch 7.10 `_opendistro/_ism`)
 * - GET returns 404, or the policy with its `_seq_no` and `_primary_term`.
 * - PUT of an existing policy returns 409 unless `if_seq_no` and `if_primary_term` name the current revision.
 * - POST _ism/add attaches a policy to existing indices, and reports those that already have one as failed.
 */

/** A failure of one request. */
export type Fault =
  | "refuse"
  | "cut the response"
  | "429"
  | "503"
  | "garbage"
  | "red"
  | "blocked"
  | "half busy"
  | "silence";

type Json = Record<string, unknown>;
type Properties = Record<string, { type?: string; ignore_above?: number; properties?: Properties }>;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export class SearchDomain {
  /** Written documents by index and id. */
  readonly indices = new Map<string, Map<string, Json>>();
  /** Faults of the next requests, in order. */
  faults: Fault[] = [];
  /** A fault of every request while it is set. */
  outage: Fault | undefined;
  /** Mappings that were changed by hand; they override the template's. */
  manualMappings: Properties = {};
  maxContentLength = 10 * 1024 * 1024;
  /** Results of all documents of an index, by index. */
  readonly indexFaults = new Map<string, EngineResponseItem>();
  /** Number of further requests, of any kind, that a write block on the whole cluster rejects. */
  blockedRequests = 0;
  /** Status of responses to PUT of a policy, while set. */
  policyStatus: number | undefined;

  /** Indices that were created without a template. */
  readonly guessedIndices: string[] = [];
  readonly wrongSignatures: string[] = [];
  readonly requests: string[] = [];
  /** Documents and bytes of each bulk request, before compression. */
  readonly bulkSizes: { documents: number; bytes: number }[] = [];
  connections = 0;
  template: Json | undefined;
  readonly policies = new Map<string, { seqNo: number; policy: Json }>();

  readonly #server = createServer((request, response) => this.#serve(request, response));

  async listen(): Promise<URL> {
    this.#server.on("connection", () => {
      this.connections += 1;
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The indices that hold a document of this id. */
  indicesOf(id: string): string[] {
    return [...this.indices].filter(([, documents]) => documents.has(id)).map(([index]) => index);
  }

  document(id: string): Json | undefined {
    return [...this.indices.values()].find((documents) => documents.has(id))?.get(id);
  }

  empty(): void {
    this.indices.clear();
    this.faults = [];
    this.outage = undefined;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(request);
    const url = new URL(request.url ?? "/", "http://any");
    this.requests.push(`${request.method} ${url.pathname}`);
    const wrong = signatureFault(request, raw, "es");
    if (wrong) {
      this.wrongSignatures.push(wrong);
      return reply(response, { status: 403, body: { message: wrong } });
    }
    const fault = this.outage ?? this.faults.shift();
    if (fault === "silence") {
      return;
    }
    if (fault === "refuse") {
      request.socket.destroy();
      return;
    }
    if (fault === "429") {
      return reply(response, { status: 429, body: failure("circuit_breaking_exception", "Data too large") });
    }
    if (fault === "503") {
      response.writeHead(503, { "content-type": "text/html" }).end("<html>Service Unavailable</html>");
      return;
    }
    const content = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const result = this.#route(request.method ?? "", url, content, fault);
    if (fault === "garbage") {
      response.end("<html>OK</html>");
      return;
    }
    if (fault === "cut the response") {
      const text = JSON.stringify(result.body);
      response.writeHead(result.status, { "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
      return;
    }
    reply(response, result);
  }

  #route(method: string, url: URL, content: Buffer, fault: Fault | undefined): Reply {
    if (method === "POST" && url.pathname === "/_bulk") {
      return this.#bulk(content, url.searchParams.get("filter_path") ?? "", fault);
    }
    if (this.blockedRequests > 0) {
      this.blockedRequests -= 1;
      const { status, error } = recordingOf(OPENSEARCH[2].version).conditions["template under a write block"];
      return { status, body: { error } };
    }
    if (method === "POST" && /^\/_(plugins|opendistro)\/_ism\/add\/cwl-\*$/.test(url.pathname)) {
      return { status: 200, body: { updated_indices: this.indices.size, failures: false, failed_indices: [] } };
    }
    if (method === "PUT" && url.pathname.startsWith("/_index_template/")) {
      this.template = JSON.parse(content.toString());
      return { status: 200, body: { acknowledged: true } };
    }
    if (/^\/_(plugins|opendistro)\/_ism\/policies\/[\w-]+$/.test(url.pathname)) {
      return this.#policy(method, url, content);
    }
    return { status: 404, body: failure("no_handler", `${method} ${url.pathname}`) };
  }

  #policy(method: string, url: URL, content: Buffer): Reply {
    const current = this.policies.get(url.pathname);
    if (method === "GET") {
      return current
        ? { status: 200, body: { _seq_no: current.seqNo, _primary_term: 1, policy: current.policy } }
        : { status: 404, body: failure("status_exception", "Policy not found") };
    }
    if (this.policyStatus) {
      return { status: this.policyStatus, body: failure("security_exception", "no permissions") };
    }
    const { searchParams } = url;
    const isCurrent =
      searchParams.get("if_seq_no") === String(current?.seqNo) && searchParams.get("if_primary_term") === "1";
    if (current && !isCurrent) {
      return { status: 409, body: failure("version_conflict_engine_exception", "document already exists") };
    }
    this.policies.set(url.pathname, {
      seqNo: (current?.seqNo ?? 6) + 1,
      policy: JSON.parse(content.toString()).policy,
    });
    return { status: current ? 200 : 201, body: {} };
  }

  #bulk(content: Buffer, filterPath: string, fault: Fault | undefined): Reply {
    if (content.byteLength > this.maxContentLength) {
      return { status: 413, body: undefined };
    }
    const actions = parseActions(content.toString("utf8"));
    if (isError(actions)) {
      const [type = "", reason = ""] = actions;
      return { status: 400, body: failure(type, reason) };
    }
    this.bulkSizes.push({ documents: actions.length, bytes: content.byteLength });
    const items = actions.map((action, position) => {
      const busy = fault === "half busy" && position % 2 === 1;
      const { status, error } = busy
        ? { status: 429, error: failure("rejected_execution_exception", "queue is full").error }
        : this.#create(action, fault);
      return { create: { _index: action.index, _id: action.id, status, ...(error && { error }) } };
    });
    return {
      status: 200,
      body: filtered({ took: 1, errors: items.some(({ create }) => create.status > 299), items }, filterPath),
    };
  }

  #create({ index, id, document }: Action, fault: Fault | undefined): EngineResponseItem {
    if (fault === "red") {
      return documentIn("primary shard without a node");
    }
    const indexFault = this.indexFaults.get(index);
    if (indexFault) {
      return indexFault;
    }
    if (fault === "blocked") {
      return documentIn("write block");
    }
    const documents = this.indices.get(index) ?? new Map<string, Json>();
    if (!this.indices.has(index)) {
      this.indices.set(index, documents);
      if (!this.template) {
        this.guessedIndices.push(index);
      }
    }
    if (documents.has(id)) {
      const reason = `[${id}]: version conflict, document already exists (current version [1])`;
      return { status: 409, ...failure("version_conflict_engine_exception", reason) };
    }
    const misfit = document === undefined ? "failed to parse" : this.#misfit(id, document);
    if (misfit !== undefined) {
      const { error } = failure("mapper_parsing_exception", misfit);
      return { status: 400, error: Object.assign(error, { caused_by: { type: "illegal_argument_exception" } }) };
    }
    documents.set(id, document as Json);
    return { status: 201 };
  }

  /** Explains why a document does not fit the mappings; undefined if it does. */
  #misfit(id: string, document: Json): string | undefined {
    const mapped = (this.template as { template?: { mappings?: { properties?: Properties } } })?.template?.mappings;
    const mappings: Properties = { ...mapped?.properties, ...this.manualMappings };
    const misfit = (fields: Json, properties: Properties, prefix: string): string | undefined => {
      for (const [name, value] of Object.entries(fields)) {
        const path = prefix + name;
        const mapping = mappingAt(name, properties);
        if (mapping?.properties) {
          const problem = isObject(value)
            ? misfit(value, mapping.properties, `${path}.`)
            : `object mapping for [${path}] tried to parse field [${path}] as object, but found a concrete value`;
          if (problem !== undefined) {
            return problem;
          }
        }
        const { type, ignore_above } = mapping ?? {};
        const unfit = type && [value].flat().find((single) => !isOfType(type, ignore_above, single));
        if (unfit !== undefined && type !== undefined) {
          return `failed to parse field [${path}] of type [${type}] in document with id '${id}'. Preview of field's value: '${preview(unfit)}'`;
        }
      }
      return undefined;
    };
    return misfit(document, mappings, "");
  }
}

interface Action {
  readonly index: string;
  readonly id: string;
  /** Undefined if it is not JSON. */
  readonly document: Json | undefined;
}

type RequestError = readonly [type: string, reason: string];

/** The actions of a bulk body, or its error. */
function parseActions(body: string): Action[] | RequestError {
  if (!body.endsWith("\n")) {
    return ["illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]"];
  }
  const lines = body.slice(0, -1).split("\n");
  const actions: Action[] = [];
  for (let position = 0; position < lines.length; position += 2) {
    const action = parse(lines[position])?.create as { _index: string; _id: string } | undefined;
    if (Object.keys(action ?? {}).join() !== "_index,_id" || action === undefined) {
      return ["illegal_argument_exception", `Malformed action/metadata line [${position + 1}]`];
    }
    const { _index: index, _id: id } = action;
    const bytes = Buffer.byteLength(id);
    if (bytes > 512) {
      const reason = `Validation Failed: 1: id [${id}] is too long, must be no longer than 512 bytes but was: ${bytes};`;
      return ["action_request_validation_exception", reason];
    }
    actions.push({ index, id, document: parse(lines[position + 1]) });
  }
  return actions;
}

function isError(actions: Action[] | RequestError): actions is RequestError {
  return typeof actions[0] === "string";
}

function parse(json = ""): Json | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mappingAt(name: string, properties: Properties): Properties[string] | undefined {
  return name
    .split(".")
    .reduce<Properties[string] | undefined>((level, part) => level?.properties?.[part], { properties });
}

function isOfType(type: string, ignoreAbove: number | undefined, value: unknown): boolean {
  switch (type) {
    case "text":
      return !isObject(value);
    case "keyword":
      return (
        !isObject(value) &&
        (String(value).length > (ignoreAbove ?? Infinity) || Buffer.byteLength(String(value)) <= 32_766)
      );
    case "long":
      return isNumber(value) && Math.abs(Number(value)) < 2 ** 63;
    case "double":
      return isNumber(value);
    case "date":
      return typeof value === "string" && isExistingDay(value);
    default:
      throw new Error(`the fake search domain does not support fields of type ${type}`);
  }
}

/** True for a number, and for a string that is one. */
function isNumber(value: unknown): boolean {
  return (typeof value === "number" || (typeof value === "string" && value !== "")) && Number.isFinite(Number(value));
}

/** A value as the engine shows it: an object as Java's maps do, and a number without an exponent. */
function preview(value: unknown): string {
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([name, inner]) => `${name}=${preview(inner)}`)
      .join(", ")}}`;
  }
  return String(value);
}

function isExistingDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number(month) === date.getUTCMonth() + 1 && Number(day) === date.getUTCDate();
}

function failure(type: string, reason: string) {
  return { error: { type, reason } };
}

/** The parts of a response that `filter_path` selects, such as `items.*.status`. */
function filtered(value: unknown, filterPath: string): unknown {
  return filterPath === ""
    ? value
    : keep(
        value,
        filterPath.split(",").map((path) => path.split(".")),
      );
}

function keep(value: unknown, paths: readonly string[][]): unknown {
  if (paths.some((path) => path.length === 0) || typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => keep(item, paths));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const deeper = paths.filter(([first]) => first === name || first === "*").map(([, ...rest]) => rest);
      return deeper.length > 0 ? [[name, keep(inner, deeper)]] : [];
    }),
  );
}

function reply(response: ServerResponse, { status, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, { connection: "close" }).end();
    return;
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
