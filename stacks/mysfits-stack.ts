import type { Construct } from "constructs";
import { TerraformStack } from "#cdktf";
import { awsProvider } from "../modules/aws-provider.ts";
import { environmentOf, setEnvironment } from "../modules/environment.ts";
import { GuardRails } from "../modules/guard-rails/guard-rails.ts";
import { keepStateInBucket } from "../modules/remote-state.ts";
import type { Settings } from "../settings/schema.ts";

/** Base of every stack: the environment's provider, the state backend, the prefix of names, and the guard rails. */
export abstract class MysfitsStack extends TerraformStack {
  /** `<project.prefix>-<environment>`: every name in the account begins with it. */
  readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    keepState: (stack: TerraformStack, settings: Settings) => void = keepStateInBucket,
  ) {
    super(scope, id);
    setEnvironment(this, settings);
    this.prefix = environmentOf(this).prefix;
    awsProvider(this, settings);
    keepState(this, settings);
    new GuardRails(this);
  }
}
