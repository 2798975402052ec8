import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { GuardRails } from "../guards/guard-rails.ts";
import { awsProvider } from "../modules/aws-provider.ts";
import { keepStateInBucket } from "../modules/remote-state.ts";
import type { Settings } from "../settings/schema.ts";

/** What every stack has: the environment's provider, a place for its state, a prefix for its resources' names, and the guard rails. */
export abstract class MysfitsStack extends TerraformStack {
  /** `mysfits-<environment>`, with which every name in the account starts. */
  readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    keepState: (stack: TerraformStack, settings: Settings) => void = keepStateInBucket,
  ) {
    super(scope, id);
    this.prefix = `mysfits-${settings.environment}`;
    awsProvider(this, settings);
    keepState(this, settings);
    new GuardRails(this);
  }
}
