import { PLACEHOLDER_ADDRESS, PLACEHOLDER_MARK } from "../review/plans.ts";

// Values that stand in for outputs nobody knows yet, of the type and form that the real ones will have.

/** How `terraform providers schema -json` describes what a value is: `"string"`, `["list", "string"]`, … */
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

/** Where the unknown thing will be. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * A placeholder for each output, by its name. `expressions` say what the outputs are made of, as cdktf writes them; a number
 * tells placeholders of one form apart, so that a set of three subnets does not shrink to one.
 */
export function placeholders(
  expressions: Readonly<Record<string, unknown>>,
  schemas: ProviderSchemas,
  place: Place,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expressions).map(([output, expression], index) => {
      const reference = referenceIn(expression);
      return [output, standIn(typeIn(schemas, reference), { ...reference, number: index + 1, place })];
    }),
  );
}

interface Reference {
  readonly isData: boolean;
  /** `aws_lb_listener` */
  readonly resource: string;
  /** What follows the resource's name, indices left out: `["certificate", "arn"]`. */
  readonly path: readonly string[];
}

/** The one attribute an expression consists of. Anything else is text around attributes: nothing is known of its form. */
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

/** The type behind names inside an attribute, such as `certificate_authority[0].data`. */
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

function standIn(type: ValueType, unknown: Unknown): unknown {
  if (typeof type === "string") {
    return { number: unknown.number, bool: false }[type] ?? text(unknown);
  }
  const [kind, of] = type;
  if (kind === "object") {
    return Object.fromEntries(
      Object.entries(of).map(([name, inner]) => [
        name,
        standIn(inner as ValueType, { ...unknown, path: [...unknown.path, name] }),
      ]),
    );
  }
  const element = standIn(of as ValueType, unknown);
  return kind === "map" ? { [PLACEHOLDER_MARK]: element } : [element];
}

/** Forms that providers check, by the attribute's name. */
const FORMS: readonly (readonly [RegExp, (unknown: Unknown) => string])[] = [
  [/(^|_)arns?$/, arn],
  [/(^|_)cidr(_|s?$)/, ({ number }) => `${PLACEHOLDER_ADDRESS}${number % 256}/32`],
  [/(^|_)ips?$|(^|_)ip_address(es)?$/, ({ number }) => `${PLACEHOLDER_ADDRESS}${number % 256}`],
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

/** What ARNs call a service that Terraform calls otherwise. */
const SERVICES: Readonly<Record<string, string>> = { lb: "elasticloadbalancing", cloudwatch: "logs" };

function arn(unknown: Unknown): string {
  const [service = "none", ...kind] = wordsOf(unknown);
  const region = service === "iam" ? "" : unknown.place.region;
  const name = [kind.join("-"), marked(unknown)].filter(Boolean).join("/");
  return `arn:aws:${SERVICES[service] ?? service}:${region}:${unknown.place.account}:${name}`;
}

/** `.invalid` is a domain that nobody can have (RFC 2606). */
function host(unknown: Unknown): string {
  return `${marked(unknown)}.invalid`;
}

function marked({ number }: Unknown): string {
  return `${PLACEHOLDER_MARK}-${number}`;
}

/** `aws_lb_listener` in words, the provider left out. */
function wordsOf({ resource }: Reference): readonly string[] {
  return resource.split("_").slice(1);
}
