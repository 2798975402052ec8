import { child, isObject } from "../values/object.ts";
import { isStore } from "./buildspec.ts";
import { isSecretEntry, isSecretSetting, isSecretVariable, isStored } from "./names.ts";

// Places in a value where a name shows that the text is a secret.

/**
 * Names of environment variables and in JSON texts may look like secrets in any letter case. Every text in the data of a secret
 * of Kubernetes is one.
 */
export type Place = "argument" | "environment" | "json" | "secret" | "store";

/** True for the value of an environment variable whose name looks like a secret, as a map's entry or as `name` and `value`. */
export function isSecretField(parent: unknown, name: string, value: unknown, place: Place): boolean {
  if (typeof value !== "string") {
    return false;
  }
  if (place === "secret" && value !== "") {
    return true;
  }
  if (place === "store" && isStored(value)) {
    return false;
  }
  // A block in the environment names the key of a secret, such as `secret_key_ref`.
  if (
    ((place === "environment" && name !== "key") || place === "store" || isUpperCase(name)) &&
    isSecretVariable(name, value)
  ) {
    return true;
  }
  if (place === "json" ? isSecretEntry(name, value) : isSecretSetting(name, value)) {
    return true;
  }
  return (
    ((name.length === VALUE.length && name.toLowerCase() === VALUE) || name === "insecure_value") &&
    isSecretVariable(child(parent, "name") ?? child(parent, "Name"), value) &&
    !STORES.includes(child(parent, "type"))
  );
}

/** Types of a variable of CodeBuild whose value is the name of a secret. */
const STORES: readonly unknown[] = ["PARAMETER_STORE", "SECRETS_MANAGER"];

const VALUE = "value";

/** Most names start with a lowercase letter, which is faster to check than whether the whole name is uppercase. */
function isUpperCase(name: string): boolean {
  const first = name.charCodeAt(0);
  return !(first >= LOWER_A && first <= LOWER_Z) && name === name.toUpperCase();
}

const LOWER_A = "a".charCodeAt(0);
const LOWER_Z = "z".charCodeAt(0);

export function placeIn(place: Place, name: string, inner: unknown, parent: unknown): Place {
  if (!isObject(inner)) {
    return place;
  }
  if ((name === "data" || name === "stringData") && child(parent, "kind") === "Secret") {
    return "secret";
  }
  if (place === "environment" && isStore(name)) {
    return "store";
  }
  return ENVIRONMENT.test(name) ? "environment" : place;
}

/**
 * True for the value of an argument of a command, such as the second element of `["--password", "hunter2"]`. The AWS CLI takes
 * the name of a secret as `--secret-id`.
 */
export function isSecretArgument(list: unknown, index: number): boolean {
  const flag = index > 0 ? child(list, index - 1) : undefined;
  if (typeof flag !== "string" || flag.charCodeAt(0) !== DASH || flag === "--secret-id") {
    return false;
  }
  const value = child(list, index);
  return typeof value === "string" && value.charCodeAt(0) !== DASH && isSecretVariable(flag.replace(/^-+/, ""), value);
}

const DASH = "-".charCodeAt(0);

/**
 * Attributes that hold environment variables by name, such as `runtime_environment_variables` and Azure's `app_settings`,
 * arguments of Glue's jobs, and the registries in the configuration of Docker, whose fields have such names.
 */
const ENVIRONMENT = /(^|_)(env|envs|environment|variables|env_vars|app_settings|arguments|auths)$/i;
