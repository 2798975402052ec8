import { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "#aws/cloudwatch-log-resource-policy";
import { DataAwsIamPolicyDocument } from "#aws/data-aws-iam-policy-document";
import { OpensearchDomain } from "#aws/opensearch-domain";
import type { Settings } from "../settings/schema.ts";
import { formatArn } from "./arn.ts";
import { environmentOf } from "./environment.ts";
import type { SearchSignIn } from "./search-sign-in.ts";
import { ServiceRole } from "./service-role.ts";

export interface SearchDomainProps {
  /** 3 to 28 characters. */
  readonly name: string;
  /** Number of zones for the nodes, if there is more than one node. */
  readonly zones: number;
  readonly size: Pick<
    Settings["logSearch"],
    "engine" | "instanceType" | "instances" | "masterType" | "volumeGib" | "keepDays"
  >;
  readonly signIn: SearchSignIn;
  readonly logRetentionDays: number;
  /** Uses the log policy of another environment, because an account has ten per region. */
  readonly sharesLogPolicy: boolean;
  /** Shortens the timeouts: an emulator's domain is ready at once or never. */
  readonly emulated: boolean;
}

const OPENSEARCH = "es.amazonaws.com";

/** Log groups of the domain's own logs. Audit logs would need fine-grained access control. */
const LOG_TYPES = {
  application: "ES_APPLICATION_LOGS",
  "slow-searches": "SEARCH_SLOW_LOGS",
  "slow-indexing": "INDEX_SLOW_LOGS",
} as const;

/**
 * An OpenSearch Service domain, encrypted, HTTPS only, and open to IAM roles alone: people sign in and get the admin role,
 * programs sign their requests. For the reasons, see docs/log-search.md.
 */
export class SearchDomain extends Construct {
  readonly name: string;
  readonly arn: string;
  /** Such as `https://search-….us-west-2.es.amazonaws.com`. */
  readonly endpoint: string;
  /** Address of Dashboards, or of Kibana on an Elasticsearch engine. */
  readonly dashboards: string;
  readonly engine: string;
  readonly keepDays: number;

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    const { name, size, signIn } = props;
    // The domain's own policy names it before it exists.
    const arn = formatArn(this, { service: "es", resource: `domain/${name}` });

    const groups = this.logs(props);
    const logPolicies = props.sharesLogPolicy ? [] : [this.logPolicy(name)];
    const cognitoAccess = new ServiceRole(this, "cognito-access", {
      name: `${name}-cognito-access`,
      service: OPENSEARCH,
      statements: signIn.permissions,
    });
    const access = new DataAwsIamPolicyDocument(this, "access-document", {
      statement: [
        {
          sid: "AdminsUseDashboards",
          principals: [{ type: "AWS", identifiers: [signIn.adminRole.arn] }],
          // Dashboards needs every method on every path. Source: "Allowing the authenticated role", OpenSearch Service developer guide.
          actions: ["es:ESHttp*"],
          resources: [`${arn}/*`],
        },
      ],
    });
    const domain = new OpensearchDomain(this, "domain", {
      domainName: name,
      engineVersion: size.engine,
      clusterConfig: clusterConfig(props),
      ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: size.volumeGib },
      encryptAtRest: { enabled: true },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
      accessPolicies: access.json,
      cognitoOptions: {
        enabled: true,
        userPoolId: signIn.userPool.id,
        identityPoolId: signIn.identityPool.id,
        roleArn: cognitoAccess.role.arn,
      },
      logPublishingOptions: groups,
      ...(props.emulated && { timeouts: { create: "20s", update: "20s", delete: "20s" } }),
      dependsOn: [...logPolicies, signIn.page, ...cognitoAccess.policies],
    });
    signIn.mapRolesFor(domain);

    this.name = domain.domainName;
    this.arn = domain.arn;
    this.endpoint = `https://${domain.endpoint}`;
    this.dashboards = `${this.endpoint}/${size.engine.startsWith("Elasticsearch") ? "_plugin/kibana/" : "_dashboards/"}`;
    this.engine = size.engine;
    this.keepDays = size.keepDays;
  }

  /** A log group for each kind of log. */
  private logs({ name, logRetentionDays }: SearchDomainProps) {
    return Object.entries(LOG_TYPES).map(([kind, logType]) => ({
      logType,
      cloudwatchLogGroupArn: new CloudwatchLogGroup(this, `${kind}-logs`, {
        name: `/${name}/log-search/${kind}`,
        retentionInDays: logRetentionDays,
      }).arn,
    }));
  }

  /** Lets the account's search domains write their logs, those of other environments too, which can share the policy. */
  private logPolicy(name: string): CloudwatchLogResourcePolicy {
    const { account, project } = environmentOf(this);
    const document = new DataAwsIamPolicyDocument(this, "log-document", {
      statement: [
        {
          principals: [{ type: "Service", identifiers: [OPENSEARCH] }],
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"],
          resources: [formatArn(this, { service: "logs", resource: `log-group:/${project}-*/log-search/*:*` })],
          condition: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [account] },
            {
              test: "ArnLike",
              variable: "aws:SourceArn",
              values: [formatArn(this, { service: "es", resource: `domain/${project}-*` })],
            },
          ],
        },
      ],
    });
    return new CloudwatchLogResourcePolicy(this, "log-policy", {
      policyName: `${name}-log-search`,
      policyDocument: document.json,
    });
  }
}

/** Several nodes are spread evenly over the zones, so that the domain survives the loss of a zone. */
function clusterConfig({ size, zones }: SearchDomainProps) {
  const { instanceType, instances, masterType } = size;
  return {
    instanceType,
    instanceCount: instances,
    ...(instances > 1 && {
      zoneAwarenessEnabled: true,
      zoneAwarenessConfig: { availabilityZoneCount: zones },
    }),
    ...(masterType && { dedicatedMasterEnabled: true, dedicatedMasterType: masterType, dedicatedMasterCount: 3 }),
  };
}
