import { DefaultTokenResolver, StringConcat, TerraformElement, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

export type Arguments = Readonly<Record<string, unknown>>;

/** Something that a stack asks Terraform for, as Terraform will read it: with overrides, and references written out. */
export class Resource {
  readonly construct: TerraformElement;
  readonly kind: "resource" | "data" | "provider";
  /** Terraform's name for what it is, such as `aws_s3_bucket`; of a provider, `aws`. */
  readonly type: string;
  private readonly unresolved: unknown;
  private resolved: Arguments | undefined;

  constructor(construct: TerraformElement, kind: Resource["kind"], type: string, unresolved: unknown) {
    this.construct = construct;
    this.kind = kind;
    this.type = type;
    this.unresolved = unresolved;
  }

  /** Where a person finds it in the code. */
  get path(): string {
    return this.construct.node.path;
  }

  /** Arguments under their Terraform names. Resolved when first asked for, because most resources concern no rule. */
  get arguments(): Arguments {
    this.resolved ??= resolve(this.construct, this.unresolved);
    return this.resolved;
  }

  /** Whether an argument refers to this resource. */
  isNamedBy(argument: unknown): boolean {
    return String(argument).includes(`\${${this.type}.${this.construct.friendlyUniqueId}.`);
  }
}

/** What a scope asks Terraform for. */
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

/** Blocks of an argument, whether it was written as one, as a list or not at all. */
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
