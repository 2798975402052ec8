import {
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
} from "@aws-sdk/client-iam";
import type { Settings } from "../../../settings/schema.ts";
import type { Finding } from "./finding.ts";

const ISSUER = "token.actions.githubusercontent.com";

/**
 * Checks the account's OIDC provider for GitHub. IAM allows one provider for each URL, so environments have to share it.
 *
 * @param own ARN of the provider in this environment's state, which Terraform deletes when the settings no longer create it.
 */
export async function checkOidcProvider(
  iam: IAMClient,
  { github, environment }: Pick<Settings, "github" | "environment">,
  own?: string,
): Promise<readonly Finding[]> {
  const check = "GitHub OIDC provider";
  if (github === undefined) {
    const text = `npm run bootstrap deletes ${own}, and no workflow in the account can assume a role with it any more`;
    const fix = "if another environment uses it, keep github in the settings";
    return own === undefined ? [] : [{ check, status: "attention", text, fix }];
  }
  if (own !== undefined && github.oidcProvider === "existing") {
    const text = `${own} is this environment's own, and Terraform would delete it`;
    return [{ check, status: "stop", text, fix: "set github.oidcProvider to create" }];
  }
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const arn = OpenIDConnectProviderList.find(({ Arn }) => Arn?.endsWith(`/${ISSUER}`))?.Arn;
  if (github.oidcProvider === "existing") {
    return [
      arn === undefined
        ? { check, status: "stop", text: "the account has none", fix: "set github.oidcProvider to create" }
        : { check, status: "ok", text: arn },
    ];
  }
  if (arn === undefined) {
    return [{ check, status: "ok", text: "will be created" }];
  }
  const { Tags = [] } = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
  return [
    tags.ManagedBy === "terraform" && tags.Environment === environment
      ? { check, status: "ok", text: `${arn}, of this environment` }
      : {
          check,
          status: "stop",
          text: `${arn} exists already, and creating a second one fails with EntityAlreadyExists`,
          fix: "set github.oidcProvider to existing",
        },
  ];
}
