import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import { reservedWordIn } from "../../../settings/reserved-words.ts";
import type { Finding } from "./finding.ts";

/**
 * Checks that the domain prefixes of the sign-in pages are allowed and free. They are unique in a region, among all accounts. AWS
 * does not document whether DescribeUserPoolDomain shows a prefix of another account. If it does not, creating the domain fails
 * with "Domain already associated with another user pool" (aws-samples/websocket-chat-application#56,
 * aws-samples/amazon-elasticsearch-service-with-cognito#7).
 */
export async function checkSignInDomains(
  cognito: CognitoIdentityProviderClient,
  prefixes: readonly string[],
): Promise<readonly Finding[]> {
  return Promise.all(prefixes.map((prefix) => checkPrefix(cognito, prefix)));
}

async function checkPrefix(cognito: CognitoIdentityProviderClient, prefix: string): Promise<Finding> {
  const check = "sign-in domain";
  const word = reservedWordIn(prefix);
  if (word !== undefined) {
    return {
      check,
      status: "stop",
      text: `${prefix} contains "${word}", which Cognito reserves`,
      fix: "choose another name for the environment",
    };
  }
  const { DomainDescription } = await cognito.send(new DescribeUserPoolDomainCommand({ Domain: prefix }));
  const userPool = DomainDescription?.UserPoolId;
  if (userPool === undefined) {
    return { check, status: "ok", text: `${prefix} is free, as far as this account can see` };
  }
  return (await isOwn(cognito, userPool))
    ? { check, status: "ok", text: `${prefix} belongs to this account's user pool ${userPool}` }
    : {
        check,
        status: "stop",
        text: `${prefix} belongs to another account`,
        fix: "choose another name for the environment",
      };
}

async function isOwn(cognito: CognitoIdentityProviderClient, UserPoolId: string): Promise<boolean> {
  try {
    await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return false;
    }
    throw error;
  }
}
