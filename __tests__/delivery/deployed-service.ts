import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { type ContainerDefinition, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ExecutionContext } from "ava";
import { type Emulator, startEmulator } from "../../emulator/emulator.ts";
import { clientSettings } from "../emulator/clients.ts";
import { resource, synthesize } from "../synth.ts";

export const PARAMETER = "/mysfits-emulator/like/task-definition";
export const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mysfits-emulator";
const REPOSITORY = /\$\{[^}]*aws_ecr_repository(like|monolith|metadata-proxy)-images[^}]*\}/g;

/** The emulator with what Terraform leaves there of the like service, as far as a release is made from it. */
export async function startDeployedService(t: ExecutionContext): Promise<DeployedService> {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const service = new DeployedService(emulator);
  for (const program of ["like", "metadata-proxy"]) {
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

  /** Does what an apply does when settings changed: a new revision, and its ARN in the parameter. */
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
          String(definition.container_definitions).replaceAll(REPOSITORY, `${REGISTRY}/$1`),
        ) as ContainerDefinition[],
      }),
    );
    await this.#ssm.send(
      new PutParameterCommand({
        Name: PARAMETER,
        Type: "String",
        Value: taskDefinition?.taskDefinitionArn,
        Overwrite: true,
      }),
    );
  }
}
