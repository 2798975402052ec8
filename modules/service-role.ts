import { Construct } from "constructs";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { IamRole } from "#aws/iam-role";
import { IamRolePolicy } from "#aws/iam-role-policy";
import { environmentOf } from "./environment.ts";

export interface ServiceRoleProps {
  readonly name: string;
  /** AWS service that assumes the role, such as `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** Permissions of the role; none for an empty list. */
  readonly statements: readonly DataAwsIamPolicyDocumentStatement[];
}

/**
 * Services without a documented `aws:SourceAccount`, whose trust would otherwise depend on a key that may be missing. Both use a
 * role only for resources of the account that passed it. EC2 sends no account. For OpenSearch Service, AWS's pages about
 * Cognito for OpenSearch Dashboards show the trust without a condition. Lambda is not in the list: the trust policies in AWS's
 * own aws/agent-toolkit-for-aws have the condition.
 */
const WITHOUT_SOURCE_ACCOUNT: readonly string[] = ["ec2.amazonaws.com", "es.amazonaws.com"];

/** A role for one AWS service. One policy holds all its permissions. */
export class ServiceRole extends Construct {
  readonly role: IamRole;
  /** Resources that use the role at their creation must also depend on these: a role exists before its permissions do. */
  readonly policies: IamRolePolicy[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const trust = new DataAwsIamPolicyDocument(this, "trust", {
      statement: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: [props.service] }],
          // Keeps the service from using the role for a resource of another account.
          ...(!WITHOUT_SOURCE_ACCOUNT.includes(props.service) && {
            condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [environmentOf(this).account] }],
          }),
        },
      ],
    });
    this.role = new IamRole(this, "role", { name: props.name, assumeRolePolicy: trust.json });
    this.policies = props.statements.length > 0 ? [this.allow(props.statements)] : [];
  }

  private allow(statements: readonly DataAwsIamPolicyDocumentStatement[]): IamRolePolicy {
    const document = new DataAwsIamPolicyDocument(this, "document", { statement: [...statements] });
    return new IamRolePolicy(this, "policy", { name: "permissions", role: this.role.id, policy: document.json });
  }
}
