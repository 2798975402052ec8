import {
  CreateTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
} from "@aws-sdk/client-ecs";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Emulator } from "../../../tools/emulator/emulator.ts";
import { clientSettings } from "../emulator/clients.ts";

const CLUSTER = "mysfits-emulator";

/** Changes the services as a release by each pipeline would, because moto does not run deployments. */
export async function simulateReleases(emulator: Emulator): Promise<void> {
  const client = clientSettings(emulator);
  const ecs = new ECSClient(client);
  await switchToGreen(ecs, new ElasticLoadBalancingV2Client(client));
  await roll(ecs);
}

/** Acts like CodeDeploy: a new revision in a new task set, which becomes the primary one and gets the listener rules. */
async function switchToGreen(ecs: ECSClient, elb: ElasticLoadBalancingV2Client): Promise<void> {
  const service = "mysfits-emulator-like";
  const taskDefinition = await register(ecs, service);
  const groups = await elb.send(new DescribeTargetGroupsCommand({ Names: [`${service}-blue`, `${service}-green`] }));
  const [blue, green] = (groups.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn);
  const { taskSet } = await ecs.send(
    new CreateTaskSetCommand({
      cluster: CLUSTER,
      service,
      taskDefinition,
      launchType: "FARGATE",
      loadBalancers: [{ targetGroupArn: green, containerName: "like-service", containerPort: 80 }],
    }),
  );
  await ecs.send(
    new UpdateServicePrimaryTaskSetCommand({ cluster: CLUSTER, service, primaryTaskSet: taskSet?.taskSetArn }),
  );

  const { LoadBalancers: [balancer] = [] } = await elb.send(new DescribeLoadBalancersCommand({ Names: [CLUSTER] }));
  const { Listeners = [] } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
  );
  for (const { ListenerArn } of Listeners) {
    const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
    for (const { RuleArn, Actions: [action] = [] } of Rules) {
      if (action?.TargetGroupArn === blue || action?.TargetGroupArn === green) {
        const TargetGroupArn = action?.TargetGroupArn === blue ? green : blue;
        await elb.send(new ModifyRuleCommand({ RuleArn, Actions: [{ Type: "forward", TargetGroupArn }] }));
      }
    }
  }
}

/** Acts like tools/delivery/roll.ts. */
async function roll(ecs: ECSClient): Promise<void> {
  const service = "mysfits-emulator-monolith";
  const taskDefinition = await register(ecs, service);
  const { services: [found] = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }),
  );
  await ecs.send(
    new UpdateServiceCommand({
      cluster: CLUSTER,
      service,
      taskDefinition,
      deploymentConfiguration: {
        ...found?.deploymentConfiguration,
        alarms: { alarmNames: ["some-alarm"], enable: true, rollback: true },
      },
    }),
  );
}

async function register(ecs: ECSClient, family: string): Promise<string | undefined> {
  const { taskDefinition: newest } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      cpu: newest?.cpu,
      memory: newest?.memory,
      networkMode: newest?.networkMode,
      requiresCompatibilities: newest?.requiresCompatibilities,
      taskRoleArn: newest?.taskRoleArn,
      executionRoleArn: newest?.executionRoleArn,
      containerDefinitions: newest?.containerDefinitions?.map((container) => ({ ...container, image: "released" })),
    }),
  );
  return taskDefinition?.taskDefinitionArn;
}
