import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { Construct } from "constructs";
import { FargateService } from "../modules/fargate-service.ts";
import type { MysfitsTable } from "../modules/mysfits-table.ts";
import type { Settings } from "../settings/schema.ts";
import { TABLE_OPERATIONS } from "../specs/monitoring/table.ts";
import { describeServices, type Service } from "../specs/services.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";

/** The like service and the monolith. */
export class ServicesStack extends MysfitsStack {
  readonly like: FargateService;
  readonly monolith: FargateService;

  constructor(scope: Construct, settings: Settings, { vpc }: NetworkStack, platform: PlatformStack) {
    super(scope, "services", settings);
    const { region, account, logs } = settings;
    const { cluster, loadBalancer, repositories, publicImages, table, site } = platform;
    const [like, monolith] = describeServices(settings, {
      region,
      tableName: table.name,
      monolithHost: `monolith.${cluster.namespaceName}`,
      siteOrigin: site.origin,
    });
    const fargate = (service: Service) =>
      new FargateService(this, service.name, {
        prefix: this.prefix,
        region,
        account,
        service,
        vpc,
        cluster,
        loadBalancer,
        repositories,
        publicImages,
        logRetentionDays: logs.retentionDays,
        permissions: permissionsOf(service, table),
        discoverable: service === monolith,
      });
    this.monolith = fargate(monolith);
    this.like = fargate(like);
    this.monolith.admit("like", this.like.securityGroupId, monolith.container.port);
  }
}

function permissionsOf({ uses, sidecars }: Service, table: MysfitsTable): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [];
  if (uses.includes("table")) {
    statements.push({
      actions: TABLE_OPERATIONS.map((operation) => `dynamodb:${operation}`),
      resources: [table.arn, `${table.arn}/index/*`],
    });
  }
  if (sidecars.some(({ name }) => name === "x-ray-daemon")) {
    statements.push({
      // X-Ray knows no resource for these calls. Source: "Actions defined by AWS X-Ray", service authorization reference.
      actions: [
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
      ],
      resources: ["*"],
    });
  }
  return statements;
}
