import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { LoadGenerator } from "../modules/load-generator.ts";
import type { Settings } from "../settings/schema.ts";
import type { Attack } from "../specs/attack.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";
import type { PlatformStack } from "./platform-stack.ts";

/** Lab 4: an instance that attacks the like service. It comes and goes by itself, while everything else stays. */
export class LoadGeneratorStack extends MysfitsStack {
  constructor(
    scope: Construct,
    settings: Settings,
    { vpc }: NetworkStack,
    { loadBalancer }: PlatformStack,
    attack: Attack,
  ) {
    super(scope, "load-generator", settings);
    const { region, account, logs, load } = settings;
    const generator = new LoadGenerator(this, "load-generator", {
      prefix: this.prefix,
      region,
      account,
      vpc,
      loadBalancer,
      attack,
      instanceType: load.instanceType,
      powerOff: load.powerOff === "on",
      keepDays: logs.retentionDays,
    });
    new TerraformOutput(this, "reports", {
      value: generator.reports,
      description: "Where each attack leaves its reports",
    });
    new TerraformOutput(this, "log-group", {
      value: generator.logGroupName,
      description: "Where each attack leaves its report as well",
    });
    new TerraformOutput(this, "session", {
      value: `aws ssm start-session --region ${region} --target ${generator.instanceId}`,
      description: "How to look at the attack while it runs: then journalctl --follow --unit load-test",
    });
  }

  /**
   * Notes nothing: `cdktf deploy load-generator` would otherwise refuse to run without the stacks that this one reads from,
   * and they have long been there.
   */
  override addDependency(): void {}
}
