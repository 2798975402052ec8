import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import type { Construct } from "constructs";
import type { Settings } from "../settings/schema.ts";

/** The provider of a stack: one region, one account and no other, and the tags that every resource carries. */
export function awsProvider(scope: Construct, settings: Settings): AwsProvider {
  return new AwsProvider(scope, "aws", {
    region: settings.region,
    allowedAccountIds: [settings.account],
    defaultTags: [
      {
        tags: {
          Project: "mythical-mysfits",
          Environment: settings.environment,
          ManagedBy: "terraform",
          ...settings.tags,
        },
      },
    ],
    ...(settings.emulator && EMULATED),
  });
}

/** What an emulator does not answer. It is found through AWS_ENDPOINT_URL, and a call it lacks fails soon instead of for minutes. */
const EMULATED = { skipCredentialsValidation: true, skipMetadataApiCheck: "true", s3UsePathStyle: true, maxRetries: 2 };
