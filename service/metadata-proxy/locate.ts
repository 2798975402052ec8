import createError from "http-errors";

export interface Endpoints {
  readonly v2: string;
  readonly v4: string | undefined;
}

/** A container ID of Docker, or of Fargate: the task's ID, a hyphen, and a number. */
const CONTAINER_ID = "[0-9a-f]{32}(?:[0-9a-f]{32}|-[0-9]{1,12})";

const V2 = new RegExp(`^/v2(/(?:metadata|stats)(?:/${CONTAINER_ID})?)$`);
const V4 = /^\/v4((?:\/task)?(?:\/stats)?)$/;

/**
 * The endpoint's URL for a request; undefined for everything that the proxy does not serve, above all credentials.
 * Throws a 502 when the endpoint does not exist here.
 * @param url The request's raw URL.
 */
export function locate(url: string, { v2, v4 }: Endpoints): string | undefined {
  const [, inV2] = V2.exec(url) ?? [];
  if (inV2 !== undefined) {
    return v2 + inV2;
  }
  const [, inV4] = V4.exec(url) ?? [];
  if (inV4 !== undefined) {
    if (v4 === undefined) {
      throw createError(502, "version 4 of the metadata endpoint is not available", {
        cause: new Error("ECS_CONTAINER_METADATA_URI_V4 is missing"),
      });
    }
    return v4 + inV4;
  }
}
