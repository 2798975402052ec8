import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";

/**
 * Services that roles of the stacks call. Whole services, because a boundary grants nothing: what a role may do stands in its
 * own policy, and is the smaller of both. What counts is what is missing: IAM but for one action, STS, so that no role takes
 * on another, and KMS, so that none reads Terraform's state. (Keys that AWS manages are open to whoever comes through
 * their service, and no boundary limits that.)
 */
export const SERVICES = [
  "cloudwatch",
  "codebuild",
  "codecommit",
  "codeconnections",
  "codedeploy",
  "codepipeline",
  "cognito-identity",
  "cognito-idp",
  "dynamodb",
  "ec2",
  "ecr",
  "ecs",
  "elasticloadbalancing",
  "es",
  "lambda",
  "logs",
  "s3",
  "sqs",
  "ssm",
  "ssmmessages",
  "xray",
];

export interface PermissionsBoundaryProps {
  /** Prefix of the environment's names; a role may pass on roles with this prefix and no other. */
  readonly prefix: string;
  readonly account: string;
}

/**
 * The most that any role of an environment may ever do, whatever policies it gets: no more than who deploys may do anyway,
 * so that whoever may make roles gains nothing by making one.
 */
export class PermissionsBoundary extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, { prefix, account }: PermissionsBoundaryProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, "partition");
    const document = new DataAwsIamPolicyDocument(this, "document", {
      statement: [
        { actions: SERVICES.map((service) => `${service}:*`), resources: ["*"] },
        // Pipelines pass the roles of the tasks that they start, and the search domain those of its users.
        { actions: ["iam:PassRole"], resources: [`arn:${partition}:iam::${account}:role/${prefix}-*`] },
      ],
    });
    this.policyArn = new IamPolicy(this, "policy", { name: `${prefix}-boundary`, policy: document.json }).arn;
  }

  /**
   * Puts the boundary on every role of an app but those of its own stack, which a person changes. An aspect would come too
   * late: cdktf runs them when it has already settled what one stack reads from another.
   */
  applyTo(app: IConstruct): void {
    for (const construct of app.node.findAll()) {
      if (construct instanceof IamRole && TerraformStack.of(construct) !== TerraformStack.of(this)) {
        construct.permissionsBoundary = this.policyArn;
      }
    }
  }
}
