import type { Construct } from "constructs";
import { TerraformOutput } from "#cdktf";
import type { LoadProfile } from "../model/load-profile.ts";
import { LoadGenerator } from "../modules/load-generator.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";

/** Lab 4: an instance that runs a load test of the like service. Deployed and destroyed separately from the other stacks. */
export class LoadGeneratorStack extends MysfitsStack {
  constructor(
    scope: Construct,
    settings: Settings,
    { vpc }: NetworkStack,
    { loadBalancer }: PlatformStack,
    loadTest: LoadProfile,
  ) {
    super(scope, "load-generator", settings);
    const { region, logs, load } = settings;
    const generator = new LoadGenerator(this, "load-generator", {
      vpc,
      loadBalancer,
      loadTest,
      instanceType: load.instanceType,
      powerOff: load.powerOff,
      keepDays: logs.retentionDays,
    });
    new TerraformOutput(this, "reports", {
      value: generator.reports,
      description: "S3 URI of the reports of each load test",
    });
    new TerraformOutput(this, "log-group", {
      value: generator.logGroupName,
      description: "Log group with the reports of each load test",
    });
    new TerraformOutput(this, "session", {
      value: `aws ssm start-session --region ${region} --target ${generator.instanceId}`,
      description:
        "Command that opens a shell on the instance; journalctl --follow --unit load-test shows the running load test",
    });
  }

  /**
   * Records no dependency: otherwise `cdktf deploy load-generator` would not run without the stacks that this one reads
   * from, although they already exist.
   */
  override addDependency(): void {}
}
