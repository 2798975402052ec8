import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { makeCalls } from "./aws-calls.ts";
import { s3Of } from "./clients.ts";

const test = testNeeding(motoProblem);
const Bucket = "the-bucket";
const CERTIFICATE = "arn:aws:acm:us-west-2:210987654321:certificate/0a1b2c3d";
const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";
const CREATE_ZONE = `<CreateHostedZoneRequest xmlns="${NAMESPACE}">
  <Name>example.com</Name><CallerReference>once</CallerReference>
</CreateHostedZoneRequest>`;
const CREATE_RECORD = `<ChangeResourceRecordSetsRequest xmlns="${NAMESPACE}"><ChangeBatch><Changes><Change>
  <Action>CREATE</Action>
  <ResourceRecordSet>
    <Name>api.example.com</Name><Type>CNAME</Type><TTL>60</TTL>
    <ResourceRecords><ResourceRecord><Value>balancer.example.com</Value></ResourceRecord></ResourceRecords>
  </ResourceRecordSet>
</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;

/** Prints the largest number of eight requests that were in moto at the same time. */
const MOST_AT_ONCE = `
import threading, time
from rejections import RejectLikeAws

counts, inside = [], []

def moto(environ, start_response):
    inside.append(1)
    counts.append(len(inside))
    time.sleep(0.02)
    inside.pop()
    return []

aws = RejectLikeAws(moto)
threads = [threading.Thread(target=aws, args=({}, None)) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(max(counts))
`;

test("another version of moto, whose gaps are not known, is named", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "python-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { PATH } = process.env;
  const problemWith = (version: string) => {
    writeFileSync(join(folder, "python3"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    process.env.PATH = folder;
    const problem = motoProblem();
    process.env.PATH = PATH;
    return problem;
  };
  const { 1: required = "" } = /moto.*==(.*)/.exec(readFileSync("tools/emulator/requirements.txt", "utf8")) ?? [];
  t.is(problemWith(required), undefined);
  t.is(
    problemWith("5.0.0"),
    `the AWS emulator needs moto ${required}, found 5.0.0: pip install -r tools/emulator/requirements.txt`,
  );
  t.is(problemWith(""), "the AWS emulator needs moto: pip install -r tools/emulator/requirements.txt");
});

test("two emulators run side by side without sharing state", async (t) => {
  const [one, other] = [await start(t), await start(t)];
  await s3Of(one).send(new CreateBucketCommand({ Bucket }));
  await s3Of(one).send(new HeadBucketCommand({ Bucket }));
  await t.throwsAsync(s3Of(other).send(new HeadBucketCommand({ Bucket })), { name: "NotFound" });
});

test("a port in use is reported by its number", async (t) => {
  const stranger = createServer().listen(0, "127.0.0.1");
  t.teardown(() => stranger.close());
  await once(stranger, "listening");
  const { port } = stranger.address() as AddressInfo;
  await t.throwsAsync(startEmulator({ port }), {
    message: `port ${port} is already in use: choose another with --port, or stop the process that uses it`,
  });
});

test("a stopped emulator no longer responds", async (t) => {
  const emulator = await start(t);
  await emulator.stop();
  await t.throwsAsync(fetch(emulator.endpoint));
});

test("headers and body of a response arrive together", async (t) => {
  const { hostname, port } = new URL((await start(t)).endpoint);
  const body = "Action=DescribeVpcs&Version=2016-11-15";
  const request = [
    "POST / HTTP/1.1",
    `Host: ${hostname}`,
    "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
  for (let round = 0; round < 20; round++) {
    const socket = connect(Number(port), hostname).end(request);
    const [first] = await once(socket.setEncoding("utf8"), "data");
    socket.destroy();
    t.regex(first, /^HTTP\/1\.1 200 OK\r\n.*<\/DescribeVpcsResponse>\s*$/s);
  }
});

test("requests change the state one at a time", async (t) => {
  const { stdout, stderr } = spawnSync("python3", ["-c", MOST_AT_ONCE], {
    cwd: join(import.meta.dirname, "../../../tools/emulator"),
    encoding: "utf8",
  });
  t.is(stdout.trim(), "1", stderr);
});

test("a request that waits for a message lets others send it", async (t) => {
  const { endpoint } = await start(t);
  const ask = async (operation: string, parameters: object) => {
    const headers = {
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${operation}`,
    };
    const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(parameters) });
    return response.json();
  };
  const { QueueUrl } = (await ask("CreateQueue", { QueueName: "letters" })) as { readonly QueueUrl: string };
  const received = ask("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 });
  await setTimeout(500);
  await ask("SendMessage", { QueueUrl, MessageBody: "hello" });
  t.like(await received, { Messages: [{ Body: "hello" }] });
});

test("a subscriber may ask the emulator before it responds to a message", async (t) => {
  const emulator = await start(t);
  const statuses: number[] = [];
  const subscriber = createHttpServer(async (_request, response) => {
    statuses.push((await fetch(emulator.endpoint)).status);
    response.end();
  }).listen(0, "127.0.0.1");
  t.teardown(() => subscriber.close());
  await once(subscriber, "listening");
  const { port } = subscriber.address() as AddressInfo;
  const topic = { TopicArn: "arn:aws:sns:us-east-1:123456789012:letters" };
  const responses = await makeCalls(emulator, [
    { service: "sns", operation: "CreateTopic", params: { Name: "letters" } },
    {
      service: "sns",
      operation: "Subscribe",
      params: { ...topic, Protocol: "http", Endpoint: `http://127.0.0.1:${port}` },
    },
    { service: "sns", operation: "Publish", params: { ...topic, Message: "hello" } },
  ]);
  t.deepEqual(
    responses.map(({ code }) => code),
    [undefined, undefined, undefined],
  );
  t.deepEqual(statuses, [200]);
});

test("a retried request takes effect once", async (t) => {
  const emulator = await start(t);
  const invocation = randomUUID();
  const first = await createVpc(emulator, invocation);
  t.is(await createVpc(emulator, invocation), first);
  t.not(await createVpc(emulator, randomUUID()), first);
});

test("a bucket that requires TLS still grants its owner access", async (t) => {
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

test("a bucket with suspended versioning can be emptied of its delete markers and deleted", async (t) => {
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

test("an existing zone accepts records, and a deleted one is gone", async (t) => {
  const emulator = await start(t);
  const [zone = "", made] = await zones(emulator, "POST", "", CREATE_ZONE);
  t.is(made, 201);
  t.deepEqual(await zones(emulator, "GET", "/Z0123456789ABC"), ["Z0123456789ABC", 200]);
  t.is((await zones(emulator, "POST", "/Z0123456789ABC/rrset/", CREATE_RECORD))[1], 200);
  t.deepEqual(await zones(emulator, "GET", `/${zone}`), [zone, 200]);
  t.is((await zones(emulator, "DELETE", `/${zone}`))[1], 200);
  t.is((await zones(emulator, "GET", `/${zone}`))[1], 404);
});

test("a listener accepts a certificate that exists in the account", async (t) => {
  const emulator = await start(t);
  const subnets = await query(emulator, "ec2", { Action: "DescribeSubnets", Version: "2016-11-15" });
  const [one = "", other = ""] = [...subnets.matchAll(/<subnetId>(.*?)<\/subnetId>/g)].map(([, id = ""]) => id);
  const balancer = await query(emulator, "elasticloadbalancing", {
    Action: "CreateLoadBalancer",
    Version: "2015-12-01",
    Name: "balancer",
    "Subnets.member.1": one,
    "Subnets.member.2": other,
  });
  const listener = await query(emulator, "elasticloadbalancing", {
    Action: "CreateListener",
    Version: "2015-12-01",
    LoadBalancerArn: /<LoadBalancerArn>(.*?)</.exec(balancer)?.[1] ?? "",
    Protocol: "HTTPS",
    Port: "443",
    "Certificates.member.1.CertificateArn": CERTIFICATE,
    "DefaultActions.member.1.Type": "fixed-response",
    "DefaultActions.member.1.FixedResponseConfig.StatusCode": "404",
  });
  t.is(/<CertificateArn>(.*?)</.exec(listener)?.[1], CERTIFICATE, listener);

  const plain = await query(emulator, "elasticloadbalancing", {
    Action: "ModifyListener",
    Version: "2015-12-01",
    ListenerArn: /<ListenerArn>(.*?)</.exec(listener)?.[1] ?? "",
    Protocol: "HTTP",
    Port: "80",
  });
  t.regex(plain, /<Protocol>HTTP</);
  t.notRegex(plain, /ELBSecurityPolicy|certificate\//, "AWS removes the policy and the certificate");
});

async function start(t: ExecutionContext): Promise<Emulator> {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  return emulator;
}

async function version(client: S3Client, Status: "Enabled" | "Suspended"): Promise<void> {
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

async function createVpc(emulator: Emulator, invocation: string): Promise<string | undefined> {
  const parameters = { Action: "CreateVpc", Version: "2016-11-15", CidrBlock: "10.0.0.0/16" };
  const answer = await query(emulator, "ec2", parameters, { "amz-sdk-invocation-id": invocation });
  return /<vpcId>(.*)<\/vpcId>/.exec(answer)?.[1];
}

async function query(
  { endpoint }: Emulator,
  service: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const body = new URLSearchParams(parameters);
  const answer = await fetch(endpoint, { method: "POST", headers: { ...signedFor(service), ...headers }, body });
  return answer.text();
}

/** Calls Route 53 and returns the zone's ID and the status. */
async function zones({ endpoint }: Emulator, method: string, path: string, body?: string): Promise<[string, number]> {
  const url = `${endpoint}/2013-04-01/hostedzone${path}`;
  const answer = await fetch(url, { method, headers: signedFor("route53"), ...(body && { body }) });
  return [/<Id>\/hostedzone\/(.*?)<\/Id>/.exec(await answer.text())?.[1] ?? "", answer.status];
}

/** Header from which the emulator takes the service of a request. */
function signedFor(service: string): Record<string, string> {
  return { authorization: `AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/${service}/aws4_request` };
}
