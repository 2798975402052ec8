import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import test from "ava";
import { CODE_FILE } from "../../../tools/deploy/configuration.ts";
import { keepTypes, typesInCode } from "../../../tools/deploy/provider-schemas.ts";

const PROVIDER = 1;
const RESOURCES = 2;
const DATA_SOURCES = 3;
const CAPABILITIES = 6;
const FUNCTIONS = 7;

test("only schemas of the given types are kept, and everything else as it is", (t) => {
  const provider = field(PROVIDER, "schema of the provider block");
  const queue = entry(RESOURCES, "aws_sqs_queue");
  const region = entry(DATA_SOURCES, "aws_region");
  const parseArn = entry(FUNCTIONS, "arn_parse");
  const capabilities = field(CAPABILITIES, "plan_destroy");
  const all = [
    provider,
    entry(RESOURCES, "aws_sqs_queue_policy"),
    queue,
    entry(DATA_SOURCES, "aws_regions"),
    region,
    capabilities,
    parseArn,
  ];
  const kept = keepTypes(Buffer.concat(all), new Set(["aws_region", "aws_sqs_queue"]));
  t.deepEqual(Buffer.from(kept), Buffer.concat([provider, queue, region, capabilities, parseArn]));
});

test("types are found in every block of the code", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "provider-schemas-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const code = {
    resource: { aws_sqs_queue: { likes: { tags: { Table: "aws" } } } },
    data: { aws_region: { here: {} } },
    moved: [{ from: "aws_sns_topic.bell", to: "aws_sns_topic.notifications" }],
    removed: [{ from: "aws_iam_role.old", lifecycle: { destroy: false } }],
  };
  writeFileSync(join(directory, CODE_FILE), JSON.stringify(code));
  t.deepEqual(
    new Set(typesInCode({ directory })),
    new Set(["aws_sqs_queue", "aws_region", "aws_sns_topic", "aws_iam_role"]),
  );
});

test("types are found in modules that are installed, in both of Terraform's languages", (t) => {
  const root = mkdtempSync(join(tmpdir(), "provider-schemas-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  const directory = join(root, "network");
  const installed = join(directory, ".terraform/modules");
  for (const folder of [join(installed, "queues"), join(root, "topics")]) {
    mkdirSync(folder, { recursive: true });
  }
  const modules = [
    { Key: "", Source: "", Dir: "." },
    { Key: "queues", Source: "terraform-aws-modules/sqs/aws", Dir: ".terraform/modules/queues" },
    { Key: "topics", Source: "../topics", Dir: "../topics" },
  ];
  writeFileSync(join(directory, CODE_FILE), JSON.stringify({ resource: { aws_vpc: { vpc: {} } } }));
  writeFileSync(join(installed, "modules.json"), JSON.stringify({ Modules: modules }));
  writeFileSync(join(installed, "queues/main.tf"), 'resource "aws_sqs_queue" "likes" {}\n');
  writeFileSync(join(root, "topics/main.tf.json"), JSON.stringify({ resource: { aws_sns_topic: { bell: {} } } }));
  t.deepEqual(new Set(typesInCode({ directory })), new Set(["aws_vpc", "aws_sqs_queue", "aws_sns_topic"]));
});

/** A map entry: a message with the key in field 1 and the value in field 2. */
function entry(map: number, type: string): Buffer {
  const schema = new BinaryWriter().tag(1, WireType.Varint).int64(3).finish();
  const message = new BinaryWriter().tag(1, WireType.LengthDelimited).string(type);
  return field(map, message.tag(2, WireType.LengthDelimited).bytes(schema).finish());
}

function field(number: number, value: string | Uint8Array): Buffer {
  return Buffer.from(
    new BinaryWriter()
      .tag(number, WireType.LengthDelimited)
      .bytes(Buffer.from(value as string))
      .finish(),
  );
}
