import { z } from "zod";
import { isUnique } from "./unique.ts";

// Every message completes the sentence "expected …", as in schema.ts.

const VARIABLE =
  "the name of a variable, such as API_TOKEN, that is not PORT or HOST and does not begin with AWS_, ECS_, or NODE_";

/** Names that ECS, the AWS SDK, and Node.js read or set themselves, and the address that a service listens on. */
const RESERVED = /^(AWS_|ECS_|NODE_|(PORT|HOST)$)/;

/** ARN of a secret, optionally followed by `:json-key:version-stage:version-id`. Source: `Secret`, Amazon ECS API reference. */
const SECRET = /^(arn:aws:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6})(:[^:]*:[^:]*:[^:]*)?$/;

const PARAMETER = /^arn:aws:ssm:([a-z0-9-]+):\d{12}:parameter(\/[\w.-]+)+$/;

/** ECS looks a bare name up in the task's region. Source of the form: PutParameter, Systems Manager API reference. */
const PARAMETER_NAME = /^(?!\/?(aws|ssm))([\w.-]+|(\/[\w.-]+)+)$/i;

const KEY = /^arn:aws:kms:([a-z0-9-]+):\d{12}:key\/[\w-]+$/;

/** Secrets of Secrets Manager and parameters of Parameter Store by the variable that ECS puts them in. */
export const secrets = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_]\w*$/, VARIABLE)
      .refine((name) => !RESERVED.test(name), VARIABLE),
    z
      .string()
      .refine(
        (from) => [SECRET, PARAMETER, PARAMETER_NAME].some((form) => form.test(from)),
        "the whole ARN of a secret, with its random suffix, or the ARN or name of a parameter, such as /shop/api-token",
      ),
    "names of variables with the ARN of a secret, or the ARN or name of a parameter",
  )
  .default({});

/** Customer managed keys of the secrets. AWS managed keys need no permission. */
export const secretKeys = z
  .array(z.string().regex(KEY, "the ARN of a KMS key, not of an alias"))
  .refine(isUnique, "every key once")
  .default([]);

/** A secret as IAM identifies it. */
export type SecretResource =
  | { readonly store: "secretsmanager"; readonly arn: string }
  | { readonly store: "ssm"; readonly arn: string }
  | { readonly store: "ssm"; readonly name: string };

/** Returns what a valid reference of a setting refers to, without JSON key and version. */
export function secretResource(from: string): SecretResource {
  const [, arn] = SECRET.exec(from) ?? [];
  if (arn) {
    return { store: "secretsmanager", arn };
  }
  return PARAMETER.test(from) ? { store: "ssm", arn: from } : { store: "ssm", name: from };
}

interface WithSecrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

export function keysForSecrets({ secrets, secretKeys }: WithSecrets, context: z.RefinementCtx): void {
  if (secretKeys.length > 0 && Object.keys(secrets).length === 0) {
    context.addIssue({ code: "custom", path: ["secretKeys"], message: "no keys without secrets" });
  }
}

/** A task reads secrets, and decrypts them, in its own region only. */
export function secretsOfRegion(
  { region, services }: { region: string; services: Readonly<Record<string, WithSecrets>> },
  context: z.RefinementCtx,
): void {
  for (const [service, { secrets, secretKeys }] of Object.entries(services)) {
    const references = [
      ...Object.entries(secrets).map(([name, from]) => [["secrets", name], from] as const),
      ...secretKeys.map((key, index) => [["secretKeys", index], key] as const),
    ];
    for (const [path, from] of references) {
      if (from.startsWith("arn:") && from.split(":")[3] !== region) {
        context.addIssue({ code: "custom", path: ["services", service, ...path], message: `an ARN in ${region}` });
      }
    }
  }
}
