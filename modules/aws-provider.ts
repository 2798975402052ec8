import type { Construct } from "constructs";
import { AwsProvider } from "#aws/provider";
import type { Settings } from "../settings/schema.ts";

/** A stack's AWS provider, limited to the one region and account, with the tags of every resource. */
export function awsProvider(scope: Construct, settings: Settings): AwsProvider {
  return new AwsProvider(scope, "aws", { region: settings.region, ...configuration(settings) });
}

/** A stack's second provider, for the resources of other services that CloudFront uses: AWS keeps them in us-east-1. */
export function edgeProvider(scope: Construct, settings: Settings): AwsProvider {
  return new AwsProvider(scope, "aws-edge", { alias: "edge", region: "us-east-1", ...configuration(settings) });
}

function configuration(settings: Settings) {
  return {
    allowedAccountIds: [settings.account],
    defaultTags: [
      {
        tags: {
          Project: settings.project.tag,
          Environment: settings.environment,
          ManagedBy: "terraform",
          ...settings.tags,
        },
      },
    ],
    ...(settings.emulator && EMULATED),
  };
}

/**
 * Skips the calls that an emulator does not support, and limits the attempts of each call: with its default of 25, the
 * provider repeats an unsupported call for minutes. Five get past a lost connection. The provider finds the emulator through
 * AWS_ENDPOINT_URL.
 */
const EMULATED = { skipCredentialsValidation: true, skipMetadataApiCheck: "true", s3UsePathStyle: true, maxRetries: 5 };
