import type { ConfiguredModule, ConfiguredResource } from "./format.ts";
import type { Configured, PlanPart } from "./part.ts";

// The configuration in a plan: regions of providers, and arguments and references of resources.

export function providerRegion(key: string, config: unknown): readonly PlanPart[] {
  const { expressions } = config as { expressions?: { region?: { constant_value?: unknown; references?: unknown } } };
  const { constant_value, references } = expressions?.region ?? {};
  const [first, ...others] = Array.isArray(references) ? references : [];
  const region = constant_value ?? [first, ...others].find((name) => /^var\.[\w-]+$/.test(String(name))) ?? first;
  return typeof region === "string" ? [{ kind: "provider", key, region }] : [];
}

/** Addresses in the configuration of a module are relative to it. */
export function* configuredInModule(
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

export function configured(
  { address, provider_config_key, expressions = {}, provisioners }: ConfiguredResource,
  prefix: string,
): PlanPart {
  return {
    kind: "configured",
    address: prefix + address,
    ...(provider_config_key === undefined ? {} : { provider: provider_config_key }),
    attributes: Object.keys(expressions),
    references: referencesIn(expressions, prefix),
    ...(provisioners?.length
      ? {
          provisioners: provisioners.map(({ type, expressions = {} }) => ({ type, commands: commandsIn(expressions) })),
        }
      : {}),
  };
}

/** Constant commands and scripts of a provisioner. Source: "Provisioners" in Terraform's documentation. */
function commandsIn(expressions: Readonly<Record<string, unknown>>): readonly string[] {
  return ["command", "inline", "script", "scripts"]
    .flatMap((argument) => (expressions[argument] as { constant_value?: unknown } | undefined)?.constant_value ?? [])
    .filter((command) => typeof command === "string");
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
