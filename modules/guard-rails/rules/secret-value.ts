import type { Arguments } from "../resource.ts";
import type { Rule } from "../rule.ts";

const FIX = "which gets into the plan and the state: use the setting services.<name>.secrets, which ECS resolves";

/** Data sources that read secrets. */
const READS = [
  "data.aws_kms_secrets",
  "data.aws_secretsmanager_random_password",
  "data.aws_secretsmanager_secret_version",
  "data.aws_ssm_parameters_by_path",
];

/** Public parameters of AWS, such as the IDs of its images. Source: "Calling AMI public parameters", EC2 user guide. */
const PUBLIC_PARAMETER = /^\/aws\/service\//;

/** No secret's value passes through Terraform, neither to read it nor to write it. */
export const secretValue: Rule = {
  name: "secret-value",
  types: [...READS, "data.aws_ssm_parameter", "aws_secretsmanager_secret_version", "aws_ssm_parameter"],
  check({ kind, type, arguments: found }) {
    if (kind === "data") {
      const { name } = found;
      const isPublic = type === "aws_ssm_parameter" && PUBLIC_PARAMETER.test(String(name));
      return isPublic ? [] : [`${name === undefined ? type : `name is "${name}"`}: reads a value, ${FIX}`];
    }
    return valuesIn(type, found).map((argument) => `${argument} is set: stores a value, ${FIX}`);
  },
};

function valuesIn(type: string, found: Arguments): readonly string[] {
  const candidates = type === "aws_ssm_parameter" ? ["value", "insecure_value"] : ["secret_string", "secret_binary"];
  const isSecret = type !== "aws_ssm_parameter" || found.type === "SecureString";
  return isSecret ? candidates.filter((argument) => found[argument] !== undefined) : [];
}
