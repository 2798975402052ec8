import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServicePrimaryTaskSetCommand,
} from "@aws-sdk/client-ecs";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { loadSettings } from "../../../settings/load.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { EMULATED_ACCOUNT, useOnlyEmulator } from "../../../tools/emulator/environment.ts";
import { readLabEvidence } from "../../../tools/workshop/lab-evidence.ts";
import { testNeeding } from "../../needs.ts";
import { clientSettings, s3Of } from "../emulator/clients.ts";

const test = testNeeding(motoProblem);

const SETTINGS = loadSettings({ environment: "emulator", overrides: [] });
const NAME = "mysfits-emulator";
const BUCKET = `${NAME}-state-${EMULATED_ACCOUNT}`;
const STACKS = [
  { state: { kind: "bucket", bucket: BUCKET, key: "emulator/services.tfstate", region: SETTINGS.region } },
] as const;

test("the progress in the labs is read from the account", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  useOnlyEmulator(emulator.endpoint);
  const client = clientSettings(emulator);
  const [ecs, dynamodb, logs, s3] = [
    new ECSClient(client),
    new DynamoDBClient(client),
    new CloudWatchLogsClient(client),
    s3Of(emulator),
  ];
  const register = (environment: Readonly<Record<string, string>>, entryPoint?: string[]) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: `${NAME}-like`,
        containerDefinitions: [
          {
            name: "like-service",
            image: "like",
            memory: 512,
            entryPoint,
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    );
  const service = { cluster: NAME, service: `${NAME}-like` };
  const release = async (environment: Readonly<Record<string, string>>, entryPoint?: string[]) => {
    const { taskDefinition } = await register(environment, entryPoint);
    const { taskSet } = await ecs.send(
      new CreateTaskSetCommand({ ...service, taskDefinition: taskDefinition?.taskDefinitionArn }),
    );
    await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...service, primaryTaskSet: taskSet?.taskSetArn }));
  };
  await ecs.send(new CreateClusterCommand({ clusterName: NAME }));
  await ecs.send(
    new CreateServiceCommand({
      cluster: NAME,
      serviceName: service.service,
      desiredCount: 2,
      deploymentController: { type: "EXTERNAL" },
    }),
  );
  await release({ LOGLEVEL: "ERROR", CHAOSMODE: "on" }, ["node", "--eval"]);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: `${NAME}-mysfits`,
      KeySchema: [{ AttributeName: "MysfitId", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "MysfitId", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const group = { logGroupName: `/${NAME}/like`, logStreamName: "task" };
  await logs.send(new CreateLogGroupCommand(group));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));

  t.deepEqual(await readLabEvidence(STACKS, SETTINGS), {
    released: false,
    likes: 0,
    likeTasks: 2,
    logLevel: "ERROR",
    chaosMode: "on",
    logsLikes: false,
    loadGenerator: "never",
  });

  for (const [id, likes] of [
    ["a", "3"],
    ["b", "4"],
  ] as const) {
    const Item = { MysfitId: { S: id }, Likes: { N: likes } };
    await dynamodb.send(new PutItemCommand({ TableName: `${NAME}-mysfits`, Item }));
  }
  await release({ LOGLEVEL: "DEBUG", CHAOSMODE: "off" });
  await register({ LOGLEVEL: "ERROR", CHAOSMODE: "on" }); // not released
  await logs.send(new CreateLogStreamCommand(group));
  const message = JSON.stringify({ level: 20, msg: "POST /mysfits/a/like 200" });
  await logs.send(new PutLogEventsCommand({ ...group, logEvents: [{ timestamp: Date.now(), message }] }));
  const state = (resources: readonly object[]) =>
    s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: "emulator/load-generator.tfstate",
        Body: JSON.stringify({ resources, outputs: {} }),
      }),
    );
  await state([{ mode: "managed", type: "aws_launch_template", name: "template", instances: [] }]);
  const done = {
    released: true,
    likes: 7,
    likeTasks: 2,
    logLevel: "DEBUG",
    chaosMode: "off",
    logsLikes: true,
    loadGenerator: "deployed",
  };
  t.deepEqual(await readLabEvidence(STACKS, SETTINGS), done);
  await state([]);
  t.deepEqual(await readLabEvidence(STACKS, SETTINGS), { ...done, loadGenerator: "destroyed" });
});
