import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { OpensearchDomain } from "@cdktf/provider-aws/lib/opensearch-domain/index.js";
import { Construct } from "constructs";
import type { Settings } from "../settings/schema.ts";
import type { SearchSignIn } from "./search-sign-in.ts";
import { ServiceRole } from "./service-role.ts";

export interface SearchDomainProps {
  /** 3 to 28 characters. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** Zones that the nodes spread over when there is more than one node. */
  readonly zones: number;
  readonly size: Pick<
    Settings["logSearch"],
    "engine" | "instanceType" | "instances" | "masterType" | "volumeGib" | "keepDays"
  >;
  readonly signIn: SearchSignIn;
  readonly logRetentionDays: number;
  /** An emulator's domain is ready at once or never: do not wait for it as for AWS. */
  readonly emulated: boolean;
}

const OPENSEARCH = "es.amazonaws.com";

/** What the domain tells of itself, and where. Audit logs would need fine-grained access control. */
const LOG_TYPES = {
  application: "ES_APPLICATION_LOGS",
  "slow-searches": "SEARCH_SLOW_LOGS",
  "slow-indexing": "INDEX_SLOW_LOGS",
} as const;

/**
 * An OpenSearch Service domain, encrypted and over HTTPS only, whose endpoint answers nobody but IAM roles: people come
 * through the sign-in with its admin role, programs sign their requests. Why so: docs/log-search.md.
 */
export class SearchDomain extends Construct {
  readonly name: string;
  readonly arn: string;
  /** Where the domain answers, such as `https://search-….us-west-2.es.amazonaws.com`. */
  readonly endpoint: string;
  /** Where people open Dashboards, or Kibana on an Elasticsearch engine. */
  readonly dashboards: string;
  readonly engine: string;
  readonly keepDays: number;

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    const { name, region, account, size, signIn } = props;
    const { partition } = new DataAwsPartition(this, "partition");
    // Put together by hand: the domain's own policies name it before it is there.
    const arn = `arn:${partition}:es:${region}:${account}:domain/${name}`;

    const { groups, policy: logPolicy } = this.logs(arn, props);
    const cognitoAccess = new ServiceRole(this, "cognito-access", {
      name: `${name}-cognito-access`,
      service: OPENSEARCH,
      account,
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
      dependsOn: [logPolicy, signIn.page, ...(cognitoAccess.policy ? [cognitoAccess.policy] : [])],
    });
    signIn.mapRolesFor(domain);

    this.name = domain.domainName;
    this.arn = domain.arn;
    this.endpoint = `https://${domain.endpoint}`;
    this.dashboards = `${this.endpoint}/${size.engine.startsWith("Elasticsearch") ? "_plugin/kibana/" : "_dashboards/"}`;
    this.engine = size.engine;
    this.keepDays = size.keepDays;
  }

  /** A log group for every kind of log, and leave for the domain, and no other, to write there. */
  private logs(arn: string, { name, account, logRetentionDays }: SearchDomainProps) {
    const groups = Object.entries(LOG_TYPES).map(([kind, logType]) => ({
      logType,
      cloudwatchLogGroupArn: new CloudwatchLogGroup(this, `${kind}-logs`, {
        name: `/${name}/log-search/${kind}`,
        retentionInDays: logRetentionDays,
      }).arn,
    }));
    const document = new DataAwsIamPolicyDocument(this, "log-document", {
      statement: [
        {
          principals: [{ type: "Service", identifiers: [OPENSEARCH] }],
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"],
          resources: groups.map(({ cloudwatchLogGroupArn }) => `${cloudwatchLogGroupArn}:*`),
          condition: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [account] },
            { test: "ArnEquals", variable: "aws:SourceArn", values: [arn] },
          ],
        },
      ],
    });
    const policy = new CloudwatchLogResourcePolicy(this, "log-policy", {
      policyName: `${name}-log-search`,
      policyDocument: document.json,
    });
    return { groups, policy };
  }
}

/** More than one node stand in every zone alike, so that a zone can be lost. */
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
