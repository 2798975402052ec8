import { CognitoIdentityPool } from "@cdktf/provider-aws/lib/cognito-identity-pool/index.js";
import { CognitoIdentityPoolRolesAttachment } from "@cdktf/provider-aws/lib/cognito-identity-pool-roles-attachment/index.js";
import { CognitoManagedUserPoolClient } from "@cdktf/provider-aws/lib/cognito-managed-user-pool-client/index.js";
import { CognitoUser } from "@cdktf/provider-aws/lib/cognito-user/index.js";
import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group/index.js";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import {
  DataAwsIamPolicyDocument,
  type DataAwsIamPolicyDocumentStatement,
} from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import type { OpensearchDomain } from "@cdktf/provider-aws/lib/opensearch-domain/index.js";
import { Construct } from "constructs";

export interface SearchSignInProps {
  readonly name: string;
  readonly account: string;
  /** Who gets an invitation with a first password; nobody when left out. */
  readonly adminEmail?: string | undefined;
  /** A second factor from an authenticator app, of everyone. */
  readonly mfa: boolean;
  readonly deletionProtection: boolean;
}

const IDENTITIES = "cognito-identity.amazonaws.com";

/** Days that an invitation can be answered. */
const INVITATION_DAYS = 7;

/**
 * Who may open a search domain's dashboards: a user pool that only administrators fill, and an identity pool that gives
 * a member of its admin group the admin role, anybody else who signs in no right at all, and guests no identity.
 */
export class SearchSignIn extends Construct {
  readonly userPool: CognitoUserPool;
  readonly identityPool: CognitoIdentityPool;
  /** Where people sign in. The search domain is refused until it stands. */
  readonly page: CognitoUserPoolDomain;
  readonly adminRole: IamRole;
  private readonly powerlessRole: IamRole;

  constructor(scope: Construct, id: string, props: SearchSignInProps) {
    super(scope, id);
    const { name, account, adminEmail } = props;
    this.userPool = new CognitoUserPool(this, "user-pool", {
      name,
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      usernameConfiguration: { caseSensitive: false },
      aliasAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: INVITATION_DAYS,
      },
      ...(props.mfa && { mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } }),
      deletionProtection: props.deletionProtection ? "ACTIVE" : "INACTIVE",
    });
    this.page = new CognitoUserPoolDomain(this, "page", {
      // One name space for every account in the region.
      domain: `${name}-${account}`,
      userPoolId: this.userPool.id,
    });
    this.identityPool = new CognitoIdentityPool(this, "identity-pool", {
      identityPoolName: name,
      allowUnauthenticatedIdentities: false,
      // OpenSearch Service adds the client that it makes for the domain.
      lifecycle: { ignoreChanges: ["cognito_identity_providers"] },
    });
    this.adminRole = this.role("admin", name);
    this.powerlessRole = this.role("powerless", name);
    const admins = new CognitoUserGroup(this, "admins", {
      name: "admins",
      description: "May do everything in the search domain",
      userPoolId: this.userPool.id,
      roleArn: this.adminRole.arn,
    });
    if (adminEmail) {
      this.invite(adminEmail, admins);
    }
  }

  /**
   * What OpenSearch Service has to do here to put a domain behind the sign-in. The policy that AWS manages for this,
   * AmazonOpenSearchServiceCognitoAccess, would open every pool and pass every role of the account.
   */
  get permissions(): DataAwsIamPolicyDocumentStatement[] {
    return [
      {
        actions: [
          "cognito-idp:AdminInitiateAuth",
          "cognito-idp:AdminUserGlobalSignOut",
          "cognito-idp:CreateUserPoolClient",
          "cognito-idp:DeleteUserPoolClient",
          "cognito-idp:DescribeUserPool",
          "cognito-idp:DescribeUserPoolClient",
          "cognito-idp:ListUserPoolClients",
          "cognito-idp:UpdateUserPoolClient",
        ],
        resources: [this.userPool.arn],
      },
      {
        actions: [
          "cognito-identity:DescribeIdentityPool",
          "cognito-identity:GetIdentityPoolRoles",
          "cognito-identity:SetIdentityPoolRoles",
          "cognito-identity:UpdateIdentityPool",
        ],
        resources: [this.identityPool.arn],
      },
      {
        actions: ["iam:PassRole"],
        resources: [this.adminRole.arn, this.powerlessRole.arn],
        condition: [{ test: "StringEquals", variable: "iam:PassedToService", values: [IDENTITIES] }],
      },
    ];
  }

  /**
   * Lets a domain's users choose their role: the token names their group's. The role mapping is by app client, and the
   * domain's own client comes into being with the domain, so this is the last step. See docs/log-search.md.
   */
  mapRolesFor(domain: OpensearchDomain): void {
    const client = new CognitoManagedUserPoolClient(this, "client", {
      // The pool has this client only; its name ends in what OpenSearch Service makes up.
      namePattern: `^(AmazonOpenSearchService|AWSElasticsearch)-${domain.domainNameInput}-`,
      userPoolId: this.userPool.id,
      dependsOn: [domain],
    });
    new CognitoIdentityPoolRolesAttachment(this, "roles", {
      identityPoolId: this.identityPool.id,
      roles: { authenticated: this.powerlessRole.arn },
      roleMapping: [
        {
          identityProvider: `${this.userPool.endpoint}:${client.id}`,
          type: "Token",
          ambiguousRoleResolution: "Deny",
        },
      ],
    });
  }

  private role(kind: string, name: string): IamRole {
    const trust = new DataAwsIamPolicyDocument(this, `${kind}-trust`, {
      statement: [
        {
          actions: ["sts:AssumeRoleWithWebIdentity"],
          principals: [{ type: "Federated", identifiers: [IDENTITIES] }],
          condition: [
            { test: "StringEquals", variable: `${IDENTITIES}:aud`, values: [this.identityPool.id] },
            { test: "ForAnyValue:StringEquals", variable: `${IDENTITIES}:amr`, values: ["authenticated"] },
          ],
        },
      ],
    });
    return new IamRole(this, `${kind}-role`, { name: `${name}-${kind}`, assumeRolePolicy: trust.json });
  }

  private invite(email: string, group: CognitoUserGroup): void {
    const user = new CognitoUser(this, "admin", {
      userPoolId: this.userPool.id,
      username: "admin",
      attributes: { email, email_verified: "true" },
      desiredDeliveryMediums: ["EMAIL"],
    });
    new CognitoUserInGroup(this, "admin-in-admins", {
      userPoolId: this.userPool.id,
      groupName: group.name,
      username: user.username,
    });
  }
}
