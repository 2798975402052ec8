import { join } from "node:path";
import { TerraformOutput, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { GithubRoles } from "../modules/github-roles.ts";
import { PermissionsBoundary } from "../modules/permissions-boundary.ts";
import { keepStateInBucket, keepStateInFile, stateBucketName } from "../modules/remote-state.ts";
import { StateBucket } from "../modules/state-bucket.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";

/** Where the other stacks' state lives, and who may read and change it. Created once, by `npm run bootstrap`. */
export class StateStack extends MysfitsStack {
  /** Around every role of the environment, where GitHub's workflows may make roles. */
  readonly boundary: PermissionsBoundary | undefined;

  constructor(scope: Construct, settings: Settings) {
    const isStateInBucket = process.env.MYSFITS_STATE !== "local";
    super(scope, "state", settings, isStateInBucket ? keepStateInBucket : inBootstrapFile);
    const { account, github, protection } = settings;
    const state = new StateBucket(this, "bucket", {
      name: stateBucketName(settings),
      forceDestroy: protection === "off",
      // While everybody's state lies in it, `cdktf destroy '*'` must not reach it; `npm run destroy state` moves its own out first.
      preventDestroy: isStateInBucket,
    });
    if (github) {
      const { prefix } = this;
      const boundary = new PermissionsBoundary(this, "boundary", { prefix, account });
      const roles = new GithubRoles(this, "github", { prefix, account, ...github, state, boundary });
      this.boundary = boundary;
      new TerraformOutput(this, "github-plan-role", { value: roles.planRoleArn });
      new TerraformOutput(this, "github-deploy-role", { value: roles.deployRoleArn });
    }
  }
}

/** The bucket cannot hold the state of its own creation: `npm run bootstrap` starts with a file and moves it in. */
function inBootstrapFile(stack: TerraformStack, { environment }: Settings): void {
  keepStateInFile(stack, join(import.meta.dirname, "..", ".bootstrap", `${environment}.tfstate`));
}
