import type { Construct } from "constructs";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { type SecretResource, secretResource } from "../settings/secrets.ts";
import { formatArn } from "./arn.ts";
import { environmentOf } from "./environment.ts";

export interface ReadSecretsProps {
  /** Secrets and parameters, as the settings refer to them. */
  readonly secrets: readonly string[];
  /** ARNs of the KMS keys that encrypt them. */
  readonly keys: readonly string[];
}

/** True if one of the secrets is in Secrets Manager. */
export function readsSecretsManager(secrets: readonly string[]): boolean {
  return secrets.some((from) => secretResource(from).store === "secretsmanager");
}

/**
 * Permissions of an execution role to read the secrets of a task, and no others. No data source reads a value, because it
 * would get into the plan and the state. Source: "Amazon ECS task execution IAM role", ECS developer guide.
 */
export function readSecrets(
  scope: Construct,
  { secrets, keys }: ReadSecretsProps,
): readonly DataAwsIamPolicyDocumentStatement[] {
  if (secrets.length === 0) {
    return [];
  }
  const { region } = environmentOf(scope);
  const arnOf = (resource: SecretResource) =>
    "arn" in resource
      ? resource.arn
      : formatArn(scope, { service: "ssm", resource: `parameter/${resource.name.replace(/^\//, "")}` });
  const arns = Map.groupBy(secrets.map(secretResource), ({ store }) => store);
  const read = (store: SecretResource["store"], action: string) => {
    const resources = [...new Set((arns.get(store) ?? []).map(arnOf))];
    return resources.length > 0 ? [{ actions: [action], resources }] : [];
  };
  return [
    ...read("secretsmanager", "secretsmanager:GetSecretValue"),
    ...read("ssm", "ssm:GetParameters"),
    ...(keys.length > 0
      ? [
          {
            actions: ["kms:Decrypt"],
            resources: [...keys],
            condition: [
              {
                test: "StringEquals",
                variable: "kms:ViaService",
                values: [...arns.keys()].map((store) => `${store}.${region}.amazonaws.com`),
              },
            ],
          },
        ]
      : []),
  ];
}
