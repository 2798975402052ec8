import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { BlueGreenDeployment } from "../modules/blue-green-deployment.ts";
import { DeliveryPipeline } from "../modules/delivery-pipeline.ts";
import type { Deployment } from "../modules/deployment.ts";
import type { FargateService } from "../modules/fargate-service.ts";
import { CodeCommitSource, GithubSource, type PipelineSource } from "../modules/pipeline-source.ts";
import { PrivateBucket } from "../modules/private-bucket.ts";
import { RollingDeployment } from "../modules/rolling-deployment.ts";
import { SmokeTest } from "../modules/smoke-test.ts";
import type { Settings } from "../settings/schema.ts";
import type { ServiceName } from "../specs/services.ts";
import type { MonitoringStack } from "./monitoring-stack.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Alarms by which a release is judged: those that tell what visitors feel of it, within minutes. */
const JUDGES = {
  like: ["like-errors", "like-latency", "load-balancer-errors"],
  monolith: ["monolith-unhealthy-hosts", "load-balancer-errors"],
} as const;

/** Days that what pipelines hand on is kept; a release that waits longer for its approval has to be built again. */
const KEEP_ARTIFACTS_DAYS = 30;

/** From a push, or a changed setting, to a release: one pipeline for each service. */
export class DeliveryStack extends MysfitsStack {
  constructor(
    scope: Construct,
    settings: Settings,
    { vpc }: NetworkStack,
    { cluster, loadBalancer, repositories, notifications }: PlatformStack,
    { like, monolith }: ServicesStack,
    monitoring?: MonitoringStack,
  ) {
    super(scope, "delivery", settings);
    const { account, region, delivery, protection } = settings;
    const logRetentionDays = settings.logs.retentionDays;
    const artifacts = new PrivateBucket(this, "artifacts", {
      name: `${this.prefix}-artifacts-${account}`,
      expireAfterDays: KEEP_ARTIFACTS_DAYS,
      keepOldVersionsDays: 1,
      forceDestroy: protection === "off",
    }).bucket;
    const source = this.source(delivery);
    const smokeTest = new SmokeTest(this, "smoke-test", {
      name: `${this.prefix}-smoke-test`,
      region,
      account,
      vpc,
      loadBalancer,
      logRetentionDays,
    });
    const common = { account, artifacts, logRetentionDays };
    const judges = (service: ServiceName) =>
      delivery.rollbackOnAlarms === "on" && monitoring
        ? JUDGES[service].map((alarm) => monitoring.alarmName(alarm))
        : [];
    const pipeline = (id: ServiceName, service: FargateService, deployment: Deployment) =>
      new DeliveryPipeline(this, `${id}-pipeline`, {
        ...common,
        name: `${this.prefix}-${id}`,
        service,
        source,
        repositories: [repositories[id], repositories["metadata-proxy"]],
        approval: delivery.approval === "on",
        deployment,
        topicArn: notifications.arn,
      });
    const blueGreen = new BlueGreenDeployment(this, "like-deployment", {
      name: `${this.prefix}-like`,
      region,
      account,
      service: like,
      cluster,
      loadBalancer,
      smokeTest,
      capacityProvider: settings.services.like.capacity,
      shift: delivery,
      alarms: judges("like"),
    });
    const rolling = new RollingDeployment(this, "monolith-deployment", {
      ...common,
      name: `${this.prefix}-monolith`,
      service: monolith,
      cluster,
      alarms: judges("monolith"),
    });
    pipeline("like", like, blueGreen);
    pipeline("monolith", monolith, rolling);
  }

  private source({ branch, githubRepository: repository }: Settings["delivery"]): PipelineSource {
    if (repository) {
      const github = new GithubSource(this, "source", { name: this.prefix, repository, branch });
      new TerraformOutput(this, "connection", {
        value: github.connectionArn,
        description: "The connection to GitHub, which somebody has to agree to once",
      });
      return github;
    }
    const codeCommit = new CodeCommitSource(this, "source", { name: this.prefix, branch });
    new TerraformOutput(this, "repository", {
      value: codeCommit.url,
      description: `Where to push: its branch ${branch} is released`,
    });
    return codeCommit;
  }
}
