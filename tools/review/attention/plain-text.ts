import { textInBase64 } from "../base64.ts";
import { withoutCredentials } from "../credentials.ts";
import { entryOf } from "../entry.ts";
import type { Finding, Text } from "../model.ts";
import { isSecretVariable } from "../secret-names.ts";
import type { Subject } from "../subject.ts";
import { at, isFields, isList, isNothing, Secret, type Value } from "../value.ts";
import { list, text } from "./text.ts";

// Secrets in plain text in environment variables and scripts: everyone who can read the definition of the resource sees them.

/** Types with findings about each container. */
const WITH_CONTAINERS: ReadonlySet<string> = new Set(["aws_batch_job_definition", "aws_ecs_task_definition"]);

export function plainText({ type, before, after, changed }: Subject): readonly Finding[] {
  if (after === undefined || WITH_CONTAINERS.has(type)) {
    return [];
  }
  const variables = changed.flatMap((name) =>
    exposedFindings(["It"], text` in its ${name}`, inArgument(name, before), inArgument(name, after)),
  );
  const scripts = [...USER_DATA, ...(entryOf(SCRIPTS, type) ?? [])].filter((name) =>
    changed.includes(name.replace(/\..*$/s, "")),
  );
  return [...variables, ...scripts.flatMap((name) => scriptFindings(name, before, after))];
}

/** An argument as the only one of its resource: its name may say that it has variables. */
function inArgument(name: string, side: Value | undefined): Value | undefined {
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
  const old = Map.groupBy(variablesIn(was), ({ name }) => name);
  const had = (name: string) => old.get(name) ?? NONE;
  const added = variablesIn(is).filter(({ name, isStored }) => !isStored && had(name).every((one) => one.isStored));
  const wereStored = added.filter(({ name }) => had(name).some(({ isSecret }) => isSecret));
  const areNew = unique(added.filter(({ name, isSecret }) => isSecret && had(name).length === 0));
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

interface Variable {
  readonly name: string;
  /** True for a variable whose value is in a store, of which only the name is known. */
  readonly isStored: boolean;
  readonly isSecret: boolean;
}

/** Arguments with variables, as a map or as blocks with names and values. */
const VARIABLES =
  /(^|_)(env|envs|environment|(environment_?)?variables?|env_vars?|app_settings|setting|arguments|parameters)$/i;

/** Arguments with variables whose values are in a store, or write-only. */
const STORED = /(^|_)(secrets|secure_environment_variables)$/i;

/** Stores of CodeBuild. */
const STORES: readonly unknown[] = ["PARAMETER_STORE", "SECRETS_MANAGER"];

const NONE: readonly Variable[] = [];

/** The variables anywhere in a value. */
function variablesIn(value: Value | undefined, place?: "variables" | "stored"): readonly Variable[] {
  if (isList(value)) {
    return value.flatMap((inner) => variablesIn(inner, place));
  }
  if (!isFields(value)) {
    return NONE;
  }
  const block = place === undefined ? undefined : ofBlock(value, place === "stored");
  if (block !== undefined) {
    return [block];
  }
  return Object.entries(value).flatMap(([name, inner]): readonly Variable[] => {
    if (typeof inner !== "object" || inner === null || inner instanceof Secret) {
      return place === undefined ? NONE : [variable(name, inner, place === "stored")];
    }
    return variablesIn(inner, STORED.test(name) ? "stored" : VARIABLES.test(name) ? "variables" : place);
  });
}

/** A block with a name, and with a value or a reference to one; undefined for other blocks with a name, such as containers. */
function ofBlock(block: Value, isStored: boolean): Variable | undefined {
  const name = at(block, "name") ?? at(block, "Name");
  const value = at(block, "value") ?? at(block, "Value");
  const isReference = ["value_from", "valueFrom", "value_source"].some((argument) => !isNothing(at(block, argument)));
  if (typeof name !== "string" || (value === undefined && !isReference)) {
    return undefined;
  }
  return STORES.includes(at(block, "type")) || isReference
    ? { name, isStored: true, isSecret: isStored || isSecretVariable(name, "value") }
    : variable(name, value ?? null, isStored);
}

function variable(name: string, value: Value, isStored: boolean): Variable {
  const isSecret =
    isStored || value instanceof Secret || (typeof value === "string" && withoutCredentials(value, "") !== value);
  return { name, isStored, isSecret };
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
