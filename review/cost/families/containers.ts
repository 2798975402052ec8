import { blocks, type Context, type Family, HOURS, type Item, type TaskSize, type Values } from "../family.ts";

export const containers: Family = {
  name: "Fargate",
  each: { aws_ecs_service: taskHours },
  free: [
    "aws_appautoscaling_target",
    "aws_ecs_cluster_capacity_providers",
    "aws_ecs_task_definition",
    "aws_service_discovery_service",
  ],
};

/** The tasks that a service runs at the time of the plan; scaling moves their number. */
function taskHours(values: Values, { prices: { fargate }, tasks }: Context): Item[] {
  const { name, desired_count } = values;
  const count = typeof desired_count === "number" ? desired_count : undefined;
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

/** Size of a task, or undefined while nobody knows it. */
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

/** A service's task definition is known by its ARN, and before that by its name: here both families are called the same. */
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
