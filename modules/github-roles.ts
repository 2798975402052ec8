import { DataAwsIamPolicy } from "@cdktf/provider-aws/lib/data-aws-iam-policy/index.js";
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { Construct } from "constructs";
import { deployPermissions } from "./deploy-permissions.ts";
import type { PermissionsBoundary } from "./permissions-boundary.ts";
import type { StateBucket } from "./state-bucket.ts";

export interface GithubRolesProps {
  /** Prefix of the environment's names; the deploy role manages roles with this prefix and no other. */
  readonly prefix: string;
  readonly account: string;
  /** OWNER/NAME */
  readonly repository: string;
  /** GitHub environment that guards the deploy role. */
  readonly deployEnvironment: string;
  readonly state: StateBucket;
  /** What the deploy role has to put on every role that it makes or changes. */
  readonly boundary: PermissionsBoundary;
}

const GITHUB = "token.actions.githubusercontent.com";

/** A search domain takes most of an hour to come or to change, and others come before and after it. */
const DEPLOY_SECONDS = 2 * 60 * 60;

/**
 * Lets one GitHub repository's workflows in without stored keys: the plan role, read-only, from pull requests and the
 * main branch; the deploy role from one guarded environment.
 */
export class GithubRoles extends Construct {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;

  constructor(scope: Construct, id: string, props: GithubRolesProps) {
    super(scope, id);
    const { prefix, account, repository, deployEnvironment, state, boundary } = props;
    const { partition } = new DataAwsPartition(this, "partition");
    const provider = new IamOpenidConnectProvider(this, "provider", {
      url: `https://${GITHUB}`,
      clientIdList: ["sts.amazonaws.com"],
    });
    this.planRoleArn = this.role(provider, {
      name: `${prefix}-github-plan`,
      subjects: [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`],
      managedPolicy: "ReadOnlyAccess",
      // A plan reads the state without taking its lock: it may decrypt, and write nothing. It is handed on sealed with the same key.
      statements: [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [state.keyArn] }],
    }).arn;
    this.deployRoleArn = this.role(provider, {
      name: `${prefix}-github-deploy`,
      subjects: [`repo:${repository}:environment:${deployEnvironment}`],
      // Everything but IAM, because a deployment creates and changes every kind of resource that the stacks hold.
      managedPolicy: "PowerUserAccess",
      maxSessionDuration: DEPLOY_SECONDS,
      statements: deployPermissions({ prefix, account, partition, boundary }),
    }).arn;
  }

  private role(
    provider: IamOpenidConnectProvider,
    {
      name,
      subjects,
      managedPolicy,
      statements,
      maxSessionDuration,
    }: {
      name: string;
      subjects: string[];
      managedPolicy: string;
      statements: DataAwsIamPolicyDocumentStatement[];
      maxSessionDuration?: number;
    },
  ): IamRole {
    const trust = new DataAwsIamPolicyDocument(this, `${name}-trust`, {
      statement: [
        {
          actions: ["sts:AssumeRoleWithWebIdentity"],
          principals: [{ type: "Federated", identifiers: [provider.arn] }],
          condition: [
            { test: "StringEquals", variable: `${GITHUB}:aud`, values: ["sts.amazonaws.com"] },
            { test: "StringEquals", variable: `${GITHUB}:sub`, values: subjects },
          ],
        },
      ],
    });
    const role = new IamRole(this, name, { name, assumeRolePolicy: trust.json, maxSessionDuration });
    const managed = new DataAwsIamPolicy(this, `${name}-managed-policy`, { name: managedPolicy });
    new IamRolePolicyAttachment(this, `${name}-managed`, { role: role.name, policyArn: managed.arn });
    const document = new DataAwsIamPolicyDocument(this, `${name}-document`, { statement: statements });
    new IamRolePolicy(this, `${name}-policy`, { name: "permissions", role: role.id, policy: document.json });
    return role;
  }
}
