// Values that look like secrets although nothing marks them as sensitive.

/**
 * Words that make the name of an environment variable look like a secret, in any letter case and separated in any way:
 * `DB_PASSWORD`, `db-password`, and `dbPassword` all contain `password`. The table in docs/review.md lists the same words.
 */
export const SECRET_WORDS: readonly string[] = [
  "pass",
  "passwd",
  "password",
  "passphrase",
  "passfile",
  "pwd",
  "secret",
  "token",
  "credential",
  "auth",
  "webhook",
  "apikey",
  "key",
];

/** Words at the end of a name that turn a secret's name into something harmless, such as `TOKEN_TTL` or `PARTITION_KEY`. */
export const HARMLESS_ENDINGS: readonly string[] = [
  "ttl",
  "arn",
  "expiry",
  "seconds",
  "minutes",
  "length",
  "limit",
  "mode",
  "name",
  "region",
  "type",
  "partition key",
  "sort key",
  "hash key",
  "range key",
  "primary key",
  "cache key",
  "object key",
  "routing key",
  "public key",
  "authorized key",
  "authorized keys",
  "existing secret",
];

/**
 * Credentials recognized by their form inside any string. A group named `secret` is the part to hide; without one it is the
 * whole match. Lengths are limited, because the search would take quadratic time in a long string. Sources: "IAM
 * identifiers" in the IAM user guide; "About authentication to GitHub"; RFC 7468; RFC 3986, 3.2.1; crypt(5); "htpasswd" in the
 * documentation of Apache; chapter 8 of YAML 1.2.
 */
export const CREDENTIALS: Readonly<Record<string, RegExp>> = {
  "AWS access key IDs": /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  "GitHub tokens": /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}/g,
  "tokens of GitLab, Google, npm, SendGrid, Slack, Stripe, and Vault":
    /\b(?:glpat-[\w-]{20,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{16,}\.[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|[rs]k_live_[A-Za-z0-9]{10,}|hv[bs]\.[\w-]{20,})/g,
  "JSON web tokens": /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  "webhooks of Slack": /\bhooks\.slack\.com\/(?:services|workflows)\/(?<secret>[\w/]{8,})/g,
  "signatures in URLs": /[?&](?:sig|signature|x-amz-signature|x-goog-signature)=(?<secret>[^&\s"'<>]{8,})/gi,
  "private keys":
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  "passwords in URLs":
    /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/"'<>]*:(?<secret>(?!\d{1,5}\/)[^\s@"']{1,300}(?:@[^\s@"'/:?#,]{1,300}(?=@))*)@/gi,
  "authorization headers":
    /\bauthorization["']?[ \t]{0,9}[:=][ \t]{0,9}["']?(?:basic|bearer|token|apikey)[ \t]{1,9}(?<secret>[^\s"',;]{8,})/gi,
  "password hashes":
    /(?<![\w$])(?:(?<cost>\${1,2})(?:apr1|2[abxy]?\k<cost>\d\d|argon2(?:id|i|d)|(?:y|gy|7)\k<cost>[\w./]{1,16}|[156](?=\k<cost>(?:rounds=\d{1,9}\k<cost>)?[\w./]{1,16}\k<cost>[\w./]{16}))\k<cost>[\w./=,$+-]{4,}|\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT)\}[\w./=$+-]{8,})/g,
  "passwords of htpasswd":
    /\bhtpasswd(?=(?:[ \t]{1,9}-\w{1,9}){0,9}[ \t]{1,9}-\w{0,9}b)(?:[ \t]{1,9}-\w{1,9}){1,9}(?:[ \t]{1,9}[^\s|>;&-]\S{0,200}){1,2}[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"';&|>]+)/g,
  "registry credentials in Base64": /(?<![\w+/])[\w+/]{0,30}(?:ImF1dGhzI|iYXV0aHMi|JhdXRocyI)[\w+/=-]{8,}/g,
  "values below names that look like secrets, in YAML":
    /\bname:[ \t]{1,9}["']?(?<name>[A-Za-z_][\w-]{1,100})["']?[ \t]{0,9}\r?\n[ \t]{0,99}value:[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"']+)/g,
  "blocks of names that look like secrets, in YAML":
    /^[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>[A-Za-z_][\w.-]{1,100})["']?[ \t]{0,9}:[ \t]{1,9}[|>][-+\d]{0,2}[ \t]{0,9}\r?\n(?<secret>(?<indent>[ \t]{1,200})\S.*(?:\r?\n(?:\k<indent>.*|[ \t]{0,200}(?=\r?\n)))*)/gm,
  "lists of names that look like secrets, in YAML":
    /^[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>(?:[A-Za-z_][\w.-]{0,100})?(?:passwords|passphrases|tokens|credentials|api[_-]?keys))["']?[ \t]{0,9}:(?<secret>(?:[ \t]{0,9}\r?\n[ \t]{0,200}-[ \t]{1,9}(?!["']?[\w.-]{1,100}["']?:(?:\s|$))[^\s{[].*)+)/gim,
  "lines of names that look like secrets, in YAML":
    /(?:(?<=\n)|^(?=.*\n))[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>[A-Za-z_][\w.-]{1,100})["']?[ \t]{0,9}:[ \t]{1,9}(?<secret>(?![|>][-+\d]{0,2}[ \t]{0,9}\r?$)[^\s"'{[#(].*?)(?=[ \t]{1,9}#|[ \t]{0,9}\r?$)/gm,
  "assignments to names that look like secrets":
    /(?<![A-Za-z_])(?<name>[A-Za-z_][\w-]{1,100})(?:["']?[ \t]{0,9}(?:=[ \t]{0,9}|:[ \t]{1,9})|["']:)(?<secret>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?![{[](?:\s|["']|[\w-]{1,100}["']?:|$)|[|>][-+\d]{0,2}[ \t]{0,9}\r?\n)[^\s"'&;,]+)/g,
  "arguments after names that look like secrets":
    /(?<![A-Za-z_])(?<name>[A-Za-z_][\w-]{1,100})[ \t]{1,9}(?<secret>(?=[^\s"'=]*\d)[^\s"'=]{8,})/g,
};

const ARN = /^arn:[\w-]+:[\w-]+:\S*$/;

/** True for the value of an environment variable whose name looks like a secret, unless the value is a switch or an ARN. */
export function isSecretVariable(name: unknown, value: unknown): boolean {
  return (
    typeof name === "string" &&
    typeof value === "string" &&
    !/^(["']?)(true|false)?\1$/i.test(value) &&
    isSecretName(name) &&
    !isArn(value)
  );
}

/** True for an entry in JSON that is named like a password or key; other words are too ambiguous there. */
export function isSecretEntry(name: string, value: unknown): boolean {
  return (
    (SECRET_ENTRY.test(name) && isSecretVariable(name, value)) || (/^_?auth$/.test(name) && isUserAndPassword(value))
  );
}

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

/** A plan has few names of environment variables, but repeats them often. */
const verdicts = new Map<string, boolean>();

/** True for names in upper case anywhere; for other names, only environment variables should be checked. */
function isSecretName(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) {
    return known;
  }
  const words = wordsOf(name);
  const text = words.join(" ");
  const isSecret =
    words.some(isSecretWord) && !HARMLESS_ENDINGS.some((ending) => text === ending || text.endsWith(` ${ending}`));
  verdicts.set(name, isSecret);
  return isSecret;
}

function isSecretWord(numbered: string, index: number, words: readonly string[]): boolean {
  const word = numbered.replace(NUMBERED, "$1");
  const singular = word.replace(/s$/, "");
  if (word === "key") {
    return index === words.length - 1 || words[index - 1] === "access"; // KEY_PREFIX is not a key, but ACCESS_KEY_ID is part of one
  }
  return (
    SECRET_WORDS.includes(word) ||
    SECRET_WORDS.includes(singular) ||
    /(passw(or)?d|passphrase|passfile|secret|apikey)$/.test(singular)
  );
}

/** A word with a number, such as `password2`; other words are names with a number, such as `auth0`. */
const NUMBERED = /^(.*(?:pass|passw(?:or)?d|passphrase|pwd|secret|token|key)s?)\d+$/;

/** The words of `DB_PASSWORD`, `db-password`, and `dbPassword`, in lower case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** Matches every string with a credential; one test is faster than all patterns. */
const ANY_CREDENTIAL =
  /pass|pwd|secret|token|credential|auth|webhook|key|:\/\/|\$(?:apr1|2[abxy]?\$|argon2|[1567y]\$|gy)|\{S?(?:SHA|MD5)|\{CRYPT|F1dGhz|YXV0aHM|hdXRocy|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|AIza|npm_|SG\.|xox|_live_|hv[bs]\.|eyJ|hooks\.slack|[?&](?:sig|x-\w+-sig)/i;

/** The string without the credentials that have a recognizable form. */
export function withoutCredentials(text: string, hidden: string): string {
  if (!ANY_CREDENTIAL.test(text)) {
    return text;
  }
  let result = text;
  for (const pattern of Object.values(CREDENTIALS)) {
    result = result.replace(pattern, (match: string, ...details: unknown[]) => {
      const { name, secret = match } = groupsOf(details.at(-1));
      const start = match.lastIndexOf(secret);
      return name === undefined || isSecretVariable(name, secret)
        ? match.slice(0, start) + hidden + match.slice(start + secret.length)
        : match;
    });
  }
  return result;
}

/** The last argument of a replacer is an object when the pattern has named groups, and the string itself otherwise. */
function groupsOf(last: unknown): { readonly name?: string; readonly secret?: string } {
  return typeof last === "object" && last !== null ? last : {};
}

/** ARNs are names, and are not secret although the provider marks the value of every SSM parameter. */
export function isArn(text: string): boolean {
  return ARN.test(text);
}
