import type { ParsedUrlQuery } from "node:querystring";
import createError from "http-errors";
import * as z from "zod";
import { segmentName } from "../../model/monitoring/tracing.ts";
import { MYSFITS_TABLE } from "../../model/mysfits.ts";
import { serviceEnvironment } from "../shared/environment.ts";
import type { Log } from "../shared/log.ts";
import { requireMysfitId } from "../shared/mysfit-id.ts";
import type { Service } from "../shared/start.ts";
import { webApp } from "../shared/web-app.ts";
import { type Filter, MysfitsTable } from "./mysfits-table.ts";

export const monolithEnvironment = serviceEnvironment.extend({
  DDB_TABLE_NAME: z
    .string("the name of a DynamoDB table")
    .regex(/^[\w.-]{3,255}$/, "the name of a DynamoDB table: 3 to 255 letters, digits, '_', '-', or '.'"),
  /** Origin that makes the pictures' URLs absolute; empty to leave them relative. */
  UPSTREAM_URL: z
    .string()
    .refine(isOriginOrEmpty, "an origin such as https://d111.cloudfront.net, or an empty value")
    .default(""),
  AWS_REGION: z
    .string("an AWS region such as us-west-2")
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as us-west-2"),
  /** Endpoint of a DynamoDB other than the region's. */
  AWS_ENDPOINT_URL_DYNAMODB: z.url({ protocol: /^https?$/, error: "a URL such as http://127.0.0.1:4567" }).optional(),
});

type MonolithSettings = Pick<
  z.infer<typeof monolithEnvironment>,
  "DDB_TABLE_NAME" | "UPSTREAM_URL" | "AWS_REGION" | "AWS_ENDPOINT_URL_DYNAMODB" | "TRACING"
>;

/** The monolith: serves the mysfits, counts their likes, and marks adopted ones. */
export async function monolithService(settings: MonolithSettings, log: Log): Promise<Service> {
  const table = new MysfitsTable(
    {
      name: settings.DDB_TABLE_NAME,
      region: settings.AWS_REGION,
      endpoint: settings.AWS_ENDPOINT_URL_DYNAMODB,
      pictureOrigin: settings.UPSTREAM_URL,
    },
    log,
  );

  const app = await webApp({
    name: "monolith",
    log,
    ...(settings.TRACING === "on" && { segment: segmentName("monolith") }),
    routes(router) {
      router.get("/mysfits", async (ctx) => {
        ctx.type = "json";
        ctx.body = await table.list(filterOf(ctx.query));
      });
      router.get("/mysfits/:id", requireMysfitId, async (ctx) => {
        ctx.body = await table.profile(ctx.params.id as string);
      });
      router.post("/mysfits/:id/fulfill-like", requireMysfitId, async (ctx) => {
        await table.like(ctx.params.id as string);
        ctx.body = { Update: "Success" };
      });
      router.post("/mysfits/:id/adopt", requireMysfitId, async (ctx) => {
        await table.adopt(ctx.params.id as string);
        ctx.body = { Update: "Success" };
      });
    },
    async missing() {
      return (await table.isReady()) ? [] : [`table ${settings.DDB_TABLE_NAME}`];
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
    throw createError(400, `filter is ${show(filter)}: expected ${attributes.join(" or ")}`);
  }
  if (typeof value !== "string" || value.length < 1 || value.length > 64) {
    throw createError(400, `value is ${show(value)}: expected one value of ${filter}, 1 to 64 characters`);
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
