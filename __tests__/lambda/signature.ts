import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Credentials that the clients of the fakes sign with. */
export const CREDENTIALS = {
  accessKeyId: "AKIDTEST",
  secretAccessKey: "a secret that only signs",
  sessionToken: "a session",
} as const;

export const REGION = "us-west-2";

/**
 * Computes the signature of a received request, following "Create a signed AWS API request", and compares it with the
 * request's own. Returns the problem, or undefined if they match.
 */
export function signatureFault(request: IncomingMessage, body: Buffer, service: string): string | undefined {
  const [, scope = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  const time = String(request.headers["x-amz-date"]);
  const date = time.slice(0, 8);
  if (scope !== `${date}/${REGION}/${service}/aws4_request`) {
    return `credential scope "${scope}"`;
  }
  if (request.headers["x-amz-security-token"] !== CREDENTIALS.sessionToken) {
    return "no session token";
  }
  const missing = ["host", "x-amz-date", "x-amz-security-token"].filter(
    (name) => !signedHeaders.split(";").includes(name),
  );
  if (missing.length > 0) {
    return `${missing.join(", ")} not signed`;
  }
  const url = new URL(request.url ?? "/", "http://any");
  const canonicalRequest = [
    request.method,
    url.pathname.split("/").map(encoded).join("/"),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join("&"),
    ...signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders,
    sha256(body),
  ].join("\n");
  const key = ["aws4_request", service, REGION, date].reduceRight<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  const expected = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest)].join("\n")).toString("hex");
  return signature === expected ? undefined : "the signature does not match";
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
