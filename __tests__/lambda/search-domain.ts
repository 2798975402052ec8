import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { signatureFault } from "./signature.ts";

/*
 * A stand-in for a search domain, by the contract that the OpenSearch and Open Distro documentation gives.
 *
 * Bulk (POST /_bulk, "Bulk API")
 * - The body is lines of JSON, the last one ended too: an action line, then for `create` the document.
 *   A body that breaks this form answers 400 as a whole, and nothing is written.
 * - A body above http.max_content_length answers 413. An AWS domain on small instances has 10 MiB.
 * - A request that was understood answers 200 whatever became of its documents. `items` has one entry per action, in
 *   order, under the action's name, with a `status` of its own:
 *     201 written; 409 version_conflict_engine_exception: `create` met an id that exists;
 *     400 mapper_parsing_exception: a value does not fit its field's mapping, and never will;
 *     429 (es|opensearch)_rejected_execution_exception: the write queue is full;
 *     503 unavailable_shards_exception: the index's primary shard is missing, as on a red cluster, after `timeout`;
 *     403 cluster_block_exception: the service blocks writing while disk or heap are short.
 *   The documents of one request fail and succeed independently.
 * - 429 and 503 also come for the request as a whole: circuit breaker, no elected manager node, load balancer.
 * - `_id` has 512 bytes at most; a longer one answers 400 for the whole request.
 * - `filter_path` leaves only the named parts in the response.
 * - A connection may end at any byte of the answer, and says nothing about what was written.
 *
 * Mapping ("Dynamic mapping", "Index templates")
 * - An index that is written to and does not exist is made from the index template whose pattern it matches. Without
 *   one its mappings are guessed from the first document.
 * - With `dynamic: false` a field without a mapping is kept and not looked at. `err.name` is `name` in `err`.
 * - A keyword above 32,766 bytes is refused unless `ignore_above` leaves it out.
 *
 * Index state management (`_plugins/_ism`, on Elasticsearch 7.10 `_opendistro/_ism`)
 * - GET answers 404, or the policy with its `_seq_no` and `_primary_term`.
 * - PUT of a policy that exists answers 409 unless `if_seq_no` and `if_primary_term` name the current revision.
 */

/** What goes wrong with one request. */
export type Fault =
  | "refuse"
  | "cut the answer"
  | "429"
  | "503"
  | "garbage"
  | "red"
  | "blocked"
  | "half busy"
  | "silence";

type Json = Record<string, unknown>;
type Properties = Record<string, { type?: string; ignore_above?: number; properties?: Properties }>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export class SearchDomain {
  /** What was written, by index and id. */
  readonly indices = new Map<string, Map<string, Json>>();
  /** Faults of the next requests, in order. */
  faults: Fault[] = [];
  /** A fault of every request while it is set. */
  outage: Fault | undefined;
  /** Mappings that someone changed by hand: they go before the template's. */
  handMadeMappings: Properties = {};
  maxContentLength = 10 * 1024 * 1024;
  /** Answers to PUT of a policy while set. */
  policyStatus: number | undefined;

  /** Indices that were made without a template. */
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
      return answer(response, { status: 403, body: { message: wrong } });
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
      return answer(response, { status: 429, body: failure("circuit_breaking_exception", "Data too large") });
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
    if (fault === "cut the answer") {
      const text = JSON.stringify(result.body);
      response.writeHead(result.status, { "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
      return;
    }
    answer(response, result);
  }

  #route(method: string, url: URL, content: Buffer, fault: Fault | undefined): Answer {
    if (method === "POST" && url.pathname === "/_bulk") {
      return this.#bulk(content, url.searchParams.get("filter_path") ?? "", fault);
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

  #policy(method: string, url: URL, content: Buffer): Answer {
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

  #bulk(content: Buffer, filterPath: string, fault: Fault | undefined): Answer {
    if (content.byteLength > this.maxContentLength) {
      return { status: 413, body: { message: "Request size exceeded" } };
    }
    const actions = parseActions(content.toString("utf8"));
    if (typeof actions === "string") {
      return { status: 400, body: failure("illegal_argument_exception", actions) };
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

  #create({ index, id, document }: Action, fault: Fault | undefined): { status: number; error?: object } {
    if (fault === "red") {
      return { status: 503, error: failure("unavailable_shards_exception", "primary shard is not active").error };
    }
    if (fault === "blocked") {
      return { status: 403, error: failure("cluster_block_exception", "FORBIDDEN/8/index write (api)").error };
    }
    const documents = this.indices.get(index) ?? new Map<string, Json>();
    if (!this.indices.has(index)) {
      this.indices.set(index, documents);
      if (!this.template) {
        this.guessedIndices.push(index);
      }
    }
    if (documents.has(id)) {
      return { status: 409, error: failure("version_conflict_engine_exception", "document already exists").error };
    }
    const unfit = this.#unfitField(document);
    if (unfit) {
      const [path, type] = unfit;
      const cause = { type: "illegal_argument_exception", reason: `not a ${type}` };
      const { error } = failure("mapper_parsing_exception", `failed to parse field [${path}] of type [${type}]`);
      return { status: 400, error: { ...error, caused_by: cause } };
    }
    documents.set(id, document);
    return { status: 201 };
  }

  #unfitField(document: Json): [string, string] | undefined {
    const mapped = (this.template as { template?: { mappings?: { properties?: Properties } } })?.template?.mappings;
    const properties = { ...mapped?.properties, ...this.handMadeMappings };
    for (const [path, value] of Object.entries(document)) {
      const mapping = path
        .split(".")
        .reduce<Properties[string] | undefined>((level, name) => (level ? level.properties?.[name] : undefined), {
          properties,
        });
      const values = Array.isArray(value) ? value : [value];
      if (mapping?.type && !values.every((single) => isOfType(mapping.type ?? "", mapping.ignore_above, single))) {
        return [path, mapping.type];
      }
      if (mapping?.properties) {
        return [path, "object"];
      }
    }
    return undefined;
  }
}

interface Action {
  readonly index: string;
  readonly id: string;
  readonly document: Json;
}

/** The actions of a bulk body, or what is wrong with it. */
function parseActions(body: string): Action[] | string {
  if (!body.endsWith("\n")) {
    return "The bulk request must be terminated by a newline [\\n]";
  }
  const lines = body.slice(0, -1).split("\n");
  const actions: Action[] = [];
  try {
    for (let position = 0; position < lines.length; position += 2) {
      const action = JSON.parse(lines[position] ?? "").create;
      const document = JSON.parse(lines[position + 1] ?? "");
      if (Object.keys(action).sort().join() !== "_id,_index" || Buffer.byteLength(action._id) > 512) {
        return `Malformed action/metadata line [${position + 1}]`;
      }
      actions.push({ index: action._index, id: action._id, document });
    }
  } catch (error) {
    return String(error);
  }
  return actions;
}

function isOfType(type: string, ignoreAbove: number | undefined, value: unknown): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "keyword":
      return (
        typeof value === "string" && (value.length > (ignoreAbove ?? Infinity) || Buffer.byteLength(value) <= 32_766)
      );
    case "long":
      return Number.isSafeInteger(value);
    case "double":
      return Number.isFinite(value);
    case "date":
      return typeof value === "string" && isExistingDay(value);
    default:
      throw new Error(`the stand-in knows no fields of type ${type}`);
  }
}

function isExistingDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return Number(month) === date.getUTCMonth() + 1 && Number(day) === date.getUTCDate();
}

function failure(type: string, reason: string) {
  return { error: { type, reason } };
}

/** The parts of a response that `filter_path` names, such as `items.*.status`. */
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

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
