import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { MYSFITS_TABLE } from "../../specs/mysfits.ts";
import { noSuchMysfit } from "../shared/mysfit-id.ts";
import { Refusal } from "../shared/refusal.ts";
import { traceCalls } from "./table-tracing.ts";

export interface TableSettings {
  readonly name: string;
  readonly region: string;
  /** Address of another DynamoDB than the region's. */
  readonly endpoint?: string | undefined;
  /** Origin for pictures whose address has none; empty to leave them as they are. */
  readonly pictureOrigin: string;
}

export interface Filter {
  readonly attribute: keyof typeof MYSFITS_TABLE.indexes;
  readonly value: string;
}

/** Milliseconds; together well below the like service's own limit for a like. */
const TIMEOUTS = { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true };

const ABSENT_ID = "00000000-0000-0000-0000-000000000000";

const itemSchema = z.object({
  MysfitId: z.string(),
  Name: z.string(),
  Species: z.string(),
  Description: z.string(),
  Age: z.number(),
  GoodEvil: z.string(),
  LawChaos: z.string(),
  ThumbImageUri: z.string(),
  ProfileImageUri: z.string(),
  Likes: z.number(),
  Adopted: z.boolean(),
});

type Item = z.infer<typeof itemSchema>;

/** The mysfits in DynamoDB. Every method throws a {@link Refusal}: 404 for an unknown mysfit, 503 when the table does not answer. */
export class MysfitsTable {
  readonly #name: string;
  readonly #pictureOrigin: string;
  readonly #client: DynamoDBDocumentClient;
  /** For what must not happen twice: an answer may get lost after the table has done its part. */
  readonly #clientWithoutRetries: DynamoDBDocumentClient;

  constructor({ name, region, endpoint, pictureOrigin }: TableSettings) {
    const connect = (maxAttempts: number) => {
      const client = new DynamoDBClient({
        region,
        ...(endpoint && { endpoint }),
        maxAttempts,
        requestHandler: TIMEOUTS,
      });
      traceCalls(client, region);
      return DynamoDBDocumentClient.from(client);
    };
    this.#name = name;
    this.#pictureOrigin = pictureOrigin;
    this.#client = connect(2);
    this.#clientWithoutRetries = connect(1);
  }

  async list(filter?: Filter) {
    const items = await this.#reach(() => this.#items(filter));
    return items.map((item) => this.#summary(itemSchema.parse(item)));
  }

  async profile(id: string) {
    const { Item: item } = await this.#reach(() => this.#client.send(new GetCommand(this.#key(id))));
    if (item === undefined) {
      throw noSuchMysfit(id);
    }
    return this.#profile(itemSchema.parse(item));
  }

  /** Adds 1 to the mysfit's likes. */
  async like(id: string): Promise<void> {
    await this.#update(this.#clientWithoutRetries, id, {
      UpdateExpression: "ADD Likes :one",
      ExpressionAttributeValues: { ":one": 1 },
    });
  }

  async adopt(id: string): Promise<void> {
    await this.#update(this.#client, id, {
      UpdateExpression: "SET Adopted = :true",
      ExpressionAttributeValues: { ":true": true },
    });
  }

  async answers(): Promise<boolean> {
    return this.#client.send(new GetCommand(this.#key(ABSENT_ID))).then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#client.destroy();
    this.#clientWithoutRetries.destroy();
  }

  async #items(filter: Filter | undefined) {
    const paging = { client: this.#client };
    const pages = filter
      ? paginateQuery(paging, {
          TableName: this.#name,
          IndexName: MYSFITS_TABLE.indexes[filter.attribute],
          KeyConditionExpression: "#attribute = :value",
          ExpressionAttributeNames: { "#attribute": filter.attribute },
          ExpressionAttributeValues: { ":value": filter.value },
        })
      : paginateScan(paging, { TableName: this.#name });
    const items: unknown[] = [];
    for await (const page of pages) {
      items.push(...(page.Items ?? []));
    }
    return items;
  }

  async #update(
    client: DynamoDBDocumentClient,
    id: string,
    change: Pick<UpdateCommandInput, "UpdateExpression" | "ExpressionAttributeValues">,
  ): Promise<void> {
    try {
      await client.send(
        new UpdateCommand({
          ...this.#key(id),
          ...change,
          // Without it, an update of an unknown mysfit would create one.
          ConditionExpression: `attribute_exists(${MYSFITS_TABLE.key})`,
        }),
      );
    } catch (error) {
      throw error instanceof ConditionalCheckFailedException ? noSuchMysfit(id) : unavailable(error);
    }
  }

  #key(id: string) {
    return { TableName: this.#name, Key: { [MYSFITS_TABLE.key]: id } };
  }

  async #reach<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      throw unavailable(error);
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
      likes: String(item.Likes),
      adopted: item.Adopted,
    };
  }

  #picture(uri: string): string {
    return this.#pictureOrigin === "" ? uri : new URL(uri, this.#pictureOrigin).href;
  }
}

function unavailable(cause: unknown): Refusal {
  return new Refusal(503, "the table of mysfits is not available", { cause });
}
