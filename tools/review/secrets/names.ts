// Values that look like secrets because of their name, although nothing marks them as sensitive.

/**
 * Words that make the name of an environment variable look like a secret, in any letter case and separated in any way:
 * `DB_PASSWORD`, `db-password`, and `dbPassword` all contain `password`. The table in docs/review.md lists the same words.
 */
export const SECRET_WORDS: readonly string[] = [
  "pass",
  "passwd",
  "password",
  "passphrase",
  "passcode",
  "passfile",
  "pwd",
  "pw",
  "secret",
  "token",
  "credential",
  "cred",
  "auth",
  "webhook",
  "psk",
  "apikey",
  "key",
  "pat",
];

/** Words at the end of a name that turn a secret's name into something harmless, such as `TOKEN_TTL` or `PARTITION_KEY`. */
export const HARMLESS_ENDINGS: readonly string[] = [
  "ttl",
  "arn",
  "expiry",
  "seconds",
  "minutes",
  "hours",
  "days",
  "length",
  "limit",
  "count",
  "version",
  "algorithm",
  "max tokens",
  "num tokens",
  "mode",
  "method",
  "policy",
  "provider",
  "manager",
  "backend",
  "name",
  "table",
  "region",
  "type",
  "path",
  "file",
  "directory",
  "dir",
  "stdin",
  "host",
  "port",
  "domain",
  "endpoint",
  "issuer",
  "audience",
  "key header",
  "key source",
  "kms key",
  "s3 key",
  "public key",
  "publishable key",
  "site key",
  "public token",
  "authorized key",
  "authorized keys",
  "existing secret",
  "prefix",
  "size",
  "use",
  "queue",
  "topic",
  "bucket",
  "store",
  "source",
  "timeout",
  "interval",
  "ms",
  "level",
  "label",
  "stage",
  "retries",
  "alg",
  "realm",
  "scope",
  "scopes",
  "format",
  "template",
  "module",
  "plugin",
  "driver",
  "strategy",
  "flow",
  "user",
  "username",
  "email",
  "role",
  "group",
  "scheme",
  "project id",
  "client id",
  "enabled",
  "lifetime",
  "validity",
  "leeway",
  "rounds",
  "mechanism",
  "database",
  "flows",
  "service",
  "events",
  "token header",
  "idempotency key",
  "per second",
  "per minute",
  "per hour",
  "per day",
];

/**
 * Names of columns, objects, and routes, which only look like keys: harmless unless the value is random, or a service calls its
 * secret like that.
 */
export const KEY_ENDINGS: readonly string[] = [
  "partition key",
  "sort key",
  "hash key",
  "range key",
  "primary key",
  "secondary key",
  "foreign key",
  "cache key",
  "object key",
  "routing key",
];

/** Secrets with such names. Sources: the documentation of Azure and PagerDuty. */
const ISSUED_KEY =
  /\b(azure|cosmos|cosmosdb|event ?hubs?|iot ?hub|service ?bus|signalr|storage account) (.+ )?(primary|secondary) key$|\bpagerduty (.+ )?routing key$/;

const ARN = /^arn:[\w-]+:[\w-]+:\S*$/;

/** True for the value of an environment variable whose name looks like a secret, unless the value itself cannot be one. */
export function isSecretVariable(name: unknown, value: unknown): boolean {
  return typeof name === "string" && typeof value === "string" && isSecretName(name) && !isHarmless(name, value);
}

/** True for switches, references to a value elsewhere, paths, addresses, ARNs, and URLs other than webhooks, also in quotes. */
function isHarmless(name: string, value: string): boolean {
  const text = unquoted(value);
  return (
    SWITCH.test(text) ||
    isReference(text) ||
    PATH.test(text) ||
    NUMBERS.test(text) ||
    isArn(text) ||
    (isSecretId(name) && WORDS.test(text)) ||
    (isKeyOfData(name) && !isRandom(text)) ||
    (WORKING_DIRECTORY.test(name) && text.startsWith("/")) ||
    (URL.test(text) && !/hook/i.test(name))
  );
}

/** Also words for how to sign in, units of time, and what code has in place of a value. */
const SWITCH =
  /^(true|false|yes|no|on|off|none|null|~|(en|dis)abled|required|optional|basic|bearer|iam|jwt|ldap|oidc|saml|seconds|minutes|hours|days|undefined|await)?$/i;

/** Also true for the ID of a secret in Secrets Manager, which is a name; in other services, such as Vault, IDs are random. */
function isSecretId(name: string): boolean {
  return wordsOf(name).slice(-2).join(" ") === "secret id";
}

/** True for the name of a column, object, or route. */
function isKeyOfData(name: string): boolean {
  const text = inWords(name);
  return endsWithOne(text, KEY_ENDINGS) && !ISSUED_KEY.test(text);
}

/** True for a long run of letters and digits, or a UUID: names are shorter, or have separators. */
function isRandom(text: string): boolean {
  const runs = text.match(/[A-Za-z\d]{16,}/g) ?? [];
  return UUID.test(text) || runs.some((run) => /\d/.test(run) && /[A-Za-z]/.test(run));
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Variables of a shell. */
const WORKING_DIRECTORY = /^(OLD)?PWD$/;

/** Words with separators, such as `prod/database-2`. */
const WORDS = /^\/?[A-Za-z]+\d{0,3}([/_+=.@-]([A-Za-z]+\d{0,3}|\d{1,4}))*$/;

/** True for the name of a secret, perhaps with its key and version, as a buildspec refers to it: `prod/database:password`. */
export function isStored(reference: string): boolean {
  return unquoted(reference)
    .split(":")
    .every((part) => part === "" || WORDS.test(part));
}

/** Files by their ending or folder, and two levels and more without uppercase letters, which Base64 would have. */
const PATH =
  /^([\w~./-]+\.(pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env)|~?(\/[a-z0-9_.-]+){2,}|~?\/(etc|home|mnt|opt|root|run|secrets|srv|tmp|usr|var)\/[\w./-]+)$/;

/** Addresses and versions, such as `10.0.0.12:8443` and `v1.2.3-rc1`. */
const NUMBERS = /^v?\d+(\.\d+){2,}(:\d+|[-+][\w.]+)?$/;

const URL = /^[a-z][a-z0-9+.-]{1,30}:\/\//;

/** Variables and functions of shells, PowerShell, Windows, GitHub Actions, Serverless, supervisord, CloudFormation, Azure, and templates. */
const REFERENCE =
  /^(\$[A-Z_][A-Z0-9_]*|\$env:\w+|\$\{([\w.]+|(ssm|cf|env|file|self|secretsmanager|vault)[:(][^}]*)\}|%[A-Z_][A-Z0-9_]*%|%\([\w.]+\)s)$|^\$\(|^\$?\{\{|^@Microsoft\.KeyVault\(|^!(Ref|Sub|GetAtt|ImportValue|FindInMap|vault)\b/;

/** Paths and variables of Step Functions, EventBridge, and API Gateway. */
const PATH_IN_EVENT = /^\$\$?\.[\w.[\]]+$|^\{%.*%\}$|^\$(context|input|stageVariables|util)\b[.\w()'"$]*$|^<\w+>\}?$/;

/** Variables of programs, such as `process.env.TOKEN` and `event.headers`, and commands of PowerShell. */
const IN_CODE =
  /^((Get|Read|ConvertTo|Import|Invoke|New)-[A-Z]\w+$|process\.env|os\.environ|os\.getenv|System\.getenv|(event|request|req|self|this)[.[])/;

/** A text without the quotes around it. */
export function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
}

/** True for a variable or the output of a command, in whose place a shell, a template, a program, or a service puts a value. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text) || PATH_IN_EVENT.test(text) || IN_CODE.test(text);
}

/** True for an entry in JSON that is named like a password or key; other words are too ambiguous there. */
export function isSecretEntry(name: string, value: unknown): boolean {
  return (
    (SECRET_ENTRY.test(name) && !CONDITION_KEY.test(name) && isSecretVariable(name, value)) ||
    (/^_?auth$/.test(name) && isUserAndPassword(value))
  );
}

/** A condition key of IAM, such as `aws:PrincipalTag/token`. */
const CONDITION_KEY = /^[a-z0-9-]+:[A-Za-z]/;

/** True for an argument, or a map's entry, of which nothing else than a secret has the name. */
export function isSecretSetting(name: string, value: unknown): boolean {
  const isNamed = settings.get(name) ?? SECRET_SETTING.test(name);
  settings.set(name, isNamed);
  return isNamed && isSecretVariable(name, value);
}

/** The table in docs/review.md lists the same endings. */
export const SETTING_ENDINGS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "client_secret",
  "api_key",
  "secret_key",
  "private_key",
  "access_token",
  "oauth_token",
  "refresh_token",
  "bearer_token",
  "preshared_key",
];

const SECRET_SETTING = new RegExp(`(${SETTING_ENDINGS.map((ending) => ending.replace("_", "[_-]?")).join("|")})$`, "i");

/** A plan has few names of arguments, but repeats them often. */
const settings = new Map<string, boolean>();

/** True for the Base64 form of `user:password`, as in the configuration of Docker and npm. */
function isUserAndPassword(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^[\w+/-]{4,}={0,2}$/.test(value) &&
    /^[^\p{Cc}\ufffd:]+:[^\p{Cc}\ufffd]+$/u.test(decoded(value))
  );
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

const SECRET_ENTRY = /(password|passwd|passphrase|pwd|secret|token|(api|private|secret|access)[_-]?key)$/i;

/** A tag of sudoers, before the commands that need no password. */
const NO_PASSWORD = "NOPASSWD";

/** A plan has few names of environment variables, but repeats them often. */
const verdicts = new Map<string, boolean>();

/** True for names in upper case anywhere; for other names, only environment variables should be checked. */
function isSecretName(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) {
    return known;
  }
  const isSecret =
    name !== NO_PASSWORD && wordsOf(name).some(isSecretWord) && !endsWithOne(inWords(name), HARMLESS_ENDINGS);
  verdicts.set(name, isSecret);
  return isSecret;
}

/** The words of a name without an encoding or a number at its end. */
function inWords(name: string): string {
  const words = wordsOf(name);
  return words.slice(0, words.findLastIndex((word) => !isSuffix(word)) + 1).join(" ");
}

function endsWithOne(text: string, endings: readonly string[]): boolean {
  return endings.some((ending) => text === ending || text.endsWith(` ${ending}`));
}

function isSecretWord(numbered: string, index: number, words: readonly string[]): boolean {
  const word = numbered.replace(NUMBERED, "$1");
  const singular = word.replace(/s$/, "");
  if (word === "key" || word === "pw" || word === "pat") {
    const isLast = words.slice(index + 1).every(isSuffix);
    return isLast || words[index - 1] === "access"; // KEY_PREFIX is not a key, but ACCESS_KEY_ID is part of one
  }
  return (
    SECRET_WORDS.includes(word) ||
    SECRET_WORDS.includes(singular) ||
    /(passw(or)?d|passphrase|passcode|passfile|secret|token|(bind|root)pw|(access|account|api|auth|encryption|master|private|secret|signing)key)$/.test(
      singular,
    ) ||
    /(?<!^(com|by|en?com|sur|tres|over|under))pass$/.test(word)
  );
}

/** True for an encoding or a number after the name of a value, as in `SIGNING_KEY_B64` and `API_KEY_2`. */
function isSuffix(word: string): boolean {
  return /^(b64|base64|hex|pem|v?\d{1,3})$/.test(word);
}

/** A word with a number, such as `password2`; other words are names with a number, such as `auth0`. */
const NUMBERED = /^(.*(?:pass|passw(?:or)?d|passphrase|passcode|pwd|pw|secret|token|key)s?)\d+$/;

/** The words of `DB_PASSWORD`, `db-password`, and `dbPassword`, in lower case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** ARNs are names, and are not secret although the provider marks the value of every SSM parameter. */
export function isArn(text: string): boolean {
  return ARN.test(text);
}
