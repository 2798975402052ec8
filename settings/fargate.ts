/** Memory in MiB that Fargate offers with each CPU size. Source: "Fargate task sizes" in the Amazon ECS developer guide. */
const MEMORY_FOR_CPU: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1, 4),
  1024: range(2, 8),
  2048: range(4, 16),
};

export const FARGATE_CPU = [256, 512, 1024, 2048] as const;

export function memoryOffered(cpu: number): readonly number[] {
  return MEMORY_FOR_CPU[cpu] ?? [];
}

function range(fromGib: number, toGib: number): number[] {
  return Array.from({ length: toGib - fromGib + 1 }, (_, index) => (fromGib + index) * 1024);
}
