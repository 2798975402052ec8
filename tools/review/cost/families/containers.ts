import { blocks, type Context, type Family, HOURS, type Item, type TaskSize, type Values } from "../family.ts";

export const containers: Family = {
  name: "Fargate",
  each: { aws_ecs_service: taskHours, aws_ecs_task_definition: taskStorage },
  free: ["aws_appautoscaling_target", "aws_ecs_cluster_capacity_providers", "aws_service_discovery_service"],
};

/** GB of storage that every Fargate task has free of charge. Source: https://aws.amazon.com/fargate/pricing/ */
const FREE_STORAGE = 20;

function taskStorage({ family, ephemeral_storage }: Values): Item[] {
  const [{ size_in_gib } = {}] = blocks(ephemeral_storage);
  return Number(size_in_gib) > FREE_STORAGE
    ? [{ what: `${family}: task storage beyond ${FREE_STORAGE} GB`, quantity: undefined, price: undefined }]
    : [];
}

/** The tasks of a service at the time of the plan; scaling changes their number. */
function taskHours(values: Values, context: Context): Item[] {
  return [...computeHours(values, context), ...addressHours(values, context)];
}

/** One public address per task. */
function addressHours({ name, desired_count, network_configuration }: Values, { prices }: Context): Item[] {
  const [network] = blocks(network_configuration);
  return network?.assign_public_ip === true
    ? [
        {
          what: `${name}: public IPv4 address-hours`,
          quantity: typeof desired_count === "number" ? HOURS * desired_count : undefined,
          price: prices.publicIpv4.hour,
        },
      ]
    : [];
}

function computeHours(values: Values, { prices: { fargate }, tasks }: Context): Item[] {
  const { name, desired_count, launch_type } = values;
  const count = typeof desired_count === "number" ? desired_count : undefined;
  if (launch_type === "EC2" || launch_type === "EXTERNAL") {
    return [{ what: `${name}: tasks on instances, billed by the instances`, quantity: undefined, price: undefined }];
  }
  const size = tasks.get(familyOf(values));
  const providers = blocks(values.capacity_provider_strategy);
  const onSpot = shareOnSpot(providers);
  return [
    { spot: false, share: 1 - onSpot },
    { spot: true, share: onSpot },
  ]
    .filter(({ share }) => share > 0)
    .flatMap(({ spot, share }) => {
      const { vcpu, memory } = fargate[`${size?.architecture ?? "arm"}${spot ? "Spot" : ""}`];
      const where = `${name}${spot ? ", Spot" : ""}`;
      const hours = count === undefined || size === undefined ? undefined : HOURS * count * share;
      const assumed = spot ? { assumed: "Spot at 70 % off, the most that AWS names" } : {};
      return [
        { what: `${where}: vCPU-hours`, quantity: times(hours, size?.vcpu), price: vcpu, ...assumed },
        { what: `${where}: GB-hours`, quantity: times(hours, size?.gb), price: memory, ...assumed },
      ];
    });
}

/** Size of a task, or undefined if it is not known yet. */
export function taskSize({ cpu, memory, runtime_platform }: Values): TaskSize | undefined {
  const [platform] = blocks(runtime_platform);
  return Number(cpu) > 0 && Number(memory) > 0
    ? {
        vcpu: Number(cpu) / 1024,
        gb: Number(memory) / 1024,
        architecture: platform?.cpu_architecture === "ARM64" ? "arm" : "x86",
      }
    : undefined;
}

/** The family from the ARN of the task definition; before the ARN is known, the service name, which is the same here. */
function familyOf({ task_definition, name }: Values): string {
  return /:task-definition\/([^:]+)/.exec(String(task_definition))?.[1] ?? String(name);
}

function shareOnSpot(providers: readonly Values[]): number {
  const weight = (strategy: Values) => Number(strategy.weight ?? 0);
  const all = providers.reduce((sum, strategy) => sum + weight(strategy), 0);
  const spot = providers.filter(({ capacity_provider }) => capacity_provider === "FARGATE_SPOT");
  return all === 0 ? 0 : spot.reduce((sum, strategy) => sum + weight(strategy), 0) / all;
}

function times(hours: number | undefined, amount: number | undefined): number | undefined {
  return hours === undefined || amount === undefined ? undefined : hours * amount;
}
