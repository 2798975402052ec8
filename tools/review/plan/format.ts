import { anything, boolean, key, list, mask, nullish, object, optional, record, type Shape, string } from "./shape.ts";

// The JSON of a plan, format 1.0 to 1.2 (Terraform 1.1 to 1.15): types and shapes of what a review reads.
// Source: https://developer.hashicorp.com/terraform/internals/json-format, "Plan Representation".

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
    | readonly { readonly status?: string; readonly problems?: readonly { readonly message?: string }[] | null }[]
    | null;
}

/** Terraform 1.2 and 1.3 write conditions in this form, later versions in `checks`. */
export interface ConditionResult {
  readonly address: string;
  /** False also for conditions that are known only after apply. */
  readonly result: boolean;
  readonly unknown: boolean;
  readonly error_message?: string;
}

export interface ConfiguredResource {
  readonly address: string;
  readonly provider_config_key?: string;
  readonly expressions?: Readonly<Record<string, unknown>>;
  readonly provisioners?:
    | readonly { readonly type: string; readonly expressions?: Readonly<Record<string, unknown>> }[]
    | null;
}

export interface ConfiguredModule {
  readonly resources?: readonly ConfiguredResource[];
  readonly module_calls?: Readonly<Record<string, { readonly module?: ConfiguredModule }>>;
}

export interface StateResource {
  readonly type: string;
  readonly values?: unknown;
  /** `true` where a value is sensitive. */
  readonly sensitive_values?: unknown;
}

export interface StateModule {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly StateModule[];
}

const OUTPUT_CHANGE: Readonly<Record<string, Shape>> = {
  actions: list(string),
  before: anything,
  after: anything,
  after_unknown: mask,
  before_sensitive: mask,
  after_sensitive: mask,
};

export const CHANGE: Readonly<Record<string, Shape>> = {
  ...OUTPUT_CHANGE,
  before: nullish(object({})),
  after: nullish(object({})),
  replace_paths: optional(list(list(key))),
  importing: nullish(object({ id: optional(string) })),
};

export const RESOURCE_CHANGE: Readonly<Record<string, Shape>> = {
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
  provisioners: nullish(list(object({ type: string, expressions: optional(object({})) }))),
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

/** Shapes of the elements of sections. */
export const SHAPES = {
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
export const VALUES: Readonly<Record<string, Shape>> = {
  format_version: string,
  terraform_version: string,
  applyable: boolean,
  complete: boolean,
  errored: boolean,
  values: anything,
};
