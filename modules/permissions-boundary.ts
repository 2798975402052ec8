import { Construct, type IConstruct } from "constructs";
import { DataAwsIamPolicyDocument } from "#aws/data-aws-iam-policy-document";
import { IamPolicy } from "#aws/iam-policy";
import { IamRole } from "#aws/iam-role";
import { TerraformStack } from "#cdktf";
import { formatArn } from "./arn.ts";
import { environmentOf } from "./environment.ts";
import { readsSecretsManager } from "./read-secrets.ts";

/**
 * Services that the stacks' roles call. Whole services, because a boundary grants nothing: a role has the permissions that
 * both its own policy and the boundary allow. The omissions matter: IAM except one action; STS, so that no role assumes
 * another; and KMS, so that no role decrypts Terraform's state, except for keys that the settings name. (AWS managed keys are
 * usable through their services, which no boundary limits.)
 */
export const SERVICES = [
  "cloudwatch",
  "codebuild",
  "codecommit",
  "codeconnections",
  "codedeploy",
  "codepipeline",
  "codestar-connections",
  "cognito-identity",
  "cognito-idp",
  "dynamodb",
  "ec2",
  "ecr",
  "ecs",
  "elasticloadbalancing",
  "es",
  "inspector2",
  "lambda",
  "logs",
  "s3",
  "sqs",
  "ssm",
  "ssmmessages",
  "xray",
];

export interface PermissionsBoundaryProps {
  /** Secrets that tasks read, as the settings refer to them. */
  readonly secrets: readonly string[];
  /** ARNs of the secrets' KMS keys, the only keys that a role may decrypt with. */
  readonly secretKeys: readonly string[];
}

/**
 * The upper limit of every role of an environment, regardless of its policies. It allows no more than the deploy role
 * itself has, so creating a role never gains permissions.
 */
export class PermissionsBoundary extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, { secrets, secretKeys }: PermissionsBoundaryProps) {
    super(scope, id);
    const { prefix } = environmentOf(this);
    const document = new DataAwsIamPolicyDocument(this, "document", {
      statement: [
        { actions: SERVICES.map((service) => `${service}:*`), resources: ["*"] },
        // Pipelines pass the roles of their tasks, and the search domain passes the roles of its users.
        {
          actions: ["iam:PassRole"],
          resources: [formatArn(this, { service: "iam", region: "", resource: `role/${prefix}-*` })],
        },
        ...(readsSecretsManager(secrets) ? [{ actions: ["secretsmanager:GetSecretValue"], resources: ["*"] }] : []),
        ...(secretKeys.length > 0 ? [{ actions: ["kms:Decrypt"], resources: [...secretKeys] }] : []),
      ],
    });
    this.policyArn = new IamPolicy(this, "policy", { name: `${prefix}-boundary`, policy: document.json }).arn;
  }

  /**
   * Sets the boundary on every role outside its own stack, whose roles only a person changes. An aspect would run too late:
   * cdktf has then already resolved the references between stacks.
   */
  applyTo(app: IConstruct): void {
    for (const construct of app.node.findAll()) {
      if (construct instanceof IamRole && TerraformStack.of(construct) !== TerraformStack.of(this)) {
        construct.permissionsBoundary = this.policyArn;
      }
    }
  }
}
