import { Refusal } from "../shared/refusal.ts";

export interface Endpoints {
  readonly v2: string;
  readonly v4: string | undefined;
}

/** As Docker names a container, or as Fargate does: the task's id, a hyphen and a number. */
const CONTAINER_ID = "[0-9a-f]{32}(?:[0-9a-f]{32}|-[0-9]{1,12})";

const V2 = new RegExp(`^/v2(/(?:metadata|stats)(?:/${CONTAINER_ID})?)$`);
const V4 = /^\/v4((?:\/task)?(?:\/stats)?)$/;

/**
 * Where the endpoint has what a request asks for; undefined for whatever the proxy does not serve, credentials first of
 * all. Throws a {@link Refusal} with 502 where there is no such endpoint.
 * @param url The request's, with no byte changed.
 */
export function locate(url: string, { v2, v4 }: Endpoints): string | undefined {
  const [, inV2] = V2.exec(url) ?? [];
  if (inV2 !== undefined) {
    return v2 + inV2;
  }
  const [, inV4] = V4.exec(url) ?? [];
  if (inV4 !== undefined) {
    if (v4 === undefined) {
      throw new Refusal(502, "no version 4 of the metadata endpoint here", {
        cause: new Error("ECS_CONTAINER_METADATA_URI_V4 is missing"),
      });
    }
    return v4 + inV4;
  }
}
