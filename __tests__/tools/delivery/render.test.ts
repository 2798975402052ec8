import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";
import type { ExecutionContext } from "ava";
import { parse } from "yaml";
import { z } from "zod";
import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { awsCliProblem } from "../../aws-cli.ts";
import { testNeeding } from "../../needs.ts";
import { type DeployedService, PARAMETER, PLACEMENT, REGISTRY, startDeployedService } from "./deployed-service.ts";
import { run } from "./script.ts";

const test = testNeeding(motoProblem);
const testWithCli = testNeeding(motoProblem, awsCliProblem);

const COMMIT = "4e53920c505a4a90a694b9300791f0ae00000000";
const BLUE_GREEN = ["--hook", "mysfits-emulator-smoke-test", "--placement", PLACEMENT];

test("a release has the commit's images, and no trace of the bootstrap image", async (t) => {
  const service = await startDeployedService();
  const { taskDefinition, read } = await rendered(t, service);
  const [like, daemon, proxy] = taskDefinition.containerDefinitions as ContainerDefinition[];
  t.is(like?.image, "<IMAGE1_NAME>");
  t.is(proxy?.image, `${REGISTRY}/metadata-proxy:${COMMIT}`);
  t.regex(String(daemon?.image), /^123456789012\.dkr\.ecr\..*\/xray\/aws-xray-daemon:/);
  for (const container of [like, proxy]) {
    t.deepEqual([container?.entryPoint, container?.command, container?.user], [undefined, undefined, undefined]);
  }
  t.deepEqual(JSON.parse(read("imageDetail.json")), { ImageURI: `${REGISTRY}/like:${COMMIT}` });
});

test("a release keeps the secrets of its service, which the emulator's ECS accepts", async (t) => {
  const service = await startDeployedService();
  const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/token-AbCdEf:token::";
  await service.configure(`services.like.secrets={API_TOKEN: '${secret}', FLAG: /shop/flag}`);
  const { taskDefinition } = await rendered(t, service);
  const [like, ...sidecars] = taskDefinition.containerDefinitions as ContainerDefinition[];
  t.deepEqual(like?.secrets, [
    { name: "API_TOKEN", valueFrom: secret },
    { name: "FLAG", valueFrom: "/shop/flag" },
  ]);
  t.true(sidecars.every(({ secrets = [] }) => secrets.length === 0));
});

test("appspec.yaml has the format that AWS documents", async (t) => {
  const { read } = await rendered(t, await startDeployedService());
  const text = read("appspec.yaml");
  t.regex(text, /^version: 0\.0$/m);
  t.deepEqual(appSpec.parse(parse(text)), {
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: "<TASK_DEFINITION>",
            LoadBalancerInfo: { ContainerName: "like-service", ContainerPort: 80 },
            NetworkConfiguration: {
              AwsvpcConfiguration: { Subnets: ["subnet-1"], SecurityGroups: ["sg-1"], AssignPublicIp: "DISABLED" },
            },
            CapacityProviderStrategy: [{ CapacityProvider: "FARGATE", Base: 0, Weight: 1 }],
          },
        },
      },
    ],
    Hooks: [{ BeforeAllowTraffic: "mysfits-emulator-smoke-test" }],
  });
});

test("taskdef.json has only fields that the project sets", async (t) => {
  const { taskDefinition } = await rendered(t, await startDeployedService());
  t.deepEqual(Object.keys(taskDefinition).sort(), [
    "containerDefinitions",
    "cpu",
    "executionRoleArn",
    "family",
    "memory",
    "networkMode",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
  ]);
});

test("a release with a hook but without a placement fails", async (t) => {
  const { environment } = await startDeployedService();
  const args = ["--parameter", PARAMETER, "--tag", "t", "--out", "x", "--hook", "f", "--placement", ""];
  const { code, output } = await run("render.ts", args, environment);
  t.is(code, 1);
  t.regex(output, /needs both --hook and --placement/);
});

test("a rolling service gets no appspec.yaml", async (t) => {
  const { files } = await rendered(t, await startDeployedService(), ["--hook", "", "--placement", ""]);
  t.deepEqual(files, ["imageDetail.json", "taskdef.json"]);
});

testWithCli("the AWS CLI registers taskdef.json once the placeholder is replaced by the image", async (t) => {
  const service = await startDeployedService();
  const { folder, read } = await rendered(t, service);
  const image = `${REGISTRY}/like:${COMMIT}`;
  const file = join(folder, "registered.json");
  writeFileSync(file, read("taskdef.json").replaceAll("<IMAGE1_NAME>", image));
  const { status, stdout, stderr } = spawnSync(
    "aws",
    ["ecs", "register-task-definition", "--cli-input-json", `file://${file}`],
    { encoding: "utf8", env: { ...process.env, ...service.environment } },
  );
  t.is(status, 0, stderr);
  const { taskDefinition } = JSON.parse(stdout) as { taskDefinition: TaskDefinition };
  t.like(taskDefinition, { family: "mysfits-emulator-like", revision: 2, cpu: "256", memory: "512" });
  t.is(taskDefinition.containerDefinitions?.[0]?.image, image);
});

test("a changed setting is the only difference", async (t) => {
  const service = await startDeployedService();
  const quiet = await rendered(t, service);
  await service.configure("services.like.logLevel=DEBUG");
  const loud = await rendered(t, service);
  t.not(loud.read("taskdef.json"), quiet.read("taskdef.json"));
  t.is(loud.read("taskdef.json").replace('"value": "DEBUG"', '"value": "INFO"'), quiet.read("taskdef.json"));
  for (const name of ["appspec.yaml", "imageDetail.json"]) {
    t.is(loud.read(name), quiet.read(name));
  }
});

test("the same configuration and commit give the same bytes", async (t) => {
  const service = await startDeployedService();
  const [one, other] = [await rendered(t, service), await rendered(t, service)];
  for (const name of one.files) {
    t.is(one.read(name), other.read(name));
  }
});

test("a missing parameter is reported", async (t) => {
  const { environment } = await startDeployedService();
  const { code, output } = await run("render.ts", ["--parameter", "/missing", "--tag", "t", "--out", "x"], environment);
  t.is(code, 1);
  t.regex(output, /ParameterNotFound/);
});

/** Schema of an AppSpec file for ECS. Source: "AppSpec file structure", CodeDeploy user guide. */
const appSpec = z.strictObject({
  version: z.literal(0.0),
  Resources: z.tuple([
    z.strictObject({
      TargetService: z.strictObject({
        Type: z.literal("AWS::ECS::Service"),
        Properties: z.strictObject({
          TaskDefinition: z.string(),
          LoadBalancerInfo: z.strictObject({ ContainerName: z.string(), ContainerPort: z.int().min(1).max(65535) }),
          PlatformVersion: z.string().optional(),
          NetworkConfiguration: z
            .strictObject({
              AwsvpcConfiguration: z.strictObject({
                Subnets: z.array(z.string()).min(1).max(16),
                SecurityGroups: z.array(z.string()).max(5),
                AssignPublicIp: z.enum(["ENABLED", "DISABLED"]),
              }),
            })
            .optional(),
          CapacityProviderStrategy: z
            .array(
              z.strictObject({
                CapacityProvider: z.string(),
                Base: z.int().min(0).max(100_000),
                Weight: z.int().min(0).max(1000),
              }),
            )
            .optional(),
        }),
      }),
    }),
  ]),
  Hooks: z
    .array(
      z.partialRecord(
        z.enum(["BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic"]),
        z.string(),
      ),
    )
    .optional(),
});

async function rendered(
  t: ExecutionContext,
  { environment }: DeployedService,
  options: readonly string[] = BLUE_GREEN,
) {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const args = ["--parameter", PARAMETER, "--tag", COMMIT, "--out", folder, ...options];
  const { code, output } = await run("render.ts", args, environment);
  t.is(code, 0, output);
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const taskDefinition = JSON.parse(read("taskdef.json")) as TaskDefinition;
  return { folder, files: readdirSync(folder).sort(), read, taskDefinition };
}
