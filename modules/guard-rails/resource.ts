import type { IConstruct } from "constructs";
import { DefaultTokenResolver, StringConcat, TerraformElement, Tokenization } from "#cdktf";

export type Arguments = Readonly<Record<string, unknown>>;

/** A resource, data source, or provider of a stack, as Terraform will read it: overrides applied, references resolved. */
export class Resource {
  readonly construct: TerraformElement;
  readonly kind: "resource" | "data" | "provider";
  /** Terraform's type, such as `aws_s3_bucket`; for a provider, `aws`. */
  readonly type: string;
  private readonly unresolved: unknown;
  private resolved: Arguments | undefined;

  constructor(construct: TerraformElement, kind: Resource["kind"], type: string, unresolved: unknown) {
    this.construct = construct;
    this.kind = kind;
    this.type = type;
    this.unresolved = unresolved;
  }

  /** Construct path, by which a person finds it in the code. */
  get path(): string {
    return this.construct.node.path;
  }

  /** Arguments by their Terraform names. Resolved on first use, because no rule checks most resources. */
  get arguments(): Arguments {
    this.resolved ??= resolve(this.construct, this.unresolved);
    return this.resolved;
  }

  /** True if an argument references this resource. */
  isReferencedBy(argument: unknown): boolean {
    return String(argument).includes(`\${${this.type}.${this.construct.friendlyUniqueId}.`);
  }
}

/** All resources, data sources, and providers in a scope. */
export function resourcesOf(scope: IConstruct): readonly Resource[] {
  return scope.node.findAll().flatMap((construct) => {
    if (!TerraformElement.isTerraformElement(construct)) {
      return [];
    }
    const { resource, data, provider } = construct.toTerraform() as Record<string, Record<string, unknown>>;
    return [
      ...inside(construct, "resource", resource),
      ...inside(construct, "data", data),
      ...providers(construct, provider),
    ];
  });
}

/** Blocks of an argument as a list, whether it has one block, a list of blocks, or none. */
export function blocks(value: unknown): readonly Arguments[] {
  return value === undefined || value === null ? [] : ([value].flat() as Arguments[]);
}

function inside(
  construct: TerraformElement,
  kind: "resource" | "data",
  tree: Record<string, unknown> = {},
): Resource[] {
  return Object.entries(tree).flatMap(([type, ofType]) =>
    Object.values(ofType as object).map((unresolved) => new Resource(construct, kind, type, unresolved)),
  );
}

function providers(construct: TerraformElement, tree: Record<string, unknown> = {}): Resource[] {
  return Object.entries(tree).flatMap(([type, ofType]) =>
    (ofType as unknown[]).map((unresolved) => new Resource(construct, "provider", type, unresolved)),
  );
}

function resolve(scope: IConstruct, unresolved: unknown): Arguments {
  return Tokenization.resolve(unresolved, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  }) as Arguments;
}
