/**
 * Words that Cognito rejects anywhere in the domain of a user pool, which contains the project's prefix and the environment.
 * Source: "Configuring a user pool domain", Amazon Cognito developer guide.
 */
export const RESERVED_WORDS = ["aws", "amazon", "cognito"] as const;

export function reservedWordIn(name: string): string | undefined {
  return RESERVED_WORDS.find((word) => name.includes(word));
}
