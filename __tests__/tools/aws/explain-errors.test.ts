import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DecryptCommand, InvalidCiphertextException, KMSClient } from "@aws-sdk/client-kms";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import test, { type ExecutionContext } from "ava";
import { explainErrors, isUnreachable } from "../../../tools/aws/explain-errors.ts";

// Responses of S3 to a HEAD request, which have no body, and other errors without a useful message.

const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
const UNEXPLAINED =
  "HeadBucket mysfits-state: HTTP 500, no message from AWS; AWS gave no reason: try again later, or check AWS_ENDPOINT_URL";

const HEAD: Readonly<Record<number, RegExp>> = {
  301: /^HeadBucket mysfits-state: HTTP 301, no message from AWS; the bucket is in eu-west-1: set "region" in the settings/,
  400: /^HeadBucket mysfits-state: HTTP 400, no message from AWS; the credentials have probably expired: sign in again/,
  403: /^HeadBucket mysfits-state: HTTP 403, .*; the credentials do not allow this, or the resource belongs to another account$/,
  412: /^HeadBucket mysfits-state: HTTP 412, no message from AWS; AWS gave no reason/,
  500: new RegExp(`^${UNEXPLAINED}$`),
};

for (const [status, message] of Object.entries(HEAD)) {
  test(`the error for a HEAD response with status ${status} names the bucket, the status, and the fix`, async (t) => {
    const endpoint = await answering(t, (response) => {
      response.writeHead(Number(status), { "x-amz-bucket-region": "eu-west-1" }).end();
    });
    await t.throwsAsync(head(endpoint), { message });
  });
}

test("the error says that nothing listens at the endpoint", async (t) => {
  await t.throwsAsync(head("http://127.0.0.1:1"), {
    message: /^HeadBucket mysfits-state: .*ECONNREFUSED.*; nothing listens at the endpoint/,
  });
});

for (const [code, advice] of [
  ["EAI_AGAIN", /; the endpoint cannot be reached: check the network$/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /; the endpoint's certificate is not trusted: .* NODE_EXTRA_CA_CERTS/],
] as const) {
  test(`an error of the network is no problem of the credentials: ${code}`, async (t) => {
    const handle = () => Promise.reject(Object.assign(new Error(code), { code }));
    const options = { region: "us-east-1", credentials: CREDENTIALS, maxAttempts: 1, requestHandler: { handle } };
    const s3 = explainErrors(new S3Client(options));
    const error = await t.throwsAsync(s3.send(new HeadBucketCommand({ Bucket: "mysfits-state" })), { message: advice });
    t.true(isUnreachable(error));
  });
}

test("missing credentials are explained", async (t) => {
  const head = (message: string) => {
    const credentials = () => Promise.reject(Object.assign(new Error(message), { name: "CredentialsProviderError" }));
    const s3 = explainErrors(new S3Client({ region: "us-east-1", credentials }));
    return s3.send(new HeadBucketCommand({ Bucket: "mysfits-state" }));
  };
  await t.throwsAsync(head("no profile"), {
    message: /: CredentialsProviderError: no profile; no usable AWS credentials: set AWS_PROFILE, or run aws login/,
  });
  await t.throwsAsync(head("Could not load credentials from any providers"), {
    message: /^HeadBucket mysfits-state: no usable AWS credentials: set AWS_PROFILE, or run aws login/,
  });
});

test("an error with a message keeps it, and stays an instance of its class", async (t) => {
  const endpoint = await answering(t, (response) => {
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ __type: "InvalidCiphertextException", message: "wrong key" }));
  });
  const kms = explainErrors(new KMSClient({ region: "us-east-1", endpoint, credentials: CREDENTIALS, maxAttempts: 1 }));
  await t.throwsAsync(kms.send(new DecryptCommand({ KeyId: "alias/a", CiphertextBlob: new Uint8Array(1) })), {
    instanceOf: InvalidCiphertextException,
    message: "Decrypt alias/a: HTTP 400, InvalidCiphertextException: wrong key",
  });
});

function head(endpoint: string): Promise<unknown> {
  const options = { region: "us-east-1", forcePathStyle: true, credentials: CREDENTIALS, maxAttempts: 1 };
  return explainErrors(new S3Client({ ...options, endpoint })).send(new HeadBucketCommand({ Bucket: "mysfits-state" }));
}

async function answering(t: ExecutionContext, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response)).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
