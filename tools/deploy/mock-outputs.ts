import { MOCK_ADDRESS, MOCK_MARK } from "../review/plan/plans.ts";

// Mock outputs replace outputs that are not known yet, with the type and the format that the real values will have.

/** A type as `terraform providers schema -json` writes it: `"string"`, `["list", "string"]`, … */
export type ValueType = string | readonly [kind: string, of: ValueType | Readonly<Record<string, ValueType>>];

export interface Block {
  readonly attributes?: Readonly<Record<string, { readonly type?: ValueType }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

export interface ProviderSchemas {
  readonly provider_schemas?: Readonly<
    Record<string, { readonly resource_schemas?: Schemas; readonly data_source_schemas?: Schemas }>
  >;
}

type Schemas = Readonly<Record<string, { readonly block: Block }>>;

/** Location of the resource that an output describes. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * Makes a mock value for each output. A number keeps values of the same format distinct, so that a set of three subnets does
 * not shrink to one.
 *
 * @param expressions The outputs by name, as the Terraform expressions that cdktf writes.
 */
export function mockOutputs(
  expressions: Readonly<Record<string, unknown>>,
  schemas: ProviderSchemas,
  place: Place,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expressions).map(([output, expression], index) => {
      const reference = referenceIn(expression);
      return [output, mock(typeIn(schemas, reference), { ...reference, number: index + 1, place })];
    }),
  );
}

interface Reference {
  readonly isData: boolean;
  /** `aws_lb_listener` */
  readonly resource: string;
  /** Attribute path without indices: `["certificate", "arn"]`. */
  readonly path: readonly string[];
}

/** Parses an expression that is a single attribute. Any other expression is text around attributes, in an unknown format. */
function referenceIn(expression: unknown): Reference {
  const [, data, resource = "", path = ""] =
    /^\$\{(data\.)?(\w+)\.[\w-]+\.([\w.[\]]+)\}$/.exec(String(expression)) ?? [];
  return { isData: data !== undefined, resource, path: path.split(/[.[\]]+/).filter((part) => /^[a-z]/.test(part)) };
}

function typeIn({ provider_schemas = {} }: ProviderSchemas, { isData, resource, path }: Reference): ValueType {
  const schema = Object.values(provider_schemas)
    .map((provider) => (isData ? provider.data_source_schemas : provider.resource_schemas)?.[resource])
    .find((found) => found !== undefined);
  let block = schema?.block;
  for (const [index, part] of path.entries()) {
    const type = block?.attributes?.[part]?.type;
    if (type !== undefined) {
      return elementAt(type, path.slice(index + 1));
    }
    block = block?.block_types?.[part]?.block;
  }
  return "string";
}

/** Type of a nested value such as `certificate_authority[0].data`. */
function elementAt(type: ValueType, path: readonly string[]): ValueType {
  const [name, ...rest] = path;
  if (name === undefined || typeof type === "string") {
    return type;
  }
  const [kind, of] = type;
  return kind === "object"
    ? elementAt((of as Record<string, ValueType>)[name] ?? "string", rest)
    : elementAt(of as ValueType, path);
}

interface Unknown extends Reference {
  readonly number: number;
  readonly place: Place;
}

function mock(type: ValueType, unknown: Unknown): unknown {
  if (typeof type === "string") {
    return { number: unknown.number, bool: false }[type] ?? text(unknown);
  }
  const [kind, of] = type;
  if (kind === "object") {
    return Object.fromEntries(
      Object.entries(of).map(([name, inner]) => [
        name,
        mock(inner as ValueType, { ...unknown, path: [...unknown.path, name] }),
      ]),
    );
  }
  const element = mock(of as ValueType, unknown);
  return kind === "map" ? { [MOCK_MARK]: element } : [element];
}

/** Formats that providers validate, by attribute name. */
const FORMS: readonly (readonly [RegExp, (unknown: Unknown) => string])[] = [
  [/(^|_)arns?$/, arn],
  [/(^|_)cidr(_|s?$)/, ({ number }) => `${MOCK_ADDRESS}${number % 256}/32`],
  [/(^|_)ips?$|(^|_)ip_address(es)?$/, ({ number }) => `${MOCK_ADDRESS}${number % 256}`],
  [/^repository_url$/, host],
  [/(^|_)ur[il]s?$/, (unknown) => `https://${host(unknown)}`],
  [/(^|_)(dns|domain|host)(_name)?s?$|(^|_)endpoints?$/, host],
];

/** Resources whose `id` is their ARN. */
const IDENTIFIED_BY_ARN = /^aws_(ecs_(cluster|service)|lb|lb_listener|lb_listener_rule|lb_target_group|sns_topic)$/;

function text(unknown: Unknown): string {
  const attribute = unknown.path.at(-1) ?? "";
  if (attribute === "id" && IDENTIFIED_BY_ARN.test(unknown.resource)) {
    return arn(unknown);
  }
  const [, form] = FORMS.find(([pattern]) => pattern.test(attribute)) ?? [];
  return form === undefined ? [...wordsOf(unknown), marked(unknown)].join("-") : form(unknown);
}

/** Service names in ARNs that differ from those in Terraform's resource types. */
const SERVICES: Readonly<Record<string, string>> = { lb: "elasticloadbalancing", cloudwatch: "logs" };

function arn(unknown: Unknown): string {
  const [service = "none", ...kind] = wordsOf(unknown);
  const region = service === "iam" ? "" : unknown.place.region;
  const name = [kind.join("-"), marked(unknown)].filter(Boolean).join("/");
  return `arn:aws:${SERVICES[service] ?? service}:${region}:${unknown.place.account}:${name}`;
}

/** `.invalid` is reserved and never resolves (RFC 2606). */
function host(unknown: Unknown): string {
  return `${marked(unknown)}.invalid`;
}

function marked({ number }: Unknown): string {
  return `${MOCK_MARK}-${number}`;
}

/** Words of a resource type without the provider: `["lb", "listener"]`. */
function wordsOf({ resource }: Reference): readonly string[] {
  return resource.split("_").slice(1);
}
