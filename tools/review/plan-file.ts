import { createReadStream, statSync } from "node:fs";
import { isKnownReason } from "./action-reasons.ts";
import { JsonError, JsonSections, type Place, parseJson, type Section, type Sections } from "./json-sections.ts";
import { readAt, readChunks } from "./plan-text.ts";
import { withoutValues } from "./resource-head.ts";
import {
  anything,
  boolean,
  check,
  key,
  list,
  mask,
  nullish,
  object,
  optional,
  record,
  type Shape,
  ShapeError,
  string,
} from "./shape.ts";

// Reads the output of `terraform show -json PLAN`, format 1.0 to 1.2 (Terraform 1.1 to 1.15), in pieces.
// Source of the format: https://developer.hashicorp.com/terraform/internals/json-format, "Plan Representation".

/** A value before and after the change. */
export interface OutputChange {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** `true` where `after` is known only after apply; has the structure of `after`. */
  readonly after_unknown?: unknown;
  /** `true` where the value is sensitive; has the structure of the value. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

export interface Change extends OutputChange {
  /** Paths of the attributes that force a replacement. */
  readonly replace_paths?: readonly (readonly (string | number)[])[] | undefined;
  readonly importing?: { readonly id?: string; readonly identity?: unknown } | null;
}

export interface ResourceChange {
  readonly address: string;
  /** The address in the state when the code moves the resource. */
  readonly previous_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly index?: string | number | bigint;
  /** Key of an object left by an interrupted create-before-destroy replacement. */
  readonly deposed?: string | undefined;
  /** Such as `replace_because_tainted`. */
  readonly action_reason?: string | undefined;
  readonly change: Change;
}

/** A resource change without its values. */
export type ResourceHead = Omit<ResourceChange, "change"> & { readonly change: Omit<Change, "before" | "after"> };

export interface ActionInvocation {
  readonly address: string;
  readonly type: string;
  readonly config_values?: unknown;
  readonly config_sensitive?: unknown;
  readonly lifecycle_action_trigger?: {
    readonly triggering_resource_address?: string;
    readonly action_trigger_event?: string;
  } | null;
  /** Set for an action that `-invoke` asks for. */
  readonly invoke_action_trigger?: { readonly calling_resource_address?: string } | null;
}

export interface CheckResult {
  readonly address: {
    readonly to_display: string;
    /** `check` for a block of that name; conditions of resources and others have their own. */
    readonly kind?: string;
  };
  readonly status: string;
  readonly instances?:
    | readonly { readonly status?: string; readonly problems?: readonly { readonly message?: string }[] }[]
    | null;
}

const OUTPUT_CHANGE: Readonly<Record<string, Shape>> = {
  actions: list(string),
  before: anything,
  after: anything,
  after_unknown: mask,
  before_sensitive: mask,
  after_sensitive: mask,
};

const CHANGE: Readonly<Record<string, Shape>> = {
  ...OUTPUT_CHANGE,
  before: nullish(object({})),
  after: nullish(object({})),
  replace_paths: optional(list(list(key))),
  importing: nullish(object({ id: optional(string) })),
};

const RESOURCE_CHANGE: Readonly<Record<string, Shape>> = {
  address: string,
  previous_address: optional(string),
  mode: string,
  type: string,
  index: optional(key),
  deposed: optional(string),
  action_reason: optional(string),
  change: object(CHANGE),
};

const ACTION_INVOCATION = object({
  address: string,
  type: string,
  lifecycle_action_trigger: nullish(
    object({ triggering_resource_address: optional(string), action_trigger_event: optional(string) }),
  ),
  invoke_action_trigger: nullish(object({ calling_resource_address: optional(string) })),
});

const CONFIGURED_RESOURCE = object({
  address: string,
  provider_config_key: optional(string),
  expressions: optional(object({})),
});

const MODULE_CALL = object({ module: optional((value) => CONFIGURED_MODULE(value)) });

const CONFIGURED_MODULE: Shape = object({
  resources: optional(list(CONFIGURED_RESOURCE)),
  module_calls: optional(record(MODULE_CALL)),
});

const STATE_RESOURCE = object({ type: string, values: nullish(object({})), sensitive_values: mask });

const STATE_MODULE: Shape = object({
  resources: optional(list(STATE_RESOURCE)),
  child_modules: optional(list((value) => STATE_MODULE(value))),
});

const SHAPES = {
  resource: object(RESOURCE_CHANGE),
  output: object(OUTPUT_CHANGE),
  deferred: object({ reason: optional(string), resource_change: object(RESOURCE_CHANGE) }),
  invocation: ACTION_INVOCATION,
  deferredInvocation: object({ reason: optional(string), action_invocation: ACTION_INVOCATION }),
  check: object({
    address: object({ to_display: string, kind: optional(string) }),
    status: string,
    instances: nullish(
      list(object({ status: optional(string), problems: nullish(list(object({ message: optional(string) }))) })),
    ),
  }),
  condition: object({
    address: string,
    result: boolean,
    unknown: boolean,
    error_message: optional(string),
  }),
  configured: CONFIGURED_RESOURCE,
  state: STATE_RESOURCE,
  stateModule: STATE_MODULE,
  variable: object({}),
  moduleCall: MODULE_CALL,
};

/** Sections that are complete values. */
const VALUES: Readonly<Record<string, Shape>> = {
  format_version: string,
  terraform_version: string,
  applyable: boolean,
  complete: boolean,
  errored: boolean,
  values: anything,
};

/** Terraform 1.2 and 1.3 write conditions in this form, later versions in `checks`. */
interface ConditionResult {
  readonly address: string;
  /** False also for conditions that are known only after apply. */
  readonly result: boolean;
  readonly unknown: boolean;
  readonly error_message?: string;
}

interface ConfiguredResource {
  readonly address: string;
  readonly provider_config_key?: string;
  readonly expressions?: Readonly<Record<string, unknown>>;
}

interface StateResource {
  readonly type: string;
  readonly values?: unknown;
  /** `true` where a value is sensitive. */
  readonly sensitive_values?: unknown;
}

interface StateModule {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly StateModule[];
}

interface ConfiguredModule {
  readonly resources?: readonly ConfiguredResource[];
  readonly module_calls?: Readonly<Record<string, { readonly module?: ConfiguredModule }>>;
}

export type PlanPart =
  /** A resource or data source of the plan, including those without a change. */
  | ({ readonly kind: "resource" } & ResourcePart)
  /** A change made outside Terraform since the last apply. */
  | ({ readonly kind: "drift" } & ResourcePart)
  | { readonly kind: "output"; readonly name: string; readonly change: OutputChange }
  /** The value of a variable of the root module. */
  | { readonly kind: "variable"; readonly name: string; readonly value: unknown }
  /** A variable of the root module that is marked as sensitive. */
  | { readonly kind: "sensitive variable"; readonly name: string }
  /** A resource of the state, only in plans without planned resources, as -refresh-only makes them. */
  | { readonly kind: "state"; readonly type: string; readonly values: unknown; readonly sensitive: unknown }
  | ({ readonly kind: "configured"; readonly address: string; readonly provider?: string } & Configured)
  /** The region of a provider, or what it refers to, such as `var.region`. */
  | { readonly kind: "provider"; readonly key: string; readonly region: string }
  /** A change that Terraform expects but does not plan yet. */
  | ({ readonly kind: "deferred"; readonly reason: string } & ResourcePart)
  | { readonly kind: "invocation"; readonly invocation: ActionInvocation }
  /** An action that a later plan invokes. */
  | { readonly kind: "deferred invocation"; readonly reason: string; readonly invocation: ActionInvocation }
  | { readonly kind: "check"; readonly check: CheckResult }
  | { readonly kind: "summary"; readonly summary: PlanSummary };

export interface ResourcePart {
  readonly head: ResourceHead;
  /** Reads the resource with its values, which are not kept. */
  readonly read: () => ResourceChange;
}

/** Facts about the plan as a whole; the last part of every plan. */
export interface PlanSummary {
  /** False for a plan with `-target`, `-exclude`, or deferred changes. */
  readonly isComplete: boolean;
  /** True when planning ended with an error. */
  readonly isErrored: boolean;
  /** Properties of the plan that this program does not know, such as `resource_changes.change.replica`, with their number. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The configuration of a resource. */
export interface Configured {
  /** Arguments set in the code. */
  readonly attributes: readonly string[];
  /** Addresses of the policy documents and IAM resources that an argument refers to, by argument. */
  readonly references: Readonly<Record<string, readonly string[]>>;
}

/** Terraform omits empty sections, and writes none as null. */
const SECTIONS: Sections = {
  ...Object.fromEntries(Object.keys(VALUES).map((name) => [name, "value" as const])),
  resource_drift: "elements",
  resource_changes: "elements",
  deferred_changes: "elements",
  action_invocations: "elements",
  deferred_action_invocations: "elements",
  output_changes: "fields",
  checks: "elements",
  condition_results: "elements",
  variables: "fields",
  configuration: {
    provider_config: "fields",
    root_module: { resources: "elements", module_calls: "fields", variables: "fields" },
  },
  // Repeated in the sections above, or irrelevant to a review.
  planned_values: "skip",
  proposed_unknown: "skip",
  prior_state: "skip",
  relevant_attributes: "skip",
  timestamp: "skip",
};

const STATE: Sections = { values: { root_module: { resources: "elements", child_modules: "elements" } } };

/** The sections to read; the state repeats what the changes have, unless there are none. `keys` are the sections so far. */
function sectionsAfter(keys: ReadonlySet<string>): Sections {
  return {
    ...SECTIONS,
    get prior_state() {
      return keys.has("resource_changes") ? "skip" : STATE;
    },
  };
}

/** Properties of each element that this program knows, including those it does not need. */
const KNOWN = {
  change: new Set([
    ...Object.keys(CHANGE),
    ...["generated_config", "before_identity", "after_identity", "before_identity_schema_version"],
  ]),
  check: new Set(["address", "status", "instances"]),
  condition: new Set(["address", "condition_type", "result", "unknown", "error_message"]),
  deferred: new Set(["reason", "resource_change", "action_invocation"]),
  invocation: new Set([
    ...["address", "type", "name", "config_values", "config_sensitive", "config_unknown", "provider_name"],
    ...["lifecycle_action_trigger", "invoke_action_trigger"],
  ]),
  resource: new Set([
    ...Object.keys(RESOURCE_CHANGE),
    ...["name", "module_address", "provider_name", "index_unknown", "previous_provider_name"],
  ]),
} satisfies Readonly<Record<string, ReadonlySet<string>>>;

const KNOWN_STATUSES: ReadonlySet<string> = new Set(["pass", "fail", "error", "unknown"]);

const KNOWN_ACTIONS: ReadonlySet<string> = new Set(["no-op", "create", "read", "update", "delete", "forget"]);

const ZIP = Buffer.from("PK\u0003\u0004");
const GZIP = Buffer.from([0x1f, 0x8b]);

const EXPECTED = "expected the output of terraform show -json for a plan";

/**
 * The parts of a plan in the order of the file. Memory use does not depend on the length of the plan. Errors name the file and
 * the reason. Because an error can come after the first parts, callers must not act on any part before the end.
 */
export async function* readPlan(
  file: string,
  input?: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<PlanPart> {
  const head: Record<string, unknown> = {};
  const unknown = new Map<string, number>();
  const count = (property: string) => unknown.set(property, (unknown.get(property) ?? 0) + 1);
  const keys = new Set<string>();
  const sections = new JsonSections(sectionsAfter(keys), (key) => {
    keys.add(key);
    if (!Object.hasOwn(SECTIONS, key)) {
      count(key);
    }
  });
  try {
    const isFile = input === undefined && statSync(file).isFile();
    let markLength: number | undefined;
    for await (const chunk of isFile ? readChunks(file) : (input ?? createReadStream(file))) {
      if (markLength === undefined) {
        rejectOtherInput(chunk);
        markLength = hasByteOrderMark(chunk) ? BYTE_ORDER_MARK.length : 0;
        sections.skip(markLength);
      }
      for (const section of sections.write(chunk)) {
        const [name = ""] = section.path;
        if (section.path.length === 1) {
          head[name] = checked(parseJson(section.json.toString()), VALUES[name] ?? anything, section.path);
          rejectFormat(head);
        } else {
          for (const part of partsOf(section, { file, isFile }, count)) {
            yield part;
          }
        }
      }
    }
    sections.end();
    rejectOtherDocuments(head, keys);
    yield {
      kind: "summary",
      summary: { isComplete: head.complete !== false, isErrored: head.errored === true, unknown },
    };
  } catch (error) {
    throw new Error(`${file}: ${EXPECTED}: ${reason(error)}`, { cause: error });
  }
}

interface Source {
  readonly file: string;
  /** False for a pipe, which can be read only once. */
  readonly isFile: boolean;
}

function partsOf(
  { path, json, place, isExact, inner }: Section,
  { file, isFile }: Source,
  count: (property: string) => void,
): readonly PlanPart[] {
  const [section = "", key = ""] = path;
  if (section === "resource_changes" || section === "resource_drift") {
    const head = headOf(parseJson(withoutValues({ json, inner }), isExact), { path, section }, count);
    const source = { file, address: head.address, isExact };
    const read = isFile ? fromFile(source, place) : fromCopy(source, Buffer.from(json));
    return [{ kind: section === "resource_changes" ? "resource" : "drift", head, read }];
  }
  const value = parseJson(json.toString());
  switch (section) {
    case "deferred_changes": {
      const { reason = "unknown", resource_change } = checked<{ reason?: string; resource_change: ResourceChange }>(
        value,
        SHAPES.deferred,
        path,
      );
      countUnknown(value, "deferred", section, count);
      const place = { path: [...path, "resource_change"], section: `${section}.resource_change` };
      const head = headOf(resource_change, place, count);
      return [{ kind: "deferred", reason, head, read: () => resource_change }];
    }
    case "action_invocations": {
      const invocation = checked<ActionInvocation>(value, SHAPES.invocation, path);
      countUnknown(invocation, "invocation", section, count);
      return [{ kind: "invocation", invocation }];
    }
    case "deferred_action_invocations": {
      const { reason = "unknown", action_invocation } = checked<{
        reason?: string;
        action_invocation: ActionInvocation;
      }>(value, SHAPES.deferredInvocation, path);
      countUnknown(value, "deferred", section, count);
      countUnknown(action_invocation, "invocation", `${section}.action_invocation`, count);
      return [{ kind: "deferred invocation", reason, invocation: action_invocation }];
    }
    case "output_changes": {
      const change = checked<OutputChange>(value, SHAPES.output, path);
      countUnknown(change, "change", section, count);
      countUnknownActions(change, section, count);
      return [{ kind: "output", name: key, change }];
    }
    case "checks": {
      const check = checked<CheckResult>(value, SHAPES.check, path);
      countUnknown(check, "check", section, count);
      for (const { status = "unknown" } of [check, ...(check.instances ?? [])]) {
        if (!KNOWN_STATUSES.has(status)) {
          count(`${section}.status.${status}`);
        }
      }
      return [{ kind: "check", check }];
    }
    case "condition_results": {
      const condition = checked<ConditionResult>(value, SHAPES.condition, path);
      countUnknown(condition, "condition", section, count);
      return [{ kind: "check", check: checkOf(condition) }];
    }
    case "variables":
      return [{ kind: "variable", name: key, value: checked<{ value?: unknown }>(value, SHAPES.variable, path).value }];
    case "prior_state":
      return path[3] === "resources"
        ? [stateOf(checked(value, SHAPES.state, path))]
        : [...stateInModule(checked(value, SHAPES.stateModule, path))];
    default: {
      if (path[1] === "provider_config") {
        return providerRegion(path[2] ?? "", checked(value, SHAPES.variable, path));
      }
      if (path[2] === "variables") {
        const { sensitive } = checked<{ sensitive?: unknown }>(value, SHAPES.variable, path);
        return sensitive === true ? [{ kind: "sensitive variable", name: path[3] ?? "" }] : [];
      }
      if (path[2] === "resources") {
        return [configured(checked(value, SHAPES.configured, path), "")];
      }
      const { module = {} } = checked<{ module?: ConfiguredModule }>(value, SHAPES.moduleCall, path);
      return [...configuredInModule(module, `module.${path[3]}.`)];
    }
  }
}

// Two functions, because closures of one function share everything that any of them needs: the text would stay in memory.

function fromFile(source: ResourceSource, place: Place): ResourcePart["read"] {
  return () => parseResource(readAt(source.file, place), source);
}

function fromCopy(source: ResourceSource, json: Buffer): ResourcePart["read"] {
  return () => parseResource(json.toString(), source);
}

interface ResourceSource {
  readonly file: string;
  readonly address: string;
  readonly isExact: boolean;
}

function parseResource(json: string, { file, address, isExact }: ResourceSource): ResourceChange {
  const resource = tryParse(json, isExact) as ResourceChange | undefined;
  if (resource?.address !== address) {
    const cause =
      addressIn(json) === address
        ? `${EXPECTED}: the JSON of ${address} is invalid`
        : "the file changed during the review";
    throw new Error(`${file}: ${cause}`);
  }
  return resource;
}

/** The address of a resource whose values may be invalid. */
function addressIn(json: string): unknown {
  try {
    const [section] = new JsonSections({ resource: "value" }).write(Buffer.from(`{"resource":${json}}`));
    return section && (parseJson(withoutValues(section)) as ResourceHead).address;
  } catch {
    return undefined;
  }
}

/** Undefined for invalid JSON. V8's message would quote the text, which may contain secrets. */
function tryParse(json: string, isExact: boolean): unknown {
  try {
    return parseJson(json, isExact);
  } catch {
    return undefined;
  }
}

/** A parsed value, whose type the shape guarantees. */
function checked<T>(value: unknown, shape: Shape, path: readonly string[]): T {
  check(value, shape, path);
  return value as T;
}

function headOf(
  value: unknown,
  { path, section }: { readonly path: readonly string[]; readonly section: string },
  count: (property: string) => void,
): ResourceHead {
  const resource = checked<ResourceHead>(value, SHAPES.resource, path);
  countUnknown(resource, "resource", section, count);
  if (resource.mode !== "managed" && resource.mode !== "data") {
    count(`${section}.mode`);
  }
  countUnknown(resource.change, "change", `${section}.change`, count);
  if (resource.action_reason !== undefined && !isKnownReason(resource.action_reason)) {
    count(`${section}.action_reason.${resource.action_reason}`);
  }
  countUnknownActions(resource.change, `${section}.change`, count);
  return resource;
}

function countUnknownActions(
  { actions }: Pick<OutputChange, "actions">,
  section: string,
  count: (property: string) => void,
): void {
  if (actions.length === 0) {
    count(`${section}.actions`);
  }
  for (const action of actions) {
    if (!KNOWN_ACTIONS.has(action)) {
      count(`${section}.actions.${action}`);
    }
  }
}

function checkOf({ address, result, unknown, error_message: message }: ConditionResult): CheckResult {
  const status = result ? "pass" : unknown ? "unknown" : "fail";
  return { address: { to_display: address }, status, instances: [{ status, problems: message ? [{ message }] : [] }] };
}

function countUnknown(
  element: unknown,
  kind: keyof typeof KNOWN,
  section: string,
  count: (property: string) => void,
): void {
  for (const property in element as object) {
    if (!KNOWN[kind].has(property)) {
      count(`${section}.${property}`);
    }
  }
}

/** Addresses in the configuration of a module are relative to it. */
function* configuredInModule(
  { resources = [], module_calls = {} }: ConfiguredModule,
  prefix: string,
): Generator<PlanPart> {
  for (const resource of resources) {
    yield configured(resource, prefix);
  }
  for (const [name, { module = {} }] of Object.entries(module_calls)) {
    yield* configuredInModule(module, `${prefix}module.${name}.`);
  }
}

function stateOf({ type, values, sensitive_values: sensitive }: StateResource): PlanPart {
  return { kind: "state", type, values, sensitive };
}

function* stateInModule({ resources = [], child_modules = [] }: StateModule): Generator<PlanPart> {
  yield* resources.map(stateOf);
  for (const module of child_modules) {
    yield* stateInModule(module);
  }
}

function providerRegion(key: string, config: unknown): readonly PlanPart[] {
  const { expressions } = config as { expressions?: { region?: { constant_value?: unknown; references?: unknown } } };
  const { constant_value, references } = expressions?.region ?? {};
  const [first, ...others] = Array.isArray(references) ? references : [];
  const region = constant_value ?? [first, ...others].find((name) => /^var\.[\w-]+$/.test(String(name))) ?? first;
  return typeof region === "string" ? [{ kind: "provider", key, region }] : [];
}

function configured({ address, provider_config_key, expressions = {} }: ConfiguredResource, prefix: string): PlanPart {
  return {
    kind: "configured",
    address: prefix + address,
    ...(provider_config_key === undefined ? {} : { provider: provider_config_key }),
    attributes: Object.keys(expressions),
    references: referencesIn(expressions, prefix),
  };
}

const REFERENCED = /^(data\.aws_iam_policy_document|aws_iam_(policy|role|user|group))\.[\w-]+$/;

function referencesIn(expressions: Readonly<Record<string, unknown>>, prefix: string): Configured["references"] {
  const found: Record<string, readonly string[]> = {};
  for (const argument in expressions) {
    const addresses = referencesOf(expressions[argument]).filter((address) => REFERENCED.test(address));
    if (addresses.length > 0) {
      found[argument] = addresses.map((address) => prefix + address);
    }
  }
  return found;
}

/** References of an argument; those of nested blocks do not count. */
function referencesOf(expression: unknown): readonly string[] {
  const { references } = (expression ?? {}) as { references?: unknown };
  return Array.isArray(references) ? references.filter((reference) => typeof reference === "string") : [];
}

/** Names the common mistakes whose JSON error would not explain them. */
function rejectOtherInput(chunk: Buffer): void {
  if (chunk.subarray(0, 4).equals(ZIP)) {
    throw new Error("this is the binary plan, not its JSON");
  }
  if (chunk.subarray(0, 2).equals(GZIP)) {
    throw new Error("the file is compressed with gzip; decompress it, for example with gunzip");
  }
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0) {
    throw new Error("the file is UTF-16, as PowerShell's > writes it; write it as UTF-8");
  }
  const start = chunk.subarray(0, 256).toString();
  const [, cause] = OTHER_BEGINNINGS.find(([beginning]) => beginning.test(start)) ?? [];
  if (cause !== undefined) {
    throw new Error(cause);
  }
}

const OTHER_BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\s*\{"@level"/, "this is the log of terraform plan -json; use terraform show -json with a saved plan"],
  [
    /^\s*(?:[^\P{Cc}\s]|Terraform |OpenTofu |No changes\.|Note: |╷|Acquiring state lock|\S+: (?:Refreshing state|Reading))/u,
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  [
    /^\s*(?:\[command\]|::[a-z]+)/,
    "the first line is from the wrapper of hashicorp/setup-terraform; set terraform_wrapper: false, or call terraform-bin",
  ],
  [/^\s*"\s*\{/, "the plan is inside a JSON string: it was encoded twice"],
  [
    /^\s*(?!true|false|null)[^\s{["\d-]/,
    "the input begins with something other than JSON; write only the output of terraform show -json to it",
  ],
];

const BYTE_ORDER_MARK = Buffer.from("\ufeff");

function hasByteOrderMark(chunk: Buffer): boolean {
  return chunk.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

/** A new major version is incompatible with older readers. The version is at the beginning of the file. */
function rejectFormat({ format_version: version }: Record<string, unknown>): void {
  if (version !== undefined && !/^1\.\d+$/.test(String(version))) {
    throw new Error(`its format_version is "${version}", and this program reads 1.x (Terraform 1.1 and later)`);
  }
}

/** Properties that Terraform also writes without a plan. */
const IN_ANY_DOCUMENT: readonly string[] = ["format_version", "terraform_version", "checks"];

function rejectOtherDocuments(head: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): void {
  if (keys.has("lineage") && keys.has("serial")) {
    throw new Error("this is a state file, not a plan");
  }
  if (keys.has("plan_format_version")) {
    throw new Error("this is the redacted plan of HCP Terraform; use the JSON of the whole plan");
  }
  if (head.format_version === undefined) {
    throw new Error('it has no "format_version"');
  }
  if (head.values !== undefined) {
    throw new Error("this is a state, not a plan");
  }
  if ([...keys].every((key) => IN_ANY_DOCUMENT.includes(key))) {
    throw new Error("this is an empty state, not a plan");
  }
  if (![...keys].some((key) => Object.hasOwn(SECTIONS, key) && !IN_ANY_DOCUMENT.includes(key))) {
    throw new Error("it has none of a plan's properties, such as resource_changes");
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EISDIR: "this is a folder, which must be the only argument",
  ENOENT: "no such file",
};

function reason(error: unknown): string {
  if (error instanceof SyntaxError) {
    return "the JSON is invalid"; // V8's message quotes the text, which may contain secrets
  }
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof JsonError || error instanceof ShapeError || code === undefined) {
    return message;
  }
  return CAUSES[code] ?? `cannot be read (${code})`;
}
