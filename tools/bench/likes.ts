import autocannon from "autocannon";
import { MYSFITS } from "../../model/mysfits.ts";
import { LIKE_PATH } from "../../model/services/like.ts";

/** Path that likes one mysfit. */
export const LIKE = LIKE_PATH.replace("*", MYSFITS[0]?.id ?? "");

export interface Likes {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

/** Sends likes as fast as the connections allow. Throws when one fails. */
export async function sendLikes(url: string, { connections, seconds }: Load): Promise<Likes> {
  const result = await autocannon({ url, method: "POST", connections, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} responses other than 2xx and ${result.errors} errors`);
  }
  return { perSecond: result["2xx"] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}
