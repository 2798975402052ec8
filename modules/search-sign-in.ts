import { Construct } from "constructs";
import { CognitoIdentityPool } from "#aws/cognito-identity-pool";
import { CognitoIdentityPoolRolesAttachment } from "#aws/cognito-identity-pool-roles-attachment";
import { CognitoManagedUserPoolClient } from "#aws/cognito-managed-user-pool-client";
import { CognitoUser } from "#aws/cognito-user";
import { CognitoUserGroup } from "#aws/cognito-user-group";
import { CognitoUserInGroup } from "#aws/cognito-user-in-group";
import { CognitoUserPool } from "#aws/cognito-user-pool";
import { CognitoUserPoolDomain } from "#aws/cognito-user-pool-domain";
import { DataAwsIamPolicyDocument, type DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { IamRole } from "#aws/iam-role";
import type { OpensearchDomain } from "#aws/opensearch-domain";
import { environmentOf } from "./environment.ts";

export interface SearchSignInProps {
  readonly name: string;
  /** Address that receives an invitation with a first password. Without it, no user is created. */
  readonly adminEmail?: string | undefined;
  /** Requires a second factor from an authenticator app. */
  readonly mfa: boolean;
  readonly deletionProtection: boolean;
}

const IDENTITIES = "cognito-identity.amazonaws.com";

/** Days that an invitation is valid. */
const INVITATION_DAYS = 7;

/**
 * Sign-in to a search domain's dashboards: a user pool whose users only administrators create, and an identity pool that
 * gives members of the admin group the admin role, other users a role without permissions, and guests no identity.
 */
export class SearchSignIn extends Construct {
  readonly userPool: CognitoUserPool;
  readonly identityPool: CognitoIdentityPool;
  /** The sign-in page. OpenSearch Service rejects the search domain until it exists. */
  readonly page: CognitoUserPoolDomain;
  readonly adminRole: IamRole;
  private readonly powerlessRole: IamRole;

  constructor(scope: Construct, id: string, props: SearchSignInProps) {
    super(scope, id);
    const { name, adminEmail } = props;
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
      // Domain prefixes are unique among all accounts in a region.
      domain: `${name}-${environmentOf(this).account}`,
      userPoolId: this.userPool.id,
    });
    this.identityPool = new CognitoIdentityPool(this, "identity-pool", {
      identityPoolName: name,
      allowUnauthenticatedIdentities: false,
      // OpenSearch Service adds the client that it creates for the domain.
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
   * Permissions that OpenSearch Service needs to put a domain behind the sign-in. AWS's managed policy for this,
   * AmazonOpenSearchServiceCognitoAccess, covers every pool and every role of the account.
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
          "cognito-identity:UpdateIdentityPool",
        ],
        resources: [this.identityPool.arn],
      },
      // This action does not support resource-level permissions; the PassRole below limits the roles that it can set.
      // Source: "Actions defined by Amazon Cognito Identity", service authorization reference.
      { actions: ["cognito-identity:SetIdentityPoolRoles"], resources: ["*"] },
      {
        actions: ["iam:PassRole"],
        resources: [this.adminRole.arn, this.powerlessRole.arn],
        condition: [{ test: "StringEquals", variable: "iam:PassedToService", values: [IDENTITIES] }],
      },
    ];
  }

  /**
   * Maps a domain's users to the role of their group, which their token names. The mapping belongs to the app client that
   * OpenSearch Service creates with the domain, so this is the last step. See docs/log-search.md.
   */
  mapRolesFor(domain: OpensearchDomain): void {
    const client = new CognitoManagedUserPoolClient(this, "client", {
      // The pool's only client. OpenSearch Service adds a random suffix to its name.
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
