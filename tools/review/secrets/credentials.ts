import { storesIn } from "./buildspec.ts";
import { isReference, isSecretVariable, isStored, unquoted } from "./names.ts";

// Secrets recognized by their form inside any string. The table in docs/review.md lists the same forms.

/** Beginning and rest of tokens, by the company or program that issues them. Sources: its documentation. */
const TOKENS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Age: [["AGE-SECRET-KEY-1", "[A-Z0-9]{50,}"]],
  Airtable: [["pat[A-Za-z0-9]{14}\\.", "[a-f0-9]{64}"]],
  Anthropic: [["sk-ant-", String.raw`[\w-]{20,}`]],
  Atlassian: [["ATATT3", String.raw`[\w=-]{20,}`]],
  Brevo: [["xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"]],
  Buildkite: [["bkua_", "[a-f0-9]{40}"]],
  CircleCI: [["CCIP(?:AT|RJ)_", "[A-Za-z0-9_]{40,}"]],
  Cloudflare: [["cf(?:k|ut|at)_", "[A-Za-z0-9]{40,}"]],
  Contentful: [["CFPAT-", String.raw`[\w-]{40,}`]],
  Databricks: [["dapi", "[a-f0-9]{32}"]],
  DigitalOcean: [["do[opr]_v1_", "[a-f0-9]{64}"]],
  Docker: [["dckr_(?:pat|oat)_", String.raw`[\w-]{20,}`]],
  Doppler: [[String.raw`dp\.(?:pt|st|sa|ct|scim|audit)\.`, String.raw`(?:[a-z0-9_-]{1,60}\.)?[A-Za-z0-9]{40,}`]],
  Figma: [["fig[dour]_", String.raw`[\w-]{38,}`]],
  "Fly.io": [
    ["fo1_", String.raw`[\w-]{40,}`],
    ["fm[12][ar]?_", String.raw`[\w+/=-]{80,}`],
  ],
  GitLab: [["gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-", String.raw`[\w.-]{20,}`]],
  Google: [
    ["AIza", String.raw`[\w-]{35}`],
    [String.raw`ya29\.`, String.raw`[\w-]{20,}`],
    ["GOCSPX-", String.raw`[\w-]{20,}`],
  ],
  Grafana: [["gl(?:sa|c)_", "[A-Za-z0-9_+/=]{30,}"]],
  Groq: [["gsk_", "[A-Za-z0-9]{40,}"]],
  "HCP Terraform": [[String.raw`(?<=[A-Za-z0-9]{14})\.atlasv1\.`, String.raw`[\w=-]{60,}`]],
  Honeycomb: [["hca(?:ik|ic)_", "[A-Za-z0-9]{50,}"]],
  "Hugging Face": [["hf_", "[A-Za-z0-9]{30,}"]],
  JFrog: [["AKCp", "[A-Za-z0-9]{60,}"]],
  LaunchDarkly: [["(?:api|sdk)-", "[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"]],
  Linear: [["lin_api_", "[A-Za-z0-9]{40}"]],
  Mapbox: [[String.raw`sk\.eyJ`, String.raw`[\w-]{10,}\.[\w-]{20,}`]],
  Netlify: [["nfp_", "[A-Za-z0-9]{36}"]],
  "New Relic": [["NRAK-", "[A-Z0-9]{27}"]],
  Notion: [["ntn_", "[A-Za-z0-9]{40,}"]],
  npm: [["npm_", "[A-Za-z0-9]{36}"]],
  OpenAI: [
    ["sk-(?:proj|svcacct|admin)-", String.raw`[\w-]{20,}`],
    ["sk-[A-Za-z0-9]{20}T3BlbkFJ", "[A-Za-z0-9]{20}"],
  ],
  OpenRouter: [["sk-or-v1-", "[a-f0-9]{64}"]],
  Perplexity: [["pplx-", "[A-Za-z0-9]{40,}"]],
  PlanetScale: [["pscale_(?:tkn|pw|oauth)_", String.raw`[\w=.-]{32,}`]],
  Postman: [["PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"]],
  Pulumi: [["pul-", "[a-f0-9]{40}"]],
  PyPI: [["pypi-AgE", String.raw`[\w-]{50,}`]],
  Replicate: [["r8_", "[A-Za-z0-9]{37}"]],
  RubyGems: [["rubygems_", "[a-f0-9]{48}"]],
  SendGrid: [[String.raw`SG\.`, String.raw`[\w-]{16,}\.[\w-]{16,}`]],
  Sentry: [["sntry[su]_", String.raw`[\w=+/-]{40,}`]],
  Shopify: [["shp(?:at|ca|pa|ss)_", "[a-fA-F0-9]{32}"]],
  Slack: [
    ["xox[abeoprs](?:\\.xox[bp])?-", String.raw`[\w-]{10,}`],
    [String.raw`xapp-\d-`, String.raw`[\w-]{10,}`],
  ],
  Snyk: [[String.raw`snyk_[us]at\.`, String.raw`[\w.-]{20,}`]],
  SonarQube: [["sq[apu]_", "[a-f0-9]{40}"]],
  Square: [["sq0(?:csp|atp)-", String.raw`[\w-]{22,}`]],
  Stripe: [["(?:[rs]k_(?:live|test)|whsec)_", "[A-Za-z0-9]{10,}"]],
  Supabase: [
    ["sb_secret_", String.raw`[\w-]{20,}`],
    ["sbp_", "[a-f0-9]{40}"],
  ],
  Tailscale: [["tskey-(?:api|auth|client|scim|webhook)-", String.raw`[\w-]{10,}`]],
  Telegram: [[String.raw`\d{8,10}:AA`, String.raw`[\w-]{32,}`]],
  Vault: [[String.raw`hv[brs]\.`, String.raw`[\w-]{20,}`]],
  xAI: [["xai-", "[A-Za-z0-9]{70,}"]],
};

const issuers = Object.keys(TOKENS);
const tokens = Object.values(TOKENS).flat();

/** A word of a command, with its quotes. */
const WORD = String.raw`(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"';&|]+)`;

/** The rest of a command, which may go on in the next line after a backslash. */
const REST = String.raw`(?:[^\n|;&\\]|\\(?:\r\n|[^])){0,400}?`;

/** The word after an option of a command. */
function afterOption(commands: string, option: string): RegExp {
  return new RegExp(String.raw`\b(?:${commands})\b${REST}[ \t]${option}${WORD}`, "g");
}

/** The part of an option's `user:password` after the colon. */
function inUserOption(commands: string, option: string): RegExp {
  const user = String.raw`[^\s:"'$]{1,100}:`;
  return new RegExp(
    String.raw`\b(?:${commands})\b${REST}[ \t]${option}(?:"${user}(?<secret>[^"\n]+)"|'${user}(?<secret>[^'\n]+)'|${user}(?<secret>[^\s"']+))`,
    "g",
  );
}

/**
 * Forms of credentials. A group named `secret` is the part to hide; without one it is the whole match. A group named `name`
 * must look like the name of a secret. Lengths are limited, because the search would take quadratic time in a long string.
 * Sources: "IAM identifiers" in the IAM user guide; "About authentication to GitHub"; RFC 7468; RFC 3986, 3.2.1; crypt(5);
 * chpasswd(8); netrc(5); "The Password File" in the documentation of PostgreSQL; "htpasswd" in the documentation of Apache;
 * the manuals of the commands; chapter 8 of YAML 1.2.
 */
export const CREDENTIALS: Readonly<Record<string, readonly RegExp[]>> = {
  "access key IDs and session tokens of AWS": [
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
    /(?<![\w+/])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[\w+/=]{80,}/g,
  ],
  "GitHub tokens": [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}/g],
  [`tokens of ${issuers.slice(0, -1).join(", ")}, and ${issuers.at(-1)}`]: [
    new RegExp(String.raw`\b(?:${tokens.map(([start, rest]) => start + rest).join("|")})`, "g"),
  ],
  "JSON web tokens": [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g],
  "webhooks of Discord, Slack, and Teams": [
    /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/]{8,})/g,
    /\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(?<secret>\d+\/[\w-]{8,})/g,
    /\bwebhook\.office\.com\/(?<secret>[\w@/.-]{8,})/g,
  ],
  "signatures in URLs": [/[?&](?:sig|signature|x-amz-signature|x-goog-signature)=(?<secret>[^&\s"'<>]{8,})/gi],
  "private keys": [
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    /\bPrivate-Lines: \d{1,4}(?<secret>(?:\r?\n[ \t]{0,200}[\w+/=]{1,64}(?=\r?\n|$)){1,1000})/g,
  ],
  "passwords in URLs": [
    /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/"'<>]*:(?<secret>(?!\d{1,5}\/)[^\s@"']{1,300}(?:@[^\s@"'/:?#,]{1,300}(?=@))*)@/gi,
  ],
  "passwords in connection strings of MySQL, ODBC, and Oracle": [
    /(?<![\w.-])[\w.-]{1,100}:(?<secret>[^\s@"']{1,300})@(?:tcp|unix)\(/g,
    /\bpwd=(?<secret>\{(?:[^}\n]|\}\}){1,300}\})/gi,
    /\bjdbc:oracle:(?:thin|oci):[^\s/@"']{1,100}\/(?<secret>"[^"\n]{1,300}"|[^\s@"']{1,300})@/gi,
  ],
  "authorization headers": [
    /^(?:Basic|Bearer)[ \t]{1,9}(?![A-Za-z]?[a-z]+(?:[./-][A-Za-z]?[a-z]+)*$)(?<secret>[\w.~+/=-]{8,})$/g, // no words
    /\bauthorization["']?[ \t]{0,9}(?:[:=]|[ \t](?=["']))[ \t]{0,9}["']?(?:basic|bearer|token|apikey)[ \t]{1,9}(?<secret>[^\s"',;]{8,})/gi,
  ],
  "shared keys of IPsec": [/(?<=:)[ \t]{1,9}(?:PSK|XAUTH|EAP)[ \t]{1,9}(?<secret>"[^"\n]+"|0s[\w+/=]+)/g],
  "gossip keys of Consul, Nomad, and Serf": [
    /(?<![\w-])-{0,2}encrypt["']?[ \t]{0,9}[=: \t][ \t]{0,9}["']?(?<secret>[A-Za-z0-9+/]{21,43}={1,2})(?![\w+/=])/g,
  ],
  "password hashes": [
    /(?<![\w$])(?:(?<cost>\${1,2})(?:apr1|2[abxy]?\k<cost>\d\d|argon2(?:id|i|d)|(?:y|gy|7)\k<cost>[\w./]{1,16}|[156](?=\k<cost>(?:rounds=\d{1,9}\k<cost>)?[\w./]{1,16}\k<cost>[\w./]{16}))\k<cost>[\w./=,$+-]{4,}|\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT)\}[\w./=$+-]{8,})/g,
  ],
  "passwords of htpasswd": [
    /\bhtpasswd(?=(?:[ \t]{1,9}-\w{1,9}){0,9}[ \t]{1,9}-\w{0,9}b)(?:[ \t]{1,9}-\w{1,9}){1,9}(?:[ \t]{1,9}[^\s|>;&-]\S{0,200}){1,2}[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"';&|>]+)/g,
  ],
  "passwords of chpasswd, also in the list of cloud-init": [
    /\bchpasswd:[ \t]{0,9}\r?\n(?:[ \t]{1,200}(?!list:)\S.*\r?\n){0,99}?[ \t]{1,200}list:[ \t]{0,9}(?:[|>][-+\d]{0,2}[ \t]{0,9})?(?<secret>(?:\r?\n[ \t]{1,200}(?:-[ \t]{1,9})?["']?[\w.-]{1,100}:[^\s"'][^\r\n]*){1,999})/g,
    /^(?=.*\bchpasswd\b).*<<-?[ \t]{0,9}["']?(?<mark>\w{1,40})\b.*\r?\n(?<secret>[\s\S]{0,2000}?)(?=\r?\n[ \t]{0,200}\k<mark>$)/gm,
    new RegExp(
      String.raw`\b(?:chpasswd|kinit|realm[ \t]{1,9}join|gh[ \t]{1,9}auth[ \t]{1,9}login)\b${REST}<<<[ \t]{0,9}${WORD}`,
      "g",
    ),
  ],
  "passwords that echo or printf writes for another command": [
    new RegExp(
      String.raw`\b(?:echo|printf)(?:[ \t]{1,9}-\w{1,9}){0,9}[ \t]{1,9}${WORD}[ \t]{0,9}\|[ \t]{0,9}(?:sudo[ \t]{1,9})?(?:\S{0,50}\b(?:ch)?passwd(?![\w-])|(?:kinit|realm|-S)\b|[^\n|]{0,200}--(?:password-stdin|stdin-password|with-token)\b)`,
      "g",
    ),
  ],
  "passwords of users in .netrc and HAProxy": [
    /\b(?:login|user|account)[ \t]{1,9}\S{1,255}[ \t]{1,9}(?:insecure-)?password[ \t]{1,9}(?<secret>\S+)/g,
    /\bstats[ \t]{1,9}auth[ \t]{1,9}[^\s:]{1,100}:(?<secret>\S+)/g,
    /\b(?:machine\s{1,99}\S{1,255}|default)(?:\s{1,99}(?:login|account)\s{1,99}\S{1,255}){0,2}\s{1,99}password\s{1,99}(?<secret>\S+)/g,
  ],
  "passwords in .pgpass": [
    /(?<![^\s"'])(?![\da-f:]{1,100}(?:[\s"'/]|$))[^\s:"']{1,255}:(?:\d{4,5}|\*):[^\s:"']{1,100}:[^\s:"']{1,100}:(?<secret>(?:\\.|[^\s:"'\\]){1,300})(?![^\s"'])/g,
  ],
  "passwords that commands take: archives, AWS, Azure, curl, databases, Docker, Elasticsearch, FTP, LDAP, message brokers, OpenSSL, Samba, ssh, Vault, and Windows":
    [
      afterOption("(?:un)?zip", String.raw`-P[ \t]{0,9}`),
      afterOption("7z[ar]?", "-p"),
      afterOption(
        String.raw`aws[ \t]{1,9}ssm[ \t]{1,9}put-parameter(?=${REST}\bSecureString\b)`,
        String.raw`--value[ \t=]{1,9}`,
      ),
      afterOption("mongo(?:sh|dump|restore|export|import)?", String.raw`-p[ \t]{0,9}`),
      afterOption("sqlcmd|bcp", String.raw`-P[ \t]{0,9}`),
      afterOption("elasticsearch-users", String.raw`-p[ \t]{1,9}`),
      afterOption("vault", String.raw`login[ \t]{1,9}(?!-)(?=\S*\d)`),
      afterOption("cmdkey(?:\\.exe)?", "/pass:"),
      afterOption("rabbitmqctl", String.raw`(?:add_user|change_password)[ \t]{1,9}\S{1,100}[ \t]{1,9}`),
      afterOption("grafana(?:-cli|[ \\t]{1,9}cli)", String.raw`reset-admin-password[ \t]{1,9}`),
      /\bsqlplus[ \t]{1,9}(?:-\S{1,9}[ \t]{1,9}){0,9}["']?[^\s/@"']{1,100}\/(?<secret>[^\s@"']{1,300})/g,
      new RegExp(
        String.raw`\b(?:smbclient|rpcclient)\b${REST}[ \t]-U[ \t]{0,9}["']?[^\s%"']{1,100}%(?<secret>[^\s"']+)`,
        "g",
      ),
      new RegExp(String.raw`\blftp\b${REST}[ \t]-u[ \t]{0,9}["']?[^\s,"']{1,100},(?<secret>[^\s"']+)`, "g"),
      inUserOption("curl", String.raw`(?:-[A-Za-z]{0,6}[uU][ \t]{0,9}|--(?:proxy-)?user[ \t=]{1,9})`),
      afterOption("mysql(?:dump|admin|import|sh|slap)?|mariadb(?:-\\w{1,20})?", "-p"),
      afterOption("mysqladmin", String.raw`password[ \t]{1,9}`),
      afterOption("sshpass", String.raw`-p[ \t]{0,9}`),
      afterOption("ssh-keygen", String.raw`-N[ \t]{1,9}(?!''|"")`),
      afterOption("(?:docker|podman|buildah|skopeo|oras|nerdctl|az)[ \\t]{1,9}login", String.raw`-p[ \t]{0,9}`),
      afterOption("redis-cli", String.raw`-a[ \t]{1,9}`),
      afterOption("ldap(?:add|compare|delete|modify|modrdn|passwd|search|whoami)", String.raw`-w[ \t]{0,9}`),
      afterOption("openssl", String.raw`(?:-k[ \t]{1,9}|-pass(?:in|out)?[ \t]{1,9}pass:)`),
      afterOption("(?:[Nn]et1?(?:\\.exe)?[ \\t]{1,9}user)", String.raw`[^\s/"']{1,100}[ \t]{1,9}(?![/*])`),
      afterOption("ConvertTo-SecureString", "(?=[\"'])"),
      /\b(?:ENV|setx)[ \t]{1,9}(?<name>[A-Za-z_]\w{1,100})[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"';&|]+)/g,
    ],
  "passwords in SQL": [
    /\b(?:identified(?:\s{1,9}with\s{1,9}\S{1,100})?\s{1,9}by\s{1,9}|password(?:\s{1,9}|\(\s{0,9}))(?<secret>'(?:[^'\n]|''){1,300}'|"[^"\n]{1,300}")/gi,
    /\bset\s{1,9}password\s{1,9}for\s{1,9}\S{1,100}\s{0,9}=\s{0,9}(?<secret>'(?:[^'\n]|''){1,300}')/gi,
  ],
  "lines with only the name of a password and its value, as of Redis": [
    /^[ \t]{0,200}(?:requirepass|masterauth|auth_pass|[\w-]{0,100}(?:password|passwd|passphrase))[ \t]{1,9}(?<secret>[^\s<>|&;-]\S*)[ \t]{0,9}\r?$/gm,
  ],
  "registry credentials in Base64": [/(?<![\w+/])[\w+/]{0,30}(?:ImF1dGhzI|iYXV0aHMi|JhdXRocyI)[\w+/=-]{8,}/g],
  "elements and attributes of names that look like secrets, in XML": [
    /<(?<name>[A-Za-z_][\w.-]{1,100})(?:[ \t][^<>]{0,200})?>(?:\s{0,200}<Value>)?(?<secret>[^<>\s][^<>]{0,300})<\//g,
    /\b(?:key|name)=["'](?<name>[A-Za-z_][\w.:-]{1,100})["']\s{1,200}value=(?<secret>"[^"]{1,300}"|'[^']{1,300}')/g,
  ],
  "data of Kubernetes secrets, in YAML": [
    /^kind:[ \t]{1,9}Secret[ \t]{0,9}\r?\n(?:(?!---).*\r?\n){0,99}?(?:data|stringData):[ \t]{0,9}\r?\n(?<secret>[ \t]{1,200}\S.*(?:\r?\n[ \t]{1,200}\S.*){0,999})/gm,
    /^(?:data|stringData):[ \t]{0,9}\r?\n(?<secret>[ \t]{1,200}\S.*(?:\r?\n[ \t]{1,200}\S.*){0,999})(?=\r?\n(?:(?!---).*\r?\n){0,99}?kind:[ \t]{1,9}Secret[ \t]{0,9}\r?$)/gm,
  ],
  "values below names that look like secrets, in YAML": [
    /\bname:[ \t]{1,9}["']?(?<name>[A-Za-z_][\w-]{1,100})["']?[ \t]{0,9}\r?\n[ \t]{0,99}value:[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"']+)/g,
  ],
  "blocks of names that look like secrets, in YAML": [
    /^[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>[A-Za-z_][\w.-]{1,100})["']?[ \t]{0,9}:[ \t]{1,9}[|>][-+\d]{0,2}[ \t]{0,9}\r?\n(?<secret>(?<indent>[ \t]{1,200})\S.*(?:\r?\n(?:\k<indent>.*|[ \t]{0,200}(?=\r?\n)))*)/gm,
  ],
  "lists of names that look like secrets, in YAML": [
    /^[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>(?:[A-Za-z_][\w.-]{0,100})?(?:passwords|passphrases|tokens|credentials|api[_-]?keys))["']?[ \t]{0,9}:(?<secret>(?:[ \t]{0,9}\r?\n[ \t]{0,200}-[ \t]{1,9}(?!["']?[\w.-]{1,100}["']?:(?:\s|$))[^\s{[].*)+)/gim,
  ],
  "lines of names that look like secrets, in YAML": [
    /(?:(?<=\n)|^(?=.*\n))[ \t]{0,200}(?:-[ \t]{1,9}){0,9}["']?(?<name>[A-Za-z_][\w.-]{1,100})["']?[ \t]{0,9}:[ \t]{1,9}(?<secret>(?![|>][-+\d]{0,2}[ \t]{0,9}\r?$)[^\s"'{[#(].*?)(?=[ \t]{1,9}#|[ \t]{0,9}\r?$)/gm,
  ],
  "assignments to names that look like secrets": [
    /\(["'](?:[\w-]{1,100}\.){0,9}(?<name>[A-Za-z_][\w-]{1,100})["'],[ \t]{0,9}(?<secret>"[^"\n]*"|'[^'\n]*')/g,
    /(?<![A-Za-z_])(?<name>[A-Za-z_][\w-]{1,100})(?:(?:\\?["']\]?)?[ \t]{0,9}(?:(?:=>|:=|={1,3}(?!>))[ \t]{0,9}|:[ \t]{1,9})|\\?["']:|:(?=["']))(?<secret>\\"[^"\\\n]*\\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|(?![{[](?:\s|["']|[\w-]{1,100}["']?:|$)|[|>][-+\d]{0,2}[ \t]{0,9}\r?\n)[^\s"'&;,]+)/g,
  ],
  "arguments after names that look like secrets": [
    /(?<![\w-])--?(?<name>[\w-]{0,100}(?:password|passwd|passphrase|pass|token|secret|secret-string|(?:api|access|account|auth|private|secret)[_-]?key))[ \t]{1,9}(?<secret>"[^"\n]*"|'[^'\n]*'|[^\s"'|;&-][^\s"'|;&]*)/gi,
    /(?<![A-Za-z_])(?<name>(?!secret-id\b|(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass\b)[A-Za-z_][\w-]{1,100})[ \t]{1,9}(?<secret>(?=[^\s"'=]*\d)[^\s"'=]{8,})/g,
  ],
};

const PATTERNS = Object.values(CREDENTIALS).flat();

/** Matches every string with a credential; one test is faster than all patterns. */
const ANY_CREDENTIAL = new RegExp(
  [
    String.raw`pass|pwd|secret|token|credential|auth|webhook|key|:\/\/|\$(?:apr1|2[abxy]?\$|argon2|[1567y]\$|gy)`,
    String.raw`^(?:basic|bearer)[ \t]|\{S?(?:SHA|MD5)|\{CRYPT|F1dGhz|YXV0aHM|hdXRocy|AKIA|ASIA|IQoJb3JpZ2lu|FwoGZXIvYXdz|gh[pousr]_|github_pat_|eyJ|hooks\.slack`,
    String.raw`[?&](?:sig|x-\w+-sig)|Private-Lines|@(?:tcp|unix)\(|jdbc:oracle|identified|\bcurl|mysql|mariadb`,
    String.raw`encrypt["' \t:=]|\bredis-cli|\bldap|openssl|net1?(?:\.exe)?[ \t]|login|psk|\b(?:un)?zip|\b7z|mongo|sqlcmd|bcp|rabbitmq|sqlplus|smbclient|rpcclient|lftp|ssh-keygen|SecureString|kinit|realm|vault|cmdkey|elasticsearch-users|sudo[ \t]+-S|:[ \t]+(?:xauth|eap)|:(?:\d{4,5}|\*):[^:\s]+:[^:\s]+:`,
    ...tokens.map(([start]) => start),
  ].join("|"),
  "i",
);

/** Receives every part of a text that is hidden. */
export type OnHidden = (secret: string) => void;

/** The string without the credentials that have a recognizable form. */
export function withoutCredentials(text: string, hidden: string, found: OnHidden = () => {}): string {
  return ANY_CREDENTIAL.test(text)
    ? PATTERNS.reduce((rest, pattern) => withoutMatches(rest, pattern, hidden, found), text)
    : text;
}

/** Maximum number of assignments inside a value, such as `--build-arg=PASSWORD=…`, that are searched. */
const MAX_NESTED = 3;

function withoutMatches(text: string, pattern: RegExp, hidden: string, found: OnHidden): string {
  let result = "";
  let copied = 0;
  let nested = 0;
  let end = 0;
  const isInStore = storesIn(text);
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { 0: whole, index, groups: { name, secret = whole } = {} } = match;
    const start = index + whole.lastIndexOf(secret);
    nested = index < end ? nested + 1 : 0;
    end = index + whole.length;
    const isHidden =
      name === undefined
        ? !isReference(unquoted(secret))
        : isSecretVariable(name, secret) && !isKey(name) && !(isStored(secret) && isInStore(start));
    if (isHidden) {
      result += text.slice(copied, start) + hidden;
      copied = start + secret.length;
      found(secret);
    } else if (name !== undefined && nested < MAX_NESTED) {
      pattern.lastIndex = Math.max(start, index + 1);
    }
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/** In a text, a lone `key` is half of a pair, such as a tag, unless it is a variable. */
function isKey(name: string): boolean {
  return /^[Kk]eys?\d*$/.test(name);
}
