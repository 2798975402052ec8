// Secrets that nobody has marked as such.

/** Access keys of AWS, tokens of GitHub, private keys: nothing else looks like them. */
const CREDENTIAL = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** How environment variables are called that hold secrets, as people put them into task definitions against all advice. */
const VARIABLE = /^[A-Z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)[A-Z0-9_]*$/;

const ARN = /^arn:[\w-]+:[\w-]+:\S*$/;

export function isCredential(text: string): boolean {
  return CREDENTIAL.test(text);
}

/** True for the value of an environment variable that is called like a secret, and is more than the address of one. */
export function isSecretVariable(name: unknown, value: unknown): boolean {
  return typeof name === "string" && VARIABLE.test(name) && typeof value === "string" && !isArn(value);
}

/** Names of AWS are no secrets, though the provider marks every SSM parameter's value. */
export function isArn(text: string): boolean {
  return ARN.test(text);
}
