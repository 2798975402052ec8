import { join } from "node:path";
import type { Construct } from "constructs";
import { TerraformOutput, type TerraformStack } from "#cdktf";
import { environmentOf } from "../modules/environment.ts";
import { GithubRoles } from "../modules/github-roles.ts";
import { PermissionsBoundary } from "../modules/permissions-boundary.ts";
import { keepStateInBucket, keepStateInFile, stateBucketName } from "../modules/remote-state.ts";
import { StateBucket } from "../modules/state-bucket.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";

/** State bucket of all stacks, and the roles that may read and change it. Created once, by `npm run bootstrap`. */
export class StateStack extends MysfitsStack {
  /** Permissions boundary of every role in the environment; undefined without `github` in the settings. */
  readonly boundary: PermissionsBoundary | undefined;

  constructor(scope: Construct, settings: Settings) {
    const isStateInBucket = process.env.MYSFITS_STATE !== "local";
    super(scope, "state", settings, isStateInBucket ? keepStateInBucket : inBootstrapFile);
    const { github, protection, services } = settings;
    const state = new StateBucket(this, "bucket", {
      name: stateBucketName(environmentOf(this)),
      forceDestroy: !protection,
      // `cdktf destroy '*'` must not delete the bucket with all states in it. `npm run destroy state` moves its own out first.
      preventDestroy: isStateInBucket,
    });
    if (github) {
      const boundary = new PermissionsBoundary(this, "boundary", {
        secrets: Object.values(services).flatMap(({ secrets }) => Object.values(secrets)),
        secretKeys: [...new Set(Object.values(services).flatMap(({ secretKeys }) => secretKeys))],
      });
      const roles = new GithubRoles(this, "github", { github, state, boundary });
      this.boundary = boundary;
      new TerraformOutput(this, "github-plan-role", { value: roles.planRoleArn });
      new TerraformOutput(this, "github-deploy-role", { value: roles.deployRoleArn });
    }
  }
}

/** The bucket cannot hold its state before it exists, so `npm run bootstrap` starts with a local file and moves it in. */
function inBootstrapFile(stack: TerraformStack, { environment }: Settings): void {
  keepStateInFile(stack, join(import.meta.dirname, "..", ".bootstrap", `${environment}.tfstate`));
}
