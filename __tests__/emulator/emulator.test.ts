import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { type Emulator, findMoto, startEmulator } from "../../emulator/emulator.ts";
import { testNeeding } from "../needs.ts";
import { s3Of } from "./clients.ts";

const test = testNeeding(findMoto());
const Bucket = "the-bucket";

test("two emulators run beside each other and know nothing of one another", async (t) => {
  const [one, other] = [await start(t), await start(t)];
  await s3Of(one).send(new CreateBucketCommand({ Bucket }));
  await s3Of(one).send(new HeadBucketCommand({ Bucket }));
  await t.throwsAsync(s3Of(other).send(new HeadBucketCommand({ Bucket })), { name: "NotFound" });
});

test("a taken port is refused by its number, whoever listens there", async (t) => {
  const stranger = createServer().listen(0, "127.0.0.1");
  t.teardown(() => stranger.close());
  await once(stranger, "listening");
  const { port } = stranger.address() as AddressInfo;
  await t.throwsAsync(startEmulator({ port }), {
    message: `port ${port} is taken: name another with --port, or stop what listens there`,
  });
});

test("a stopped emulator answers no more", async (t) => {
  const emulator = await start(t);
  await emulator.stop();
  await t.throwsAsync(fetch(emulator.endpoint));
});

test("a request repeated under its invocation id has its effect once", async (t) => {
  const emulator = await start(t);
  const invocation = randomUUID();
  const first = await createVpc(emulator, invocation);
  t.is(await createVpc(emulator, invocation), first);
  t.not(await createVpc(emulator, randomUUID()), first);
});

test("a bucket that denies everything but TLS still lets its owner in", async (t) => {
  const client = s3Of(await start(t));
  await client.send(new CreateBucketCommand({ Bucket }));
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  await t.notThrowsAsync(client.send(new PutObjectCommand({ Bucket, Key: "key", Body: "value" })));
});

test("a bucket whose versioning was suspended can be emptied of its delete markers and goes", async (t) => {
  const client = s3Of(await start(t));
  await client.send(new CreateBucketCommand({ Bucket }));
  await version(client, "Enabled");
  await client.send(new PutObjectCommand({ Bucket, Key: "key", Body: "value" }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: "key" }));
  await version(client, "Suspended");

  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  t.is(DeleteMarkers.length, 1);
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await client.send(new DeleteBucketCommand({ Bucket }));
  await t.throwsAsync(client.send(new HeadBucketCommand({ Bucket })), { name: "NotFound" });
});

async function start(t: ExecutionContext): Promise<Emulator> {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  return emulator;
}

async function version(client: S3Client, Status: "Enabled" | "Suspended"): Promise<void> {
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

async function createVpc({ endpoint }: Emulator, invocation: string): Promise<string | undefined> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/ec2/aws4_request",
      "amz-sdk-invocation-id": invocation,
    },
    body: new URLSearchParams({ Action: "CreateVpc", Version: "2016-11-15", CidrBlock: "10.0.0.0/16" }),
  });
  return /<vpcId>(.*)<\/vpcId>/.exec(await answer.text())?.[1];
}
