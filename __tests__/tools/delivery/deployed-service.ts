import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { type ContainerDefinition, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import { PROGRAMS } from "../../../model/programs.ts";
import { SIDECARS } from "../../../model/sidecars.ts";
import { type Emulator, startEmulator } from "../../../tools/emulator/emulator.ts";
import { resource, synthesize } from "../../synth.ts";
import { clientSettings } from "../emulator/clients.ts";

export const PARAMETER = "/mysfits-emulator/like/task-definition";
export const PLACEMENT = "/mysfits-emulator/like/placement";
export const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mysfits-emulator";
/** Programs of this project in a task of the like service. */
export const LIKE_PROGRAMS = ["like", ...Object.keys(SIDECARS)];
const NAMES = PROGRAMS.map(({ name }) => name).join("|");
const REPOSITORY = new RegExp(`\\$\\{[^}]*aws_ecr_repository(${NAMES})-images[^}]*\\}`, "g");
const DNS_SUFFIX = /\$\{[^}]*dns_suffix\}/g;
/** Prefix of the public images in the account's own registry. */
const PULL_THROUGH = /\$\{[^}]*ecr_repository_prefix\}/g;

/** One emulator for all tests of a file, started on first use. */
let starting: Promise<Emulator> | undefined;
test.after.always(async () => (await starting)?.stop());

/** An emulator that has only the resources of the like service that a release reads. */
export async function startDeployedService(): Promise<DeployedService> {
  starting ??= startEmulator();
  const emulator = await starting;
  // Deletes the resources of earlier tests; see "Non-Python SDKs / Server Mode" in moto's documentation.
  await fetch(`${emulator.endpoint}/moto-api/reset`, { method: "POST" });
  const service = new DeployedService(emulator);
  for (const program of LIKE_PROGRAMS) {
    await service.ecr.send(
      new CreateRepositoryCommand({
        repositoryName: `mysfits-emulator/${program}`,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
  }
  await service.configure();
  return service;
}

export class DeployedService {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly #ssm: SSMClient;

  constructor(emulator: Emulator) {
    const client = clientSettings(emulator);
    this.endpoint = emulator.endpoint;
    this.environment = emulator.environment;
    this.ecr = new ECRClient(client);
    this.ecs = new ECSClient(client);
    this.#ssm = new SSMClient(client);
  }

  /** Acts like an apply after a settings change: registers a new revision and writes its ARN to the parameter. */
  async configure(...overrides: string[]): Promise<void> {
    const { services } = synthesize("emulator", ...overrides);
    const definition = resource(services, "aws_ecs_task_definition", "like/task/definition");
    const { taskDefinition } = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: String(definition.family),
        cpu: String(definition.cpu),
        memory: String(definition.memory),
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        taskRoleArn: "arn:aws:iam::123456789012:role/mysfits-emulator-like-task",
        executionRoleArn: "arn:aws:iam::123456789012:role/mysfits-emulator-like-execution",
        containerDefinitions: JSON.parse(
          String(definition.container_definitions)
            .replaceAll(REPOSITORY, `${REGISTRY}/$1`)
            .replaceAll(DNS_SUFFIX, "amazonaws.com")
            .replaceAll(PULL_THROUGH, "mysfits-emulator-public"),
        ) as ContainerDefinition[],
      }),
    );
    await this.#put(PARAMETER, taskDefinition?.taskDefinitionArn);
    const { value } = resource(services, "aws_ssm_parameter", "like/placement");
    await this.#put(
      PLACEMENT,
      JSON.stringify({ ...JSON.parse(String(value)), subnets: ["subnet-1"], securityGroups: ["sg-1"] }),
    );
  }

  async #put(name: string, value: string | undefined): Promise<void> {
    await this.#ssm.send(new PutParameterCommand({ Name: name, Type: "String", Value: value, Overwrite: true }));
  }
}
