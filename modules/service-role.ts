import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";

export interface ServiceRoleProps {
  readonly name: string;
  /** Service of AWS that takes the role, such as `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /**
   * Account that the service must be acting for, so that nobody else's resource can borrow the role. Left out for EC2, which
   * does not tell, and lends a role to instances of its own account only.
   */
  readonly account?: string;
  /** What the role may do. A role without any may do nothing. */
  readonly statements: readonly DataAwsIamPolicyDocumentStatement[];
}

/** A role for one actor, with one policy that says all it may do. */
export class ServiceRole extends Construct {
  readonly role: IamRole;
  /** Whoever uses the role at creation must depend on this too, for a role is there before its rights are. */
  readonly policy: IamRolePolicy | undefined;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const trust = new DataAwsIamPolicyDocument(this, "trust", {
      statement: [
        {
          actions: ["sts:AssumeRole"],
          principals: [{ type: "Service", identifiers: [props.service] }],
          ...(props.account && {
            condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [props.account] }],
          }),
        },
      ],
    });
    this.role = new IamRole(this, "role", { name: props.name, assumeRolePolicy: trust.json });
    if (props.statements.length > 0) {
      const document = new DataAwsIamPolicyDocument(this, "document", { statement: [...props.statements] });
      this.policy = new IamRolePolicy(this, "policy", {
        name: "permissions",
        role: this.role.id,
        policy: document.json,
      });
    }
  }
}
