import { reservedWordIn } from "./reserved-words.ts";

/**
 * Names in AWS begin with the project's prefix and the environment, and have little room: see project.ts. No hyphens, because
 * IAM policies allow names by the pattern `<prefix>-<environment>-*`: that of `team` would match the roles of `team-2`.
 */
const ENVIRONMENT_NAME = /^[a-z][a-z0-9]{0,11}$/;

/** Returns what the name should look like, or undefined if it is valid. */
export function environmentNameProblem(name: string): string | undefined {
  if (!ENVIRONMENT_NAME.test(name)) {
    return "expected a name of at most 12 lowercase letters and digits that begins with a letter: names in AWS contain it";
  }
  const reserved = reservedWordIn(name);
  return reserved && `expected a name without "${reserved}", which Cognito reserves`;
}
