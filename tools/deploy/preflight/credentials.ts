import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Settings } from "../../../settings/schema.ts";
import { explainErrors, isUnreachable } from "../../aws/explain-errors.ts";
import type { Finding } from "./finding.ts";

/** Minutes. A first deployment takes about this long. */
const ENOUGH_MINUTES = 60;

const EXPORT = 'eval "$(aws configure export-credentials --format env)", or use a profile with credential_process';

/**
 * Checks that there are credentials, that they belong to the account of the settings, and that Terraform can use them. The SDK
 * of this command finds more kinds of credentials than Terraform does.
 */
export async function checkCredentials({
  account,
  region,
}: Pick<Settings, "account" | "region">): Promise<readonly Finding[]> {
  const sts = explainErrors(new STSClient({ region }));
  let identity: { readonly Account?: string | undefined; readonly Arn?: string | undefined };
  try {
    identity = await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    if (isUnreachable(error as Error)) {
      return [{ check: "endpoint", status: "stop", text: (error as Error).message }];
    }
    const fix = `set AWS_PROFILE, or sign in (aws sso login, aws login, or new keys); after aws login, ${EXPORT}`;
    return [{ check: "credentials", status: "stop", text: (error as Error).message, fix }];
  }
  return [
    identity.Account === account
      ? { check: "account", status: "ok", text: `${account}, as ${identity.Arn}` }
      : {
          check: "account",
          status: "stop",
          text: `the credentials belong to ${identity.Account} (${identity.Arn}), but the settings say ${account}`,
          fix: "set AWS_PROFILE to a profile of the right account, or account in the settings",
        },
    checkSource(await sts.config.credentials()),
  ];
}

/** The fields of the SDK's credentials that the check reads. */
export interface ResolvedCredentials {
  readonly expiration?: Date;
  /** Features of the SDK that took part; those of `aws login` have LOGIN in their names. */
  readonly $source?: Readonly<Record<string, string>>;
}

/**
 * `aws login` (AWS CLI 2.32) writes sessions that the provider of June 2025 and Terraform before 1.15 do not find
 * (hashicorp/aws-sdk-go-base #1433, hashicorp/terraform-provider-aws #45316).
 */
export function checkSource({ expiration, $source = {} }: ResolvedCredentials, now = Date.now()): Finding {
  const check = "credentials";
  if (Object.keys($source).some((feature) => feature.includes("LOGIN"))) {
    return { check, status: "stop", text: "they come from aws login, which Terraform cannot use", fix: EXPORT };
  }
  if (expiration === undefined) {
    return { check, status: "ok", text: "they do not expire" };
  }
  const minutes = Math.floor((expiration.getTime() - now) / 60_000);
  return minutes < ENOUGH_MINUTES
    ? {
        check,
        status: "attention",
        text: `they expire in ${minutes} minutes; a first deployment takes about ${ENOUGH_MINUTES}`,
        fix: "sign in again, unless your profile renews them during the deployment",
      }
    : { check, status: "ok", text: `they expire in ${minutes} minutes` };
}

/** Checks that the AWS CLI and the SDKs use the region of the settings. Terraform always does. */
export function checkRegion(
  { region }: Pick<Settings, "region">,
  environment: NodeJS.ProcessEnv = process.env,
): Finding {
  const other = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  return other === undefined || other === region
    ? { check: "region", status: "ok", text: region }
    : {
        check: "region",
        status: "attention",
        text: `the settings say ${region}, but the shell says ${other}: AWS CLI commands would look in the wrong region`,
        fix: `export AWS_REGION=${region}`,
      };
}
