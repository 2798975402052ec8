import type { Construct } from "constructs";
import { TerraformOutput } from "#cdktf";
import { PROGRAMS } from "../model/programs.ts";
import { BlueGreenDeployment } from "../modules/blue-green-deployment.ts";
import { DeliveryPipeline } from "../modules/delivery-pipeline.ts";
import { CodeCommitSource, GithubSource, type PipelineSource } from "../modules/pipeline-source.ts";
import { PrivateBucket } from "../modules/private-bucket.ts";
import { RollingDeployment } from "../modules/rolling-deployment.ts";
import { SmokeTest } from "../modules/smoke-test.ts";
import type { Settings } from "../settings/schema.ts";
import type { MonitoringStack } from "./monitoring-stack.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";
import type { ServicesStack } from "./services-stack.ts";

/** Retention of pipeline artifacts in days. A release that waits longer for its approval must be built again. */
const KEEP_ARTIFACTS_DAYS = 30;

/** One pipeline per service, which turns a push or a changed setting into a release. */
export class DeliveryStack extends MysfitsStack {
  constructor(
    scope: Construct,
    settings: Settings,
    { vpc }: NetworkStack,
    { cluster, loadBalancer, repositories, notifications }: PlatformStack,
    { services }: ServicesStack,
    monitoring?: MonitoringStack,
  ) {
    super(scope, "delivery", settings);
    const { account, delivery, protection } = settings;
    const logRetentionDays = settings.logs.retentionDays;
    const source = this.source(delivery);
    const smokeTest = new SmokeTest(this, "smoke-test", {
      name: `${this.prefix}-smoke-test`,
      vpc,
      loadBalancer,
      logRetentionDays,
    });
    const sidecars = PROGRAMS.flatMap(({ kind, name }) => (kind === "sidecar" ? [name] : []));
    for (const service of Object.values(services)) {
      const { name: id, release, rollbackAlarms } = service.definition;
      const name = `${this.prefix}-${id}`;
      // A bucket per pipeline: a build of one service must not replace a release of the other. Prefixes cannot separate them,
      // because CodePipeline cuts its prefix to the first 20 characters of the pipeline's name.
      const artifacts = new PrivateBucket(this, `${id}-artifacts`, {
        name: `${name}-artifacts-${account}`,
        expireAfterDays: KEEP_ARTIFACTS_DAYS,
        keepOldVersionsDays: 1,
        forceDestroy: !protection,
      }).bucket;
      const common = { artifacts, logRetentionDays };
      const alarms =
        delivery.rollbackOnAlarms && monitoring ? rollbackAlarms.map((alarm) => monitoring.alarmName(alarm)) : [];
      const deployment =
        release === "blue-green"
          ? new BlueGreenDeployment(this, `${id}-deployment`, {
              name,
              service,
              cluster,
              loadBalancer,
              smokeTest,
              shift: delivery,
              alarms,
            })
          : new RollingDeployment(this, `${id}-deployment`, { ...common, name, service, cluster, alarms });
      new DeliveryPipeline(this, `${id}-pipeline`, {
        ...common,
        name,
        service,
        source,
        repositories: [id, ...sidecars].map((program) => repositories[program]),
        approval: delivery.approval,
        deployment,
        topicArn: notifications.arn,
      });
    }
  }

  private source({ branch, githubRepository: repository }: Settings["delivery"]): PipelineSource {
    if (repository) {
      const github = new GithubSource(this, "source", { name: this.prefix, repository, branch });
      new TerraformOutput(this, "connection", {
        value: github.connectionArn,
        description: "The connection to GitHub, which a person must authorize once",
      });
      return github;
    }
    const codeCommit = new CodeCommitSource(this, "source", { name: this.prefix, branch });
    new TerraformOutput(this, "repository", {
      value: codeCommit.url,
      description: `Repository to push to; its branch ${branch} is released`,
    });
    return codeCommit;
  }
}
