import {
  amountOf,
  blocks,
  type Context,
  type Family,
  HOURS,
  type Item,
  type TaskSize,
  times,
  unpriced,
  type Values,
} from "../family.ts";

export const containers: Family = {
  name: "Fargate",
  each: { aws_ecs_service: taskHours, aws_ecs_task_definition: taskStorage },
  free: ["aws_appautoscaling_target", "aws_ecs_cluster_capacity_providers", "aws_service_discovery_service"],
};

/** GB of storage that every Fargate task has free of charge. Source: https://aws.amazon.com/fargate/pricing/ */
const FREE_STORAGE = 20;

function taskStorage({ family, ephemeral_storage }: Values): Item[] {
  const [{ size_in_gib } = {}] = blocks(ephemeral_storage);
  return Number(size_in_gib) > FREE_STORAGE ? [unpriced(`${family}: task storage beyond ${FREE_STORAGE} GB`)] : [];
}

/** The tasks of a service at the time of the plan; scaling changes their number. */
function taskHours(service: Values, context: Context): Item[] {
  return [
    ...computeHours(service, context),
    ...addressHours(service, context),
    ...(blocks(service.volume_configuration).length > 0 ? [unpriced(`${service.name}: volumes of tasks`)] : []),
  ];
}

/** One public address per task. */
function addressHours({ name, desired_count, network_configuration }: Values, { prices }: Context): Item[] {
  const [network] = blocks(network_configuration);
  return network?.assign_public_ip === true
    ? [
        {
          what: `${name}: public IPv4 address-hours`,
          quantity: times(HOURS, amountOf(desired_count)),
          price: prices.publicIpv4.hour,
        },
      ]
    : [];
}

const ON_FARGATE: Readonly<Record<string, { readonly isSpot: boolean }>> = {
  FARGATE: { isSpot: false },
  FARGATE_SPOT: { isSpot: true },
};

function computeHours(service: Values, { prices: { fargate }, tasks }: Context): Item[] {
  const { name, launch_type, desired_count } = service;
  const count = amountOf(desired_count);
  const strategy = blocks(service.capacity_provider_strategy);
  const providers = strategy.length > 0 ? strategy : [{ capacity_provider: launch_type ?? "FARGATE", weight: 1 }];
  const isPlaced = strategy.length > 0 || typeof launch_type === "string";
  const size = tasks.get(familyOf(service));
  return providers.toSorted(onDemandFirst).flatMap((provider): Item[] => {
    const placed = ON_FARGATE[String(provider.capacity_provider)];
    if (placed === undefined) {
      return [unpriced(`${name}: tasks on instances, billed by the instances`)];
    }
    if (size?.isWindows) {
      return [unpriced(`${name}: tasks with Windows`)];
    }
    const { isSpot } = placed;
    const { vcpu, memory } = fargate[`${size?.architecture ?? "arm"}${isSpot ? "Spot" : ""}`];
    const where = `${name}${isSpot ? ", Spot" : ""}`;
    const hours = isPlaced ? times(HOURS, tasksOn(provider, providers, count)) : undefined;
    const assumed = isSpot ? { assumed: "Spot at 70% off, the most that AWS names" } : {};
    return [
      { what: `${where}: vCPU-hours`, quantity: times(hours, size?.vcpu), price: vcpu, ...assumed },
      { what: `${where}: GB-hours`, quantity: times(hours, size?.gb), price: memory, ...assumed },
    ];
  });
}

function onDemandFirst(one: Values, other: Values): number {
  return Number(one.capacity_provider === "FARGATE_SPOT") - Number(other.capacity_provider === "FARGATE_SPOT");
}

/** First comes the base of a provider; all other tasks are distributed by weight. */
function tasksOn(provider: Values, strategy: readonly Values[], count: number | undefined): number | undefined {
  if (count === undefined) {
    return undefined;
  }
  const baseOf = ({ base }: Values) => Number(base ?? 0);
  const weightOf = ({ weight }: Values) => Number(weight ?? 0);
  const sum = (of: (provider: Values) => number) => strategy.reduce((total, each) => total + of(each), 0);
  const rest = Math.max(0, count - sum(baseOf));
  return Math.min(baseOf(provider), count) + (rest > 0 ? (rest * weightOf(provider)) / sum(weightOf) : 0);
}

/** Size of a task, or undefined if it is not known yet. */
export function taskSize({ cpu, memory, runtime_platform }: Values): TaskSize | undefined {
  const [platform] = blocks(runtime_platform);
  const [vcpu, gb] = [sizeIn("vCPU", cpu), sizeIn("GB", memory)];
  return vcpu > 0 && gb > 0
    ? {
        vcpu,
        gb,
        architecture: platform?.cpu_architecture === "ARM64" ? "arm" : "x86",
        isWindows: String(platform?.operating_system_family).startsWith("WINDOWS"),
      }
    : undefined;
}

/** A size such as `1024` units or MiB, or `1 vCPU`. */
function sizeIn(unit: string, size: unknown): number {
  const [, number] = new RegExp(`^([\\d.]+) *${unit}$`, "i").exec(String(size)) ?? [];
  return number === undefined ? Number(size) / 1024 : Number(number);
}

/** The family of the task definition, from its ARN or name; before it is known, the service name, which is the same here. */
function familyOf({ task_definition, name }: Values): string {
  return /^(?:.*task-definition\/)?([^:/]+)(?::\d+)?$/.exec(String(task_definition ?? name))?.[1] ?? String(name);
}
