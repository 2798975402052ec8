import type { ResourceReview, Severity, StackReview } from "../model.ts";
import type { Action } from "../subject.ts";

/** Resources with the same severity and action. A long plan has few such groups, and everything that counts resources uses them. */
export interface ResourceGroup {
  readonly severity: Severity | undefined;
  readonly action: Action;
  readonly resources: readonly ResourceReview[];
  /** Resources by type. */
  readonly types: ReadonlyMap<string, number>;
  readonly imported: number;
}

const known = new WeakMap<readonly ResourceReview[], readonly ResourceGroup[]>();

/** The groups of resources that are ordered by severity and action, in this order. */
export function resourceGroupsOf(resources: readonly ResourceReview[]): readonly ResourceGroup[] {
  const groups = known.get(resources) ?? grouped(resources);
  known.set(resources, groups);
  return groups;
}

function grouped(resources: readonly ResourceReview[]): readonly ResourceGroup[] {
  const groups = Map.groupBy(resources, ({ severity, action }) => `${severity} ${action}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const types = new Map<string, number>();
    for (const { type } of group) {
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    const imported = group.filter(({ importedAs }) => importedAs !== undefined).length;
    return [{ severity: first.severity, action: first.action, resources: group, types, imported }];
  });
}

/** Number of a stack's resources with an action. Like Terraform, also counts an imported resource by its other action. */
export function count({ resources }: Pick<StackReview, "resources">, action: Action): number {
  return resourceGroupsOf(resources).reduce(
    (sum, group) => sum + (action === "import" ? group.imported : group.action === action ? group.resources.length : 0),
    0,
  );
}
