import type { Construct } from "constructs";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import { TABLE_OPERATIONS } from "../model/monitoring/table.ts";
import type { Service } from "../model/service.ts";
import type { ServiceName } from "../model/service-name.ts";
import { callersOf, defineServices, perService } from "../model/services.ts";
import { FargateService } from "../modules/fargate-service.ts";
import type { MysfitsTable } from "../modules/mysfits-table.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";

/** The services of the model, and the security group rules between them. */
export class ServicesStack extends MysfitsStack {
  readonly services: Readonly<Record<ServiceName, FargateService>>;

  constructor(scope: Construct, settings: Settings, { vpc }: NetworkStack, platform: PlatformStack) {
    super(scope, "services", settings);
    const { region, logs } = settings;
    const { cluster, loadBalancer, repositories, publicImages, table, site } = platform;
    const services = defineServices(settings, {
      region,
      tableName: table.name,
      hostOf: (service) => `${service}.${cluster.namespaceName}`,
      siteOrigin: site.origin,
    });
    this.services = perService(
      (name) =>
        new FargateService(this, name, {
          service: services[name],
          vpc,
          cluster,
          loadBalancer,
          repositories,
          publicImages,
          logRetentionDays: logs.retentionDays,
          permissions: permissionsOf(services[name], table),
          discoverable: callersOf(name).length > 0,
          forceDestroy: !settings.protection,
        }),
    );
    for (const caller of Object.values(services)) {
      for (const callee of caller.calls) {
        const { securityGroupId } = this.services[caller.name];
        this.services[callee].admit(caller.name, securityGroupId, services[callee].container.port);
      }
    }
  }
}

function permissionsOf({ usesTable, sidecars }: Service, table: MysfitsTable): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [];
  if (usesTable) {
    // The services query the indexes only.
    const onTable = TABLE_OPERATIONS.filter((operation) => operation !== "Query");
    statements.push(
      { actions: onTable.map((operation) => `dynamodb:${operation}`), resources: [table.arn] },
      { actions: ["dynamodb:Query"], resources: [`${table.arn}/index/*`] },
    );
  }
  if (sidecars.some(({ name }) => name === "x-ray-daemon")) {
    statements.push({
      // These actions do not support resource-level permissions.
      // Source: "Actions defined by AWS X-Ray", service authorization reference.
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
