import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import createError, { type HttpError } from "http-errors";
import { MYSFITS_TABLE } from "../../model/mysfits.ts";
import type { Log } from "../shared/log.ts";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import { decodeItem, type Item, MalformedItemError } from "./item.ts";
import { SharedCalls, type Start } from "./shared-calls.ts";
import { traceCall } from "./table-tracing.ts";
import { THROTTLE_RETRIES } from "./throttle-retries.ts";

export interface TableSettings {
  readonly name: string;
  readonly region: string;
  /** Endpoint of a DynamoDB other than the region's. */
  readonly endpoint?: string | undefined;
  /** Origin for the pictures' URLs; empty to leave them relative. */
  readonly pictureOrigin: string;
}

export interface Filter {
  readonly attribute: keyof typeof MYSFITS_TABLE.indexes;
  readonly value: string;
}

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true };

/**
 * Milliseconds from the arrival of a like until its write must have started, and until the end of the write with its
 * retries. The like service waits for 2.9 s. A like whose write has not started gets a 503 and is never written.
 */
const LIKE_LIMITS = { start: 1_400, end: 2_600 };

const ABSENT_ID = "00000000-0000-0000-0000-000000000000";

interface List {
  readonly $metadata: UpdateItemCommandOutput["$metadata"];
  readonly items: readonly Record<string, AttributeValue>[];
}

/** The list of mysfits as JSON, with the metadata of the call that read it. */
interface ListResponse extends Pick<List, "$metadata"> {
  readonly json: Buffer;
}

/**
 * The table of mysfits in DynamoDB. Every method throws a 404 for an unknown mysfit and a 503 when the table is
 * unavailable. Concurrent lists share reads, and concurrent likes of one mysfit share writes.
 */
export class MysfitsTable {
  readonly #settings: TableSettings;
  readonly #log: Log;
  readonly #client: DynamoDBClient;
  /** For likes, which must not be counted twice. */
  readonly #likeClient: DynamoDBClient;
  readonly #lists = new SharedCalls((key) => this.#list(key));
  readonly #likes = new SharedCalls((id, start) => this.#addLikes(id, start));
  /** IDs of malformed items that have been logged: once is enough for a list that is read constantly. */
  readonly #logged = new Set<string | undefined>();

  constructor(settings: TableSettings, log: Log) {
    const connect = (retries: Pick<DynamoDBClientConfig, "maxAttempts" | "retryStrategy">) =>
      new DynamoDBClient({
        region: settings.region,
        ...(settings.endpoint && { endpoint: settings.endpoint }),
        ...retries,
        requestHandler: TIMEOUTS,
      });
    this.#settings = settings;
    this.#log = log;
    this.#client = connect({ maxAttempts: 2 });
    this.#likeClient = connect({ retryStrategy: THROTTLE_RETRIES });
  }

  /** Returns `{"mysfits":[...]}` as JSON. Leaves out malformed items and logs them. */
  async list(filter?: Filter): Promise<Buffer> {
    const { json } = await this.#call(filter ? "Query" : "Scan", () =>
      this.#lists.join(filter ? JSON.stringify(filter) : ""),
    );
    return json;
  }

  async profile(id: string) {
    const { Item: item } = await this.#call("GetItem", () => this.#client.send(new GetItemCommand(this.#key(id))));
    if (item === undefined) {
      throw noSuchMysfit(id);
    }
    return this.#profile(decodeItem(item));
  }

  /** Adds 1 to the mysfit's likes. */
  async like(id: string): Promise<void> {
    const { Attributes: attributes } = await this.#update(id, () => this.#likes.join(id, LIKE_LIMITS.start));
    if (attributes?.Likes?.N === undefined) {
      throw unavailable(new Error("the response to the write has no number of likes"));
    }
  }

  async adopt(id: string): Promise<void> {
    const change = { UpdateExpression: "SET Adopted = :true", ExpressionAttributeValues: { ":true": { BOOL: true } } };
    await this.#update(id, () => this.#client.send(this.#updateCommand(id, change)));
  }

  /** True if the table responds. */
  isReady(): Promise<boolean> {
    return this.#client.send(new GetItemCommand(this.#key(ABSENT_ID))).then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#client.destroy();
    this.#likeClient.destroy();
  }

  /** @param key A filter as JSON, or an empty string. */
  async #list(key: string): Promise<ListResponse> {
    const { $metadata, items } = await this.#read(key === "" ? undefined : (JSON.parse(key) as Filter));
    const mysfits = items.flatMap((attributes) => this.#summaries(attributes));
    return { $metadata, json: Buffer.from(JSON.stringify({ mysfits })) };
  }

  async #read(filter: Filter | undefined): Promise<List> {
    const paging = { client: this.#client };
    const { name: TableName } = this.#settings;
    const pages = filter
      ? paginateQuery(paging, {
          TableName,
          IndexName: MYSFITS_TABLE.indexes[filter.attribute],
          KeyConditionExpression: "#attribute = :value",
          ExpressionAttributeNames: { "#attribute": filter.attribute },
          ExpressionAttributeValues: { ":value": { S: filter.value } },
        })
      : paginateScan(paging, { TableName });
    let list: List = { $metadata: {}, items: [] };
    for await (const { $metadata, Items = [] } of pages) {
      list = { $metadata, items: [...list.items, ...Items] };
    }
    return list;
  }

  #summaries(attributes: Record<string, AttributeValue>) {
    try {
      return [this.#summary(decodeItem(attributes))];
    } catch (error) {
      if (!(error instanceof MalformedItemError)) {
        throw error;
      }
      const id = attributes[MYSFITS_TABLE.key]?.S;
      if (!this.#logged.has(id)) {
        this.#logged.add(id);
        this.#log.error({ err: error }, `left out of the list of table ${this.#settings.name}: ${error.message}`);
      }
      return [];
    }
  }

  #addLikes(id: string, { callers, waited }: Start): Promise<UpdateItemCommandOutput> {
    const change = {
      UpdateExpression: "ADD Likes :count",
      ExpressionAttributeValues: { ":count": { N: String(callers) } },
      ReturnValues: "UPDATED_NEW",
    } as const;
    const abortSignal = AbortSignal.timeout(Math.round(LIKE_LIMITS.end - Math.min(waited, LIKE_LIMITS.start)));
    return this.#likeClient.send(this.#updateCommand(id, change), { abortSignal });
  }

  #updateCommand(id: string, change: Omit<UpdateItemCommandInput, "TableName" | "Key">): UpdateItemCommand {
    return new UpdateItemCommand({
      ...this.#key(id),
      ...change,
      // An update of an unknown mysfit would create one otherwise.
      ConditionExpression: `attribute_exists(${MYSFITS_TABLE.key})`,
    });
  }

  #key(id: string) {
    return { TableName: this.#settings.name, Key: { [MYSFITS_TABLE.key]: { S: id } } };
  }

  #update(id: string, send: () => Promise<UpdateItemCommandOutput>): Promise<UpdateItemCommandOutput> {
    return this.#call("UpdateItem", send, (error) =>
      error instanceof ConditionalCheckFailedException ? noSuchMysfit(id) : unavailable(error),
    );
  }

  async #call<Output extends Pick<List, "$metadata">>(
    operation: string,
    send: () => Promise<Output>,
    errorOf: (error: unknown) => HttpError = unavailable,
  ): Promise<Output> {
    const { region, name } = this.#settings;
    try {
      return await traceCall({ operation, region, table_name: name }, send);
    } catch (error) {
      throw errorOf(error);
    }
  }

  #summary(item: Item) {
    return {
      mysfitId: item.MysfitId,
      name: item.Name,
      goodevil: item.GoodEvil,
      lawchaos: item.LawChaos,
      species: item.Species,
      thumbImageUri: this.#picture(item.ThumbImageUri),
    };
  }

  #profile(item: Item) {
    return {
      ...this.#summary(item),
      age: item.Age,
      description: item.Description,
      profileImageUri: this.#picture(item.ProfileImageUri),
      likes: item.Likes,
      adopted: item.Adopted,
    };
  }

  #picture(uri: string): string {
    const { pictureOrigin } = this.#settings;
    return pictureOrigin === "" ? uri : new URL(uri, pictureOrigin).href;
  }
}

function unavailable(cause: unknown): HttpError {
  return createError(503, "the table of mysfits is not available", { cause });
}
