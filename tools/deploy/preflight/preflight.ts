import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Settings } from "../../../settings/schema.ts";
import { explainErrors } from "../../aws/explain-errors.ts";
import { bucketExists, readAttributes } from "../state.ts";
import { findStack, STATE_STACK, type Stack } from "../synth.ts";
import { checkCredentials, checkRegion } from "./credentials.ts";
import { existingResources } from "./existing-resources.ts";
import { checkExistingVpc } from "./existing-vpc.ts";
import { type Finding, table } from "./finding.ts";
import { Inventory } from "./inventory.ts";
import { checkOidcProvider } from "./oidc-provider.ts";
import { checkQuotas } from "./quotas.ts";
import { checkServiceLinkedRoles, createServiceLinkedRoles } from "./service-linked-roles.ts";
import { checkSignInDomains } from "./sign-in-domain.ts";
import { checkTerraform } from "./terraform-version.ts";
import { checkVpcRange } from "./vpc-range.ts";
import { checkZones } from "./zones.ts";

/** Finds out what would fail in a deployment, before anything is created. Changes nothing. */
export async function preflight(stacks: readonly Stack[], settings: Settings): Promise<readonly Finding[]> {
  const access = [checkTerraform(), checkRegion(settings), ...(await checkCredentials(settings))];
  if (access.some(({ check, status }) => status === "stop" && check !== "terraform")) {
    return access;
  }
  const { region } = settings;
  const inventory = new Inventory(stacks);
  const iam = iamClient(region);
  const ec2 = explainErrors(new EC2Client({ region }));
  const cognito = explainErrors(new CognitoIdentityProviderClient({ region }));
  const checks: Readonly<Record<string, Promise<readonly Finding[]>>> = {
    "state bucket": checkStateBucket(stacks, settings),
    zones: checkZones(ec2, settings),
    "GitHub OIDC provider": ownOidcProvider(stacks, settings).then((own) => checkOidcProvider(iam, settings, own)),
    "service-linked roles": checkServiceLinkedRoles(iam, inventory.types).then((finding) => [finding]),
    "sign-in domain": checkSignInDomains(cognito, inventory.values("aws_cognito_user_pool_domain", "domain")),
    "VPC range": checkVpcRange(settings, () => rangeInState(stacks, settings)),
    "existing VPC": checkExistingVpc(ec2, settings, inventory),
    quota: checkQuotas(explainErrors(new ServiceQuotasClient({ region })), existingResources({ region }), inventory),
  };
  const findings = Object.entries(checks).map(([check, result]) => orUnchecked(check, result));
  return [...access, ...(await Promise.all(findings)).flat()];
}

/** Prints everything that is not ok. Throws if a deployment would fail. */
export async function requirePreflight(stacks: readonly Stack[], settings: Settings): Promise<void> {
  const findings = (await preflight(stacks, settings)).filter(({ status }) => status !== "ok");
  if (findings.length > 0) {
    console.log(`preflight:\n${table(findings)}`);
  }
  if (findings.some(({ status }) => status === "stop")) {
    throw new Error("preflight found what would make the deployment fail, so nothing was changed");
  }
}

/** Creates the service-linked roles that the stacks need, early enough for the resources that need them. */
export async function prepareAccount(stacks: readonly Stack[], { region }: Pick<Settings, "region">): Promise<void> {
  for (const service of await createServiceLinkedRoles(iamClient(region), new Inventory(stacks).types)) {
    console.log(`created the service-linked role of ${service}`);
  }
}

/** Checks that the state bucket does not exist yet or belongs to the account. */
async function checkStateBucket(
  stacks: readonly Stack[],
  { account }: Pick<Settings, "account">,
): Promise<readonly Finding[]> {
  const check = "state bucket";
  const location = stacks.map(({ state }) => state).find((state) => state.kind === "bucket");
  if (location === undefined) {
    return [];
  }
  try {
    const exists = await bucketExists(location, account);
    return [
      { check, status: "ok", text: `${location.bucket} ${exists ? "exists" : "will be created by npm run bootstrap"}` },
    ];
  } catch (error) {
    const fix =
      "use credentials that may read the bucket; if it belongs to another account, choose another project.prefix";
    return [{ check, status: "stop", text: (error as Error).message, fix }];
  }
}

/** ARN of the OIDC provider that this environment has created. */
async function ownOidcProvider(
  stacks: readonly Stack[],
  { account }: Pick<Settings, "account">,
): Promise<string | undefined> {
  const [own] = await readAttributes(findStack(stacks, STATE_STACK), account, "aws_iam_openid_connect_provider");
  return own === undefined ? undefined : `${own.arn}`;
}

/** Range of the VPC that this environment has created. */
async function rangeInState(
  stacks: readonly Stack[],
  { account }: Pick<Settings, "account">,
): Promise<string | undefined> {
  const [own] = await readAttributes(findStack(stacks, "network"), account, "aws_vpc");
  return own === undefined ? undefined : `${own.cidr_block}`;
}

function iamClient(region: string): IAMClient {
  return explainErrors(new IAMClient({ region }));
}

/** A check that the credentials do not allow is reported, and does not stop a deployment. */
export async function orUnchecked(check: string, findings: Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await findings;
  } catch (error) {
    const fix = "use credentials that may make this call, or check it yourself";
    return [{ check, status: "attention", text: `not checked: ${(error as Error).message}`, fix }];
  }
}
