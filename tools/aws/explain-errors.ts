import type { Client, MetadataBearer } from "@smithy/types";

/** Any client of the AWS SDK. */
type AwsClient = Pick<Client<object, MetadataBearer, unknown>, "middlewareStack">;

/** Parts of an SDK error that tell its cause. */
interface AwsError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Input fields that name the resource of a request, most specific first. */
const SUBJECTS = [
  "Bucket",
  "KeyId",
  "Name",
  "repositoryName",
  "taskDefinition",
  "service",
  "RoleName",
  "Domain",
] as const;

const SIGN_IN = "sign in again (aws login, aws sso login, or new keys), then repeat the command";

const UNKNOWN_KEY = "AWS does not know the access key: check AWS_ACCESS_KEY_ID and AWS_PROFILE";

/** Advice by the name of an error. */
const BY_NAME: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    "no usable AWS credentials: set AWS_PROFILE, or run aws login, aws sso login, or aws configure",
  ExpiredToken: `the credentials have expired: ${SIGN_IN}`,
  ExpiredTokenException: `the credentials have expired: ${SIGN_IN}`,
  RequestExpired: `the credentials have expired, or this machine's clock is wrong: ${SIGN_IN}`,
  TokenRefreshRequired: `the credentials have expired: ${SIGN_IN}`,
  InvalidAccessKeyId: UNKNOWN_KEY,
  InvalidClientTokenId: `${UNKNOWN_KEY}, and that the region is enabled in the account`,
  UnrecognizedClientException: `${UNKNOWN_KEY}, and that the region is enabled in the account`,
  SignatureDoesNotMatch: "the secret access key is wrong, or this machine's clock is",
};

const NO_WAY = "the endpoint cannot be reached: check the network";

const UNTRUSTED =
  "the endpoint's certificate is not trusted: behind a proxy that replaces it, set NODE_EXTRA_CA_CERTS to its CA";

/** Advice by the code or the name of an error without a response. Offline, a lookup ends with ENOTFOUND or EAI_AGAIN. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    "nothing listens at the endpoint: start the emulator (npm run emulator), or check AWS_ENDPOINT_URL and the network",
  ENOTFOUND: "the endpoint has no address: check the region, AWS_ENDPOINT_URL, and the network",
  EAI_AGAIN: NO_WAY,
  ECONNRESET: NO_WAY,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  ETIMEDOUT: NO_WAY,
  TimeoutError: "the endpoint does not answer: check the network",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

/** True if a request did not reach AWS or an emulator. */
export function isUnreachable({ code = "", name }: AwsError): boolean {
  return code in UNREACHABLE || name in UNREACHABLE;
}

/**
 * Makes the errors of a client readable: their messages name the action, the resource, the HTTP status, and what to do. The
 * error stays the same object, so `instanceof` works. A response to a HEAD request has no body, and so the SDK's own message for
 * expired credentials or a bucket in another region is only "UnknownError".
 */
export function explainErrors<T extends AwsClient>(client: T): T {
  client.middlewareStack.add(
    (next, { commandName = "request" }) =>
      async (request) => {
        announceLookup();
        try {
          return await next(request);
        } catch (error) {
          if (error instanceof Error) {
            error.message = explain(error, String(commandName), request.input);
          }
          throw error;
        }
      },
    { step: "initialize", priority: "high", name: "explainErrors", override: true },
  );
  return client;
}

let isAnnounced = false;

/** Without credentials, the SDK tries every source for up to half a minute before the first request. */
function announceLookup(): void {
  if (!isAnnounced && process.env.AWS_ACCESS_KEY_ID === undefined) {
    console.error("looking for AWS credentials ...");
  }
  isAnnounced = true;
}

function explain(error: AwsError, command: string, input: object): string {
  const status = error.$metadata?.httpStatusCode;
  const place = [command.replace(/Command$/, ""), subjectOf(input)].filter(Boolean).join(" ");
  const problem = [status && `HTTP ${status}`, wordsOf(error)].filter(Boolean).join(", ");
  const advice =
    UNREACHABLE[error.code ?? ""] ??
    UNREACHABLE[error.name] ??
    BY_NAME[error.name] ??
    (hasWords(error) ? undefined : adviceFor(status, error));
  return `${place}: ${[problem, advice].filter(Boolean).join("; ")}`;
}

/**
 * Advice by status, for a response without a body. Expired credentials give 400 (HADOOP-18353), a bucket in another region 301
 * ("HeadBucket" in the S3 API reference).
 */
function adviceFor(status: number | undefined, { $response }: AwsError): string {
  const region = $response?.headers?.["x-amz-bucket-region"];
  switch (status) {
    case 301:
    case 307:
      return `the bucket is in ${region ?? "another region"}: set "region" in the settings accordingly`;
    case 400:
      return `the credentials have probably expired: ${SIGN_IN}`;
    case 401:
    case 403:
      return "the credentials do not allow this, or the resource belongs to another account";
    case 404:
      return "it does not exist";
    default:
      return "AWS gave no reason: try again later, or check AWS_ENDPOINT_URL";
  }
}

function subjectOf(input: object): string | undefined {
  const values: Readonly<Record<string, unknown>> = { ...input };
  const field = SUBJECTS.find((name) => typeof values[name] === "string");
  return field && `${values[field]}`;
}

function hasWords({ name, message }: AwsError): boolean {
  return message !== "" && message !== "UnknownError" && name !== "Unknown" && message !== name;
}

/** The SDK's message when no source has credentials. The advice says the same. */
const NO_CREDENTIALS = "Could not load credentials from any providers";

function wordsOf(error: AwsError): string | undefined {
  if (error.message === NO_CREDENTIALS) {
    return undefined;
  }
  return hasWords(error)
    ? `${error.name}: ${error.message}`
    : error.name.replace(/^Unknown(Error)?$/, "no message from AWS");
}
