import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test from "ava";
import { parse } from "yaml";
import { markdown } from "../../../../tools/review/markdown/fit.ts";
import type { PlanPart } from "../../../../tools/review/plan/part.ts";
import { CREDENTIALS, withoutCredentials } from "../../../../tools/review/secrets/credentials.ts";
import {
  HARMLESS_ENDINGS,
  isSecretVariable,
  KEY_ENDINGS,
  SECRET_WORDS,
  SETTING_ENDINGS,
} from "../../../../tools/review/secrets/names.ts";
import { Secrets } from "../../../../tools/review/secrets/secrets.ts";
import { jsonOf, reviewOf, reviewOfResources } from "../plan-parts.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../docs/review.md"), "utf8");

test("the documentation lists the words and forms that are hidden", (t) => {
  const list = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(", ");
  t.true(PAGE.includes(`| ${list(SECRET_WORDS)} |`));
  t.true(PAGE.includes(`| ${list(HARMLESS_ENDINGS)} |`));
  t.true(PAGE.includes(`| ${list(KEY_ENDINGS)} |`));
  t.true(PAGE.includes(`| ${list(SETTING_ENDINGS)} |`));
  for (const form of Object.keys(CREDENTIALS)) {
    t.true(PAGE.includes(`\n| ${form} |\n`), form);
  }
});

test("names of environment variables in any form look like secrets", (t) => {
  const secret =
    "DB_PASS DB_PWD ROOT_PW LDAP_BINDPW TS_AUTHKEY API_KEY_1 SIGNING_KEY_V2 ADMIN_PASSCODE NGROK_AUTHTOKEN MASTERKEY SIGNING_KEY_B64 PGPASSFILE REDIS_AUTH ENCRYPTION_KEY ACCESS_KEY JWT_KEY db_password dbPassword Password PASSPHRASE API-KEYS AWS_SECRET_ACCESS_KEY SLACK_WEBHOOK dbpassword password1 API_KEY2 DB_PASSWORD_2 SEGMENT_WRITE_KEY DB_CREDS";
  t.deepEqual(
    secret.split(" ").filter((name) => !isSecretVariable(name, "x")),
    [],
  );
  const harmless =
    "TOKEN_TTL PARTITION_KEY LOGLEVEL KEY_PREFIX COMPASS SECRET_ARN KEYBOARD TABLE AUTH0_DOMAIN AUTH_MODE APP_KMS_KEY S3_KEY SECRET_NAME SECRETS_PREFIX TOKEN_BUCKET_SIZE AUTH_TIMEOUT TOKEN_TIMEOUT_MS AUTH_LEVEL TOKEN_SIGNING_ALG TOKENS_PER_MINUTE CREDENTIALS_BUCKET KEY_B64_PREFIX SECRETS_REGION TOKEN_TYPE JWT_PUBLIC_KEY_PEM PUBLIC_KEY_BASE64 AUTHORIZED_KEYS_B64 SECRET_NAME_2 SMTP_AUTH_USER BASIC_AUTH_USERNAME AUTH_CLIENT_ID SECRET_ROTATION_ENABLED ACCESS_TOKEN_LIFETIME PASSWORD_HASH_ROUNDS AUTH_MECHANISM AUTH_DATABASE CSRF_TOKEN_HEADER IDEMPOTENCY_KEY WEBHOOK_EVENTS STRIPE_PUBLISHABLE_KEY MAPBOX_PUBLIC_TOKEN";
  t.deepEqual(
    harmless.split(" ").filter((name) => isSecretVariable(name, "x")),
    [],
  );
  t.deepEqual(
    ["", "true", "False", '"true"', "'false'"].filter((value) => isSecretVariable("REDIS_AUTH", value)),
    [],
  );
  t.true(isSecretVariable("REDIS_AUTH", "truefalse"));
  const references = ["hours", "{% $states.context.Task.Token %}", "$$.Task.Token", "$input.params('token')"];
  t.deepEqual(
    references.filter((value) => isSecretVariable("access_token", value)),
    [],
  );
  t.false(isSecretVariable("PWD", "/app"));
  t.true(isSecretVariable("PWD", "app"));
  t.false(isSecretVariable("password", "Read-Host"));
  t.false(isSecretVariable("DB_SECRET", "arn:aws:secretsmanager:r:1:secret:a"));
});

test("names of columns and routes are harmless unless the value is random or a service issues it", (t) => {
  const names = ["PRIMARY_KEY", "TABLE_PARTITION_KEY", "routingKey", "ROUTING_KEY_2"];
  for (const name of names) {
    for (const value of ["id", "userId", "orders.v2beta1.created", "orders.#", "tenant_id#created_at"]) {
      t.false(isSecretVariable(name, value), `${name} ${value}`);
    }
    for (const value of [
      "0f9d4f2c8a1b4c3d9e7f6a5b4c3d2e1f",
      "C2y6yDjf5R3ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b==",
      "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    ]) {
      t.true(isSecretVariable(name, value), `${name} ${value}`);
    }
  }
  for (const name of [
    "COSMOS_PRIMARY_KEY",
    "AZURE_SEARCH_SECONDARY_KEY",
    "PAGERDUTY_ROUTING_KEY",
    "pagerdutyProdRoutingKey",
  ]) {
    t.true(isSecretVariable(name, "words"), name);
  }
});

const TEXTS: Readonly<Record<string, string>> = {
  [`key ${["AKIA", "IOSFODNN7EXAMPLE"].join("")} end`]: "key * end",
  [`x ${["github", "pat", "11ABCDEFG0a1B2c3D4e5F6_Z9y8X7w6V5u4T3"].join("_")} y`]: "x * y",
  "postgres://app:S3cret@db:5432/app": "postgres://app:*@db:5432/app",
  "mongodb+srv://app:S3@cr@et@db/app": "mongodb+srv://app:*@db/app",
  "postgres://a:b@db/app,postgres://c:d@db/app": "postgres://a:*@db/app,postgres://c:*@db/app",
  [`GitLab ${["glpat", "ABCDEFGHIJKLMNOPQRST"].join("-")} y`]: "GitLab * y",
  [`Slack ${["xoxb", "123456789012-abcdefABCDEF"].join("-")} y`]: "Slack * y",
  [`Stripe ${["sk", "live", "51ABCDEFGHIJKLMNOP"].join("_")} y`]: "Stripe * y",
  [`npm ${["npm", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"].join("_")} y`]: "npm * y",
  "JWT eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y": "JWT * y",
  [`https://hooks.slack.com/${["services", "T0", "B0", "xyz123456"].join("/")}`]: "https://hooks.slack.com/services/*",
  "https://a.blob.core.windows.net/c?sv=2020&sig=AbCdEf%2B123&x=1":
    "https://a.blob.core.windows.net/c?sv=2020&sig=*&x=1",
  "postgres://app:S3/cr/et@db/app": "postgres://app:*@db/app",
  "https://example.com:8080/a@b": "https://example.com:8080/a@b",
  "export DB_PASSWORD=abc\nnext": "export DB_PASSWORD=*\nnext",
  "--password=hunter2 --name=a": "--password=* --name=a",
  "aws configure set aws_secret_access_key Zx9Yq8Wp7Vo6": "aws configure set aws_secret_access_key *",
  'db_password = "hunter2"\nname = "a"': 'db_password = *\nname = "a"',
  '{"api_key":"hunter2", "password" : "hunter3", "name":"a"} x': '{"api_key":*, "password" : *, "name":"a"} x',
  'curl -H "Authorization: Bearer abcdefgh" x': 'curl -H "Authorization: Bearer *" x',
  "authorization: AWS_IAM": "authorization: AWS_IAM",
  "Bearer abcdefgh12345678": "Bearer *",
  "Basic support for letters": "Basic support for letters",
  "- name: DB_PASSWORD\n  value: hunter2\n- name: A\n  value: b":
    "- name: DB_PASSWORD\n  value: *\n- name: A\n  value: b",
  "admin:$apr1$8sFt66rZ$xyzABCxyzABCxyzABCxyz0\nbob:$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNO\n": "admin:*\nbob:*\n",
  'users = ["eve:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "joe:$6$salt$abcdefghijklmnopqrstuvwx"]':
    'users = ["eve:*", "joe:*"]',
  "traefik: admin:$$2y$$05$$abcdefghijklmnopqrstuu x": "traefik: admin:* x",
  "echo $1$name $2 $5$a": "echo $1$name $2 $5$a",
  "htpasswd -bc /etc/nginx/users bob hunter2 && x": "htpasswd -bc /etc/nginx/users bob * && x",
  "htpasswd -nb bob hunter2 > users": "htpasswd -nb bob * > users",
  "htpasswd -c /etc/nginx/users bob": "htpasswd -c /etc/nginx/users bob",
  "base64 eyJhdXRocyI6eyJyIjp7ImF1dGgiOiJZMms2YzJWaiJ9fX0= b": "base64 * b",
  '{"auths": {"r": {"auth": "Y2k6c2VjcmV0"}}} x': '{"auths": {"r": {"auth": *}}} x',
  "auth:\n  enabled: true\n  rootPassword: correct horse  # old\n  user: bob\n":
    "auth:\n  enabled: true\n  rootPassword: *  # old\n  user: bob\n",
  "db:\n  password: |\n    hunter2\n\n    hunter3\n  user: bob\n": "db:\n  password: |\n*\n  user: bob\n",
  "- token: >-\n    hunter2\n  user: bob": "- token: >-\n*\n  user: bob",
  "passwords:\n  - hunter2\n  - hunter3\nnames:\n  - bob": "passwords:*\nnames:\n  - bob",
  "tokens:\n  - name: bob\n    value: x": "tokens:\n  - name: bob\n    value: x",
  "a: {password: hunter2, user: bob}\nb: [{ token: 'hunter3' }]": "a: {password: *, user: bob}\nb: [{ token: * }]",
  'password: "hunter\\"2" x': "password: * x",
  "auth:\n  existingSecret: database\n": "auth:\n  existingSecret: database\n",
  "pgp -----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK----- end": "pgp * end",
  'consul agent -encrypt="pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=" -server': 'consul agent -encrypt="*" -server',
  'encrypt = "pUqJrVyVRj5jsiYEkM/tFQ=="\nserver = true': 'encrypt = "*"\nserver = true',
  "consul agent --encrypt=pUqJrVyVRj5jsiYEkM/tFQ==": "consul agent --encrypt=*",
  "headscale up --authkey abc": "headscale up --authkey *",
  "encrypt: true, encrypt = false": "encrypt: true, encrypt = false",
  "tool --auth-key abc --name a": "tool --auth-key * --name a",
  "a token for the API, 12 characters": "a token for the API, 12 characters",
  "a -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- b": "a * b",
};

test("credentials of registries are hidden in their own place only", async (t) => {
  const auth = Buffer.from("ci-user:hunter22").toString("base64");
  const registry = { username: "ci-user", auth };
  const after = {
    data: { "config.json": JSON.stringify({ auths: { "r.example": registry } }), npm: JSON.stringify({ _auth: auth }) },
  };
  const page = markdown(await reviewOfResources({ type: "kubernetes_config_map", name: "hunter22", after }));
  t.true(page.includes("kubernetes_config_map.hunter22"));
  t.true(
    page.includes(
      '{"auths": {"r.example": {"username": "ci-user", "auth": (sensitive)}}}, "npm": {"_auth": (sensitive)}',
    ),
  );
  const other = { data: JSON.stringify({ auth: "required", auths: { "r.example": {} } }) };
  const shown = markdown(await reviewOfResources({ type: "kubernetes_config_map", after: other }));
  t.true(shown.includes('{"auth": "required", "auths": {"r.example": {}}}'));
});

test("a credential is found in a string with very long words", (t) => {
  const word = "ab".repeat(500_000);
  t.is(withoutCredentials(`${word} ${word}=1 KEY=${word} ${"a.".repeat(100_000)}`, "*").indexOf("KEY=* "), 2_000_004);
});

for (const [text, expected] of Object.entries(TEXTS)) {
  test(`hides the credential in ${JSON.stringify(expected)}`, (t) => {
    t.is(withoutCredentials(text, "*"), expected);
  });
}

const MARKED = parse(readFileSync(join(import.meta.dirname, "credentials.yaml"), "utf8")) as readonly string[];

for (const marked of MARKED) {
  test(`hides what is marked in ${JSON.stringify(marked)}`, (t) => {
    t.is(withoutCredentials(marked.replace(/[«»]/g, ""), "*"), marked.replace(/«[^»]*»/g, "*"));
  });
}

/** Beginnings and rests of tokens, apart: together, scanners would take them for real ones. */
const TOKENS = [
  ["sk-proj-", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"],
  ["sk-", "abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst"],
  ["sk-ant-", "api03-abcdefghijklmnopqrstuvwxyz0123456789-AA"],
  ["sk_", "test_51ABCDEFGHIJKLMNOP"],
  ["whsec_", "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456"],
  ["gloas-", "abcdefghij0123456789klmn"],
  ["glrt-", "abcdefghij0123456789"],
  ["glcbt-", "64_abcdefghij0123456789"],
  ["ya29.", "a0AfH6SMBabcdefghijklmnopqrstuvwxyz0123456789"],
  ["GOCSPX-", "abcdefghijklmnopqrstuvwxyz12"],
  ["AIza", "SyA1234567890abcdefghijklmnopqrstuvwxyz".slice(0, 35)],
  ["dop_v1_", "0123456789abcdef".repeat(4)],
  ["pypi-", "AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMAAC"],
  ["shpat_", "abcdef0123456789abcdef0123456789"],
  ["xapp-", "1-A0123456789-0123456789012-abcdef0123456789"],
  ["xoxe.xoxp-", "1-Mi0yLTk5NzI3"],
  ["dapi", "0123456789abcdef0123456789abcdef"],
  ["hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH"],
  ["dckr_", "pat_abcdefghijklmnopqrstuvwxyz0"],
  ["NRAK-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0"],
  ["glsa_", "abcdefghijklmnopqrstuvwxyzABCDEF_01234567"],
  ["ATATT3", "xFfGF0abcdefghijklmnopqrstuvwxyz0123456789"],
  ["sq0csp-", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"],
  ["hvr.", "abcdefghijklmnopqrstuvwxyz"],
  ["tskey-auth-", "kabcdefCNTRL-abcdefghijklmnop"],
  ["AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"],
  ["xkeysib-", `${"0123456789abcdef".repeat(4)}-AbCdEfGhIjKlMnOp`],
  ["bkua_", "0123456789abcdef0123456789abcdef01234567"],
  ["CCIPAT_", "AbCdEfGhIjKlMnOpQrStUv_0123456789abcdef0123456789abcdef01234567"],
  ["dp.st.", "prd.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"],
  ["dp.pt.", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"],
  ["figd_", "abcdefghijklmnopqrstuvwxyz0123456789ABCD"],
  ["fo1_", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"],
  ["gsk_", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP"],
  ["AKCp", `8${"abcdefghij0123456789".repeat(4)}`],
  ["lin_api_", "abcdefghij0123456789abcdefghij0123456789"],
  ["nfp_", "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["ntn_", "01234567890abcdefghijklmnopqrstuvwxyzABCDEFGHI"],
  ["pplx-", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"],
  ["pscale_tkn_", "abcdefghijklmnopqrstuvwxyz0123456789ABC"],
  ["PMAK-", "0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"],
  ["pul-", "0123456789abcdef0123456789abcdef01234567"],
  ["r8_", "abcdefghijklmnopqrstuvwxyz01234567890"],
  ["rubygems_", "0123456789abcdef".repeat(3)],
  ["sntryu_", "0123456789abcdef".repeat(4)],
  ["xai-", "abcdefghijklmnopqrstuvwxyz0123456789".repeat(2)],
  ["patAbCdEfGhIjKlMn.", "0123456789abcdef".repeat(4)],
  ["cfut_", "a1B2c3D4e5".repeat(4)],
  ["CFPAT-", "abcdefghijklmnopqrstuvwxyz0123456789-ABCDEF"],
  ["hcaik_", "01abcdefghij0123456789abcdefghij0123456789abcdefghij012345"],
  ["sdk-", "01234567-89ab-cdef-0123-456789abcdef"],
  ["sk.eyJ", "1IjoiYWJjZGVmIiwiYSI6ImEifQ.abcdefghijklmnopqrstuv"],
  ["sk-or-v1-", "0123456789abcdef".repeat(4)],
  ["snyk_uat.", "12345678.abcdefg-hijklmnop.qrstuvwxyz-123456"],
  ["squ_", "0123456789abcdef0123456789abcdef01234567"],
  ["sb_secret_", "abcdefghijklmnopqrstuv_01234567"],
  ["123456789:AA", "abcdefghijklmnopqrstuvwxyz0123456"],
  ["sbp_", "0123456789abcdef0123456789abcdef01234567"],
  ["IQoJb3JpZ2lu", `X2VjE${"A1b2C3d4/+".repeat(30)}==`],
];

test("tokens are hidden in any text", (t) => {
  for (const [start = "", rest] of TOKENS) {
    t.is(withoutCredentials(`a ${start}${rest} b`, "*"), "a * b", start);
  }
  t.is(withoutCredentials(`a abcdefghijklmn.atlasv1.${"abcdefghij".repeat(6)} b`, "*"), "a abcdefghijklmn* b");
});

test("secrets in the URL of a webhook are hidden", (t) => {
  const discord = "https://discord.com/api/webhooks/";
  t.is(withoutCredentials(`${discord}123456789012345678/abcdefghijklmnopqrstuvwxyz`, "*"), `${discord}*`);
  const teams = "https://x.webhook.office.com/";
  t.is(withoutCredentials(`${teams}webhookb2/abc@def/IncomingWebhook/0123456789/xyz`, "*"), `${teams}*`);
});

test("secret values of arguments, maps, and stores are recognized by their names", async (t) => {
  const variable = (name: string, type: string) => ({ name, type, value: `of ${name} in ${type}` });
  const after = {
    triggers: {
      DBPassword: "one",
      "--password": "two",
      clientSecret: "three",
      secret_name: "four",
      password_file: "five",
    },
    manage_master_user_password: true,
    master_password: "six",
    oauth_token: "seven",
    tunnel1_preshared_key: "eight",
    api_key: "/etc/app/key",
    environment_variable: [variable("TOKEN", "PARAMETER_STORE"), variable("TOKEN", "PLAINTEXT")],
    policy: JSON.stringify({ "aws:PrincipalTag/Token": "seven", accessToken: "eight" }),
  };
  const review = await reviewOfResources({ type: "aws_thing", after });
  const shown = jsonOf(review).stacks[0]?.resources[0]?.differences.map(({ after }) => JSON.stringify(after));
  const hidden = '{"sensitive":true}';
  t.deepEqual(shown, [
    `{"DBPassword":${hidden},"--password":${hidden},"clientSecret":${hidden},"secret_name":"four","password_file":"five"}`,
    "true",
    hidden,
    hidden,
    hidden,
    '"/etc/app/key"',
    `[${JSON.stringify(variable("TOKEN", "PARAMETER_STORE"))},{"name":"TOKEN","type":"PLAINTEXT","value":${hidden}}]`,
    `{"aws:PrincipalTag/Token":"seven","accessToken":${hidden}}`,
  ]);
});

test("names of secrets are shown where only names belong", async (t) => {
  const buildspec = (secret: string, parameter: string) =>
    `env:\n  variables:\n    PASSWORD: ${secret}\n  secrets-manager:\n    # of the database\n    DB_PASSWORD: ${secret}\n\n    API_TOKEN: "${secret}:token:AWSCURRENT"\n  parameter-store:\n    NPM_TOKEN: ${parameter}\nphases: {}\n`;
  t.is(
    withoutCredentials(buildspec("prod/db:password", "npm-token"), "*"),
    buildspec("prod/db:password", "npm-token").replace("PASSWORD: prod/db:password", "PASSWORD: *"),
  );
  t.is(
    withoutCredentials(buildspec("x9Q2r8Zt", "k3Jd92Lq"), "*"),
    buildspec("*", "*").replace('"*:token:AWSCURRENT"', "*"),
  );
  t.is(
    withoutCredentials("secrets-manager:\n  A: b\nDB_PASSWORD: hunter", "*"),
    "secrets-manager:\n  A: b\nDB_PASSWORD: *",
  );
  t.is(
    withoutCredentials("secrets-manager:\n  adminPassword: hunter\n  image: a\n", "*"),
    "secrets-manager:\n  adminPassword: *\n  image: a\n",
  );
  const env = {
    "secrets-manager": { DB_PASSWORD: "prod/db:password" },
    variables: { DB_PASSWORD: "prod/db:password" },
  };
  const review = await reviewOfResources({
    type: "aws_codebuild_project",
    after: {
      buildspec: JSON.stringify({ env }),
      environment: {
        SECRET_ID: "prod/db-2",
        dbSecretId: "db",
        VAULT_SECRET_ID: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
      },
      values: JSON.stringify({ "secrets-manager": { password: "hunter" } }),
    },
  });
  const hidden = { sensitive: true };
  t.deepEqual(
    jsonOf(review).stacks[0]?.resources[0]?.differences.map(({ after }) => JSON.parse(JSON.stringify(after))),
    [
      { env: { ...env, variables: { DB_PASSWORD: hidden } } },
      { SECRET_ID: "prod/db-2", dbSecretId: "db", VAULT_SECRET_ID: hidden },
      { "secrets-manager": { password: hidden } },
    ],
  );
});

test("secrets in outputs are recognized by their names, and hidden only there", async (t) => {
  const output = (name: string, before: unknown, after: unknown): PlanPart => ({
    kind: "output",
    name,
    change: { actions: ["update"], before, after },
  });
  const review = await reviewOf({
    platform: [
      output("db_password", null, "correct-horse"),
      output("api_key", "battery-1", "battery-2"),
      output("password_file", "a.txt", "correct-horse"),
    ],
  });
  const hidden = { sensitive: true };
  t.deepEqual(JSON.parse(JSON.stringify(jsonOf(review).stacks[0]?.outputs)), [
    { path: "api_key", before: hidden, after: hidden },
    { path: "db_password", after: hidden },
    { path: "password_file", before: "a.txt", after: "correct-horse" },
  ]);
});

test("a secret that is a text in Base64 is hidden as a whole", (t) => {
  for (const text of ["apiVersion: v1\nuser: alice\n", "user: alice\nDB_PASSWORD=hunter2\n"]) {
    const encoded = Buffer.from(text).toString("base64");
    const secrets = new Secrets();
    secrets.keep(encoded);
    t.is(secrets.hide(encoded), "(sensitive)");
  }
});

test("texts in Base64 with a credential or a copy of a secret are hidden, also compressed ones", (t) => {
  const secrets = new Secrets();
  secrets.keep("Winter-2025");
  const script = "#!/bin/bash\nexport DB_PASSWORD=hunter2\n";
  const harmless = Buffer.from(script.replace("DB_PASSWORD", "LOGLEVEL")).toString("base64");
  for (const text of [script, "#!/bin/bash\necho Winter-2025\n"]) {
    for (const encoded of [Buffer.from(text), gzipSync(text)].map((bytes) => bytes.toString("base64"))) {
      const shown = Buffer.from(secrets.hide(encoded), "base64").toString();
      t.regex(shown, /^#!\/bin\/bash\n(export DB_PASSWORD=|echo )\(sensitive\)\n$/);
      const file = "- encoding: b64\n  content: ";
      t.is(secrets.hide(`${file}${encoded}\n`), `${file}(sensitive)\n`);
    }
  }
  t.is(secrets.hide(harmless), harmless);
  const password = Buffer.from("DB_PASSWORD=hunter2hunter2").toString("base64");
  t.is(secrets.hide(password), "(sensitive)");
});

test("a secret that changes beside a visible line is mentioned", async (t) => {
  const text = (password: string, level: string) => `level: ${level}\npassword: ${password}\n`;
  const pageOf = async (before: string, after: string, isChanged: boolean) => {
    const review = await reviewOfResources({
      type: "aws_instance",
      before: { user_data: before },
      after: { user_data: after },
    });
    const [difference] = jsonOf(review).stacks[0]?.resources[0]?.differences ?? [];
    t.is(difference?.sensitiveChanges, isChanged || undefined);
    return markdown(review);
  };
  const AS_WELL = "a sensitive part changes as well";
  t.true(
    (await pageOf(text("one", "info"), text("two", "debug"), true)).includes(
      `+   level: debug\n    password: (sensitive)\n    ${AS_WELL}`,
    ),
  );
  t.false((await pageOf(text("one", "info"), text("one", "debug"), false)).includes(AS_WELL));
  t.true(
    (await pageOf(text("one", "info"), text("two", "info"), true)).includes("! user_data: a sensitive part, changes"),
  );
});
