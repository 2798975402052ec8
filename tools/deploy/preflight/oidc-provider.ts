import {
  GetOpenIDConnectProviderCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
} from "@aws-sdk/client-iam";
import type { Settings } from "../../../settings/schema.ts";
import type { Finding } from "./finding.ts";

const ISSUER = "token.actions.githubusercontent.com";

/** Checks the account's OIDC provider for GitHub. IAM allows one provider for each URL, so environments have to share it. */
export async function checkOidcProvider(
  iam: IAMClient,
  { github, environment }: Pick<Settings, "github" | "environment">,
): Promise<readonly Finding[]> {
  if (github === undefined) {
    return [];
  }
  const check = "GitHub OIDC provider";
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
