import type { Finding, Text } from "../../model.ts";
import { withoutCredentials } from "../../secrets/credentials.ts";
import { isSecretVariable } from "../../secrets/names.ts";
import type { Subject } from "../../subject.ts";
import { textInBase64 } from "../../values/base64.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isFields, isList, isNothing, Secret, type Value } from "../../values/value.ts";
import { list, text } from "../text.ts";

// Secrets in plain text in environment variables and scripts: everyone who can read the definition of the resource sees them.

/** Types with findings about each container. */
const WITH_CONTAINERS: ReadonlySet<string> = new Set(["aws_batch_job_definition", "aws_ecs_task_definition"]);

export function plainText({ type, before, after, changed }: Subject): readonly Finding[] {
  if (after === undefined || WITH_CONTAINERS.has(type)) {
    return NO_FINDINGS;
  }
  const variables = changed.flatMap((name) => {
    const is = inArgument(name, after);
    return is === undefined
      ? NO_FINDINGS
      : exposedFindings(["It"], text` in its ${name}`, inArgument(name, before), is);
  });
  const scripts = [...USER_DATA, ...(entryOf(SCRIPTS, type) ?? [])].filter((name) =>
    changed.includes(name.replace(/\..*$/s, "")),
  );
  return [...variables, ...scripts.flatMap((name) => scriptFindings(name, before, after))];
}

const NO_FINDINGS: readonly Finding[] = [];

/** An argument as the only one of its resource: its name may say that it has variables. */
export function inArgument(name: string, side: Value | undefined): Value | undefined {
  const value = at(side, name);
  return typeof value === "object" && value !== null ? { [name]: value } : undefined;
}

/** Findings about variables that become readable, such as "The container `app` gets …". */
export function exposedFindings(
  what: Text,
  where: Text,
  was: Value | undefined,
  is: Value | undefined,
): readonly Finding[] {
  const readable = variablesIn(is).filter(({ isStored }) => !isStored);
  if (readable.length === 0) {
    return NO_FINDINGS;
  }
  const old = Map.groupBy(variablesIn(was), ({ name }) => name);
  const had = (name: string) => old.get(name) ?? NONE;
  const added = readable.filter(({ name }) => had(name).every(({ isStored }) => isStored));
  const wereStored = added.filter(({ name }) => had(name).some(isSecret));
  const areNew = unique(added.filter((one) => had(one.name).length === 0 && isSecret(one)));
  return [
    ...unique(wereStored).map(
      (name): Finding => ({
        severity: "danger",
        text: [...what, ...text` gets ${name} in plain text`, ...where, " instead of as a secret."],
      }),
    ),
    ...(areNew.length === 0
      ? []
      : [
          {
            severity: "caution" as const,
            text: [
              ...what,
              " gets ",
              ...list(areNew),
              " in plain text",
              ...where,
              `: everyone who can read its definition sees the ${areNew.length === 1 ? "value" : "values"}.`,
            ],
          },
        ]),
  ];
}

function unique(variables: readonly Variable[]): readonly string[] {
  return [...new Set(variables.map(({ name }) => name))];
}

export interface Variable {
  readonly name: string;
  /** Undefined for a reference to a value in a store. */
  readonly value: Value | undefined;
  /** True for a variable whose value is not in the definition. */
  readonly isStored: boolean;
}

const NONE: readonly Variable[] = [];

/** A variable of an argument for secrets has no value here; those of others may refer to settings that are no secrets. */
function isSecret({ name, value, isStored }: Variable): boolean {
  return value === undefined
    ? isSecretVariable(name, "value")
    : isStored || value instanceof Secret || (typeof value === "string" && withoutCredentials(value, "") !== value);
}

type Place = "variables" | "stored";

export function variablesIn(value: Value | undefined): readonly Variable[] {
  const found: Variable[] = [];
  collect(value, undefined, found);
  return found;
}

/** Finds variables at any depth. */
function collect(value: Value | undefined, place: Place | undefined, found: Variable[]): void {
  if (isList(value)) {
    for (const inner of value) {
      collect(inner, place, found);
    }
    return;
  }
  const block = place === undefined ? undefined : ofBlock(value, place);
  if (block !== undefined) {
    found.push(block);
  } else if (isFields(value)) {
    for (const name in value) {
      const inner = value[name] as Value;
      if (typeof inner === "object" && inner !== null && !(inner instanceof Secret)) {
        collect(inner, placeIn(name) ?? place, found);
      } else if (place !== undefined) {
        found.push({ name, value: inner, isStored: place === "stored" });
      }
    }
  }
}

/** Arguments with variables, as a map or as blocks with names and values. */
const VARIABLES =
  /(^|_)(env|envs|environment|(environment_?)?variables?|env_vars?|app_settings|setting|arguments|parameters)$/i;

/** Arguments with variables whose values are in a store, or write-only. */
const STORED = /(^|_)(secrets|secure_environment_variables)$/i;

/** A plan has few names of arguments, but repeats them often. */
const places = new Map<string, Place | undefined>();

function placeIn(name: string): Place | undefined {
  if (!places.has(name)) {
    places.set(name, STORED.test(name) ? "stored" : VARIABLES.test(name) ? "variables" : undefined);
  }
  return places.get(name);
}

/** Stores of CodeBuild. */
const STORES: readonly unknown[] = ["PARAMETER_STORE", "SECRETS_MANAGER"];

/** A block with a name, and with a value or a reference to one; undefined for other blocks with a name, such as containers. */
function ofBlock(block: Value | undefined, place: Place): Variable | undefined {
  const name = at(block, "name") ?? at(block, "Name");
  const value = at(block, "value") ?? at(block, "Value");
  const isReference = ["value_from", "valueFrom", "value_source"].some((argument) => !isNothing(at(block, argument)));
  if (typeof name !== "string" || (value === undefined && !isReference)) {
    return undefined;
  }
  if (place === "stored") {
    return { name, value: value ?? null, isStored: true };
  }
  const isStored = isReference || STORES.includes(at(block, "type"));
  return { name, value: isStored ? undefined : value, isStored };
}

/** Arguments with the script of an instance, of any provider. */
const USER_DATA = ["custom_data", "metadata_startup_script", "user_data", "user_data_base64"];

/** Other arguments with scripts and with texts that describe something. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  aws_cloudformation_stack: ["template_body"],
  aws_codebuild_project: ["source.0.buildspec"],
  aws_imagebuilder_component: ["data"],
  aws_sagemaker_notebook_instance_lifecycle_configuration: ["on_create", "on_start"],
  aws_ssm_document: ["content"],
  google_compute_instance: ["metadata"],
  google_compute_instance_template: ["metadata"],
};

function scriptFindings(name: string, before: Value | undefined, after: Value | undefined): readonly Finding[] {
  const path = name.split(".").map((step) => (step === "0" ? 0 : step));
  const [was, is] = [secretsIn(at(before, ...path)), secretsIn(at(after, ...path))];
  const number = is.difference(was).size;
  return number === 0
    ? []
    : [
        {
          severity: "caution",
          text: [
            ...text`Its ${name.replace(".0", "")} has `,
            number === 1 ? "a secret" : `${number} secrets`,
            ` in plain text: everyone who can read its definition sees ${number === 1 ? "it" : "them"}.`,
          ],
        },
      ];
}

/** The credentials in a script, also in one that is encoded in Base64 or consists of JSON. */
function secretsIn(script: Value | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const search = (value: Value | undefined): void => {
    if (typeof value === "string") {
      withoutCredentials(textInBase64(value) ?? value, "", (secret) => found.add(secret));
    } else if (isList(value)) {
      value.forEach(search);
    } else if (isFields(value)) {
      Object.values(value).forEach(search);
    }
  };
  search(script);
  return found;
}
