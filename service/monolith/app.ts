import type { ParsedUrlQuery } from "node:querystring";
import * as z from "zod";
import { SEGMENT_NAMES } from "../../specs/monitoring/tracing.ts";
import { MYSFITS_TABLE } from "../../specs/mysfits.ts";
import { serviceEnvironment } from "../shared/environment.ts";
import type { Log } from "../shared/log.ts";
import { onlyMysfitIds } from "../shared/mysfit-id.ts";
import { Refusal } from "../shared/refusal.ts";
import type { Service } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";
import { type Filter, MysfitsTable } from "./mysfits-table.ts";

export const monolithEnvironment = serviceEnvironment.extend({
  DDB_TABLE_NAME: z
    .string("the name of a DynamoDB table")
    .regex(/^[\w.-]{3,255}$/, "the name of a DynamoDB table: 3 to 255 letters, digits, '_', '-' or '.'"),
  /** Origin that turns the pictures' addresses into absolute ones; they stay relative when it is empty. */
  UPSTREAM_URL: z
    .string()
    .refine(isOriginOrEmpty, "an origin such as https://d111.cloudfront.net, or nothing")
    .default(""),
  AWS_REGION: z
    .string("an AWS region such as us-west-2")
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as us-west-2"),
  /** Address of another DynamoDB than the region's. */
  AWS_ENDPOINT_URL_DYNAMODB: z
    .url({ protocol: /^https?$/, error: "an address such as http://127.0.0.1:4567" })
    .optional(),
});

type MonolithSettings = Pick<
  z.infer<typeof monolithEnvironment>,
  "DDB_TABLE_NAME" | "UPSTREAM_URL" | "AWS_REGION" | "AWS_ENDPOINT_URL_DYNAMODB" | "TRACING"
>;

/** The monolith: knows the mysfits, counts their likes and marks the adopted ones. */
export async function monolithService(settings: MonolithSettings, log: Log): Promise<Service> {
  const table = new MysfitsTable({
    name: settings.DDB_TABLE_NAME,
    region: settings.AWS_REGION,
    endpoint: settings.AWS_ENDPOINT_URL_DYNAMODB,
    pictureOrigin: settings.UPSTREAM_URL,
  });

  const app = await webApp({
    name: "monolith",
    log,
    ...(settings.TRACING === "on" && { segment: SEGMENT_NAMES.monolith }),
    routes(router) {
      router.param("id", onlyMysfitIds);
      router.get("/mysfits", async (ctx) => {
        ctx.body = { mysfits: await table.list(filterOf(ctx.query)) };
      });
      router.get("/mysfits/:id", async (ctx) => {
        ctx.body = await table.profile(ctx.params.id as string);
      });
      router.post("/mysfits/:id/fulfill-like", async (ctx) => {
        await table.like(ctx.params.id as string);
        ctx.body = { Update: "Success" };
      });
      router.post("/mysfits/:id/adopt", async (ctx) => {
        await table.adopt(ctx.params.id as string);
        ctx.body = { Update: "Success" };
      });
    },
    async missing() {
      return (await table.answers()) ? [] : [`table ${settings.DDB_TABLE_NAME}`];
    },
  });
  return {
    app,
    async close() {
      table.close();
    },
  };
}

function filterOf({ filter, value }: ParsedUrlQuery): Filter | undefined {
  if (filter === undefined && value === undefined) {
    return undefined;
  }
  const attributes = Object.keys(MYSFITS_TABLE.indexes);
  if (!isAttribute(filter)) {
    throw new Refusal(400, `filter is ${show(filter)}: expected ${attributes.join(" or ")}`);
  }
  if (typeof value !== "string" || value.length < 1 || value.length > 64) {
    throw new Refusal(400, `value is ${show(value)}: expected one value of ${filter}, 1 to 64 characters`);
  }
  return { attribute: filter, value };
}

function isAttribute(filter: unknown): filter is Filter["attribute"] {
  return typeof filter === "string" && Object.hasOwn(MYSFITS_TABLE.indexes, filter);
}

function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 100);
}

function isOriginOrEmpty(text: string): boolean {
  return text === "" || (/^https?:/.test(text) && URL.parse(text)?.origin === text);
}
